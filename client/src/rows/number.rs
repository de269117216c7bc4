//! Numbers, whatever form they come in. Dune sends decimals, `uint256` and `int256` as texts, because a JSON number would
//! lose their digits with most readers; here it does not, for it is read from the digits that were sent.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Unexpected, Visitor};

use super::text::{OrNull, Text};

/// Reads a number that comes as text or as a JSON number, into any type that can be parsed from text.
///
/// What is parsed are the digits as they were sent, so that a JSON number of any size is read exactly. An `f64` keeps about 16
/// digits of a decimal, and is also read from the texts `NaN`, `Infinity` and `-Infinity`, which is how Dune sends what is no
/// number in JSON. Types that keep every digit: for `uint256` and `int256` the `U256` and `I256` of `alloy-primitives`, the
/// `Uint` of `ruint` and the integers of `num-bigint`, for decimals `bigdecimal::BigDecimal`. `rust_decimal` has 28 digits and
/// rounds to them.
///
/// A number has decimal digits. `0x1f` is none, nor is an empty text, whatever the type would make of it: bytes are for
/// [`varbinary`](super::varbinary()).
///
/// ```
/// #[derive(serde::Deserialize)]
/// struct Trade {
///     #[serde(deserialize_with = "dune_pipeline::rows::number")]
///     amount_usd: f64,
///     #[serde(deserialize_with = "dune_pipeline::rows::number")]
///     amount_raw: u128,
/// }
///
/// # fn main() -> Result<(), serde_json::Error> {
/// let trade: Trade = serde_json::from_str(r#"{"amount_usd": "1234.5", "amount_raw": 36893488147419103233}"#)?;
/// assert_eq!(trade.amount_usd, 1234.5);
/// assert_eq!(trade.amount_raw, (1 << 65) + 1);
/// # Ok(())
/// # }
/// ```
///
/// Below `#[serde(flatten)]`, and in enums without a tag of their own outside, serde has made a double of a JSON number before
/// it can be seen here. An integer beyond 64 bits is an error there; one that comes as text is exact.
///
/// # Errors
/// When it is neither, or cannot be parsed; `null` is an error, see [`number_or_null`].
pub fn number<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    Number(PhantomData).deserialize(deserializer)
}

/// Like [`number`], with `None` for `null`. Add `default` where the column may be missing altogether.
///
/// # Errors
/// As for [`number`].
pub fn number_or_null<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    OrNull(Number(PhantomData)).deserialize(deserializer)
}

const EXPECTED: &str = "a number, or the text of one";

/// By this name serde_json is asked for a value as it stands in the JSON. Where it is not known, by other formats or by
/// another serde_json, the value comes as usual, and what would lose digits is refused.
const AS_IT_STANDS: &str = "$serde_json::private::RawValue";

/// Reads a number from the JSON that it is written in, where the format gives that.
struct Number<T>(PhantomData<T>);

impl<'de, T: FromStr<Err: fmt::Display>> DeserializeSeed<'de> for Number<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_newtype_struct(AS_IT_STANDS, self)
    }
}

impl<'de, T: FromStr<Err: fmt::Display>> Visitor<'de> for Number<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(EXPECTED)
    }

    /// This is how it is given: the name, and the JSON behind it as a text.
    fn visit_map<A: MapAccess<'de>>(self, mut given: A) -> Result<T, A::Error> {
        let name = Text {
            expected: EXPECTED,
            read: |name| (name == AS_IT_STANDS).then_some(()),
        };
        match given.next_key_seed(name)? {
            Some(()) => given.next_value_seed(Written(self.0)),
            None => Err(A::Error::invalid_type(Unexpected::Map, &self)),
        }
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, value: D) -> Result<T, D::Error> {
        value.deserialize_any(self)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        parse(text)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        parse(&number.to_string())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        parse(&number.to_string())
    }

    /// Beyond 10^16 it is written with an exponent, which no integer type takes for digits that nobody sent.
    fn visit_f64<E: Error>(self, number: f64) -> Result<T, E> {
        parse(&format!("{number:?}"))
    }
}

/// A number as it is written in JSON.
struct Written<T>(PhantomData<T>);

impl<'de, T: FromStr<Err: fmt::Display>> DeserializeSeed<'de> for Written<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<T, D::Error> {
        json.deserialize_str(self)
    }
}

impl<T: FromStr<Err: fmt::Display>> Visitor<'_> for Written<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(EXPECTED)
    }

    fn visit_str<E: Error>(self, json: &str) -> Result<T, E> {
        let found = match json.as_bytes() {
            [b'"', .., b'"'] => return parse(&text(json).map_err(E::custom)?),
            [b'-' | b'0'..=b'9', ..] => return parse(json),
            [b't', ..] => Unexpected::Bool(true),
            [b'f', ..] => Unexpected::Bool(false),
            [b'[', ..] => Unexpected::Seq,
            [b'{', ..] => Unexpected::Map,
            _ => Unexpected::Unit,
        };
        Err(E::invalid_type(found, &self))
    }
}

/// What a text of JSON says. That of a number is copied only where there is something to replace in it.
fn text(json: &str) -> Result<Cow<'_, str>, serde_json::Error> {
    match json.get(1..json.len() - 1) {
        Some(text) if !text.contains('\\') => Ok(Cow::Borrowed(text)),
        _ => serde_json::from_str(json).map(Cow::Owned),
    }
}

fn parse<T: FromStr<Err: fmt::Display>, E: Error>(text: &str) -> Result<T, E> {
    match text.parse() {
        Ok(number) if is_decimal(text) => Ok(number),
        Ok(_) => Err(E::custom(format_args!(
            "`{text}` is no such number: it is not in decimal digits"
        ))),
        Err(error) => Err(E::custom(format_args!(
            "`{text}` is no such number: {error}"
        ))),
    }
}

/// Whether Dune writes numbers so. There are types that take more: for a `Uint` an empty text is 0 and `0x10` is 16.
fn is_decimal(text: &str) -> bool {
    let bytes = text.as_bytes();
    let of_numbers = |byte: &u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
    let digits = bytes.iter().any(u8::is_ascii_digit) && bytes.iter().all(of_numbers);
    digits || matches!(text, "NaN" | "Infinity" | "-Infinity")
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::{Value, json};

    #[derive(Debug, Deserialize, PartialEq)]
    struct Row {
        #[serde(deserialize_with = "super::number")]
        amount: f64,
        #[serde(default, deserialize_with = "super::number_or_null")]
        supply: Option<u128>,
    }

    fn read(row: Value) -> Result<Row, String> {
        serde_json::from_value(row).map_err(|error| error.to_string())
    }

    #[test]
    fn a_number_is_read_from_text_and_from_json() {
        let digits = "2985646787349243786078";
        let row = read(json!({"amount": "3.5", "supply": digits})).unwrap();
        assert_eq!((row.amount, row.supply), (3.5, digits.parse().ok()));
        assert_eq!(
            read(json!({"amount": 3, "supply": 7})).unwrap().supply,
            Some(7)
        );
        assert_eq!(
            read(json!({"amount": -0.5, "supply": null}))
                .unwrap()
                .supply,
            None
        );
        assert_eq!(read(json!({"amount": 1})).unwrap().supply, None);
    }

    #[test]
    fn what_is_no_number_says_what_it_is() {
        assert!(
            read(json!({"amount": "much"}))
                .unwrap_err()
                .contains("`much`")
        );
        assert!(read(json!({"amount": null})).unwrap_err().contains("null"));
        for text in ["", " ", "0x10", "1_000", "-", "e", "inf", "nan"] {
            let said = read(json!({"amount": text})).unwrap_err();
            assert!(said.contains("is no such number"), "{said}");
        }
        assert!(
            read(json!({"amount": "1", "supply": "-1"}))
                .unwrap_err()
                .contains("`-1`")
        );
        assert!(
            read(json!({"amount": true}))
                .unwrap_err()
                .contains("a number")
        );
    }

    #[test]
    fn the_digits_are_those_that_were_sent_in_whatever_form() {
        let digits = "340282366920938463463374607431768211455";
        let supply = |json: &str| {
            let row: Result<Row, _> = serde_json::from_str(json);
            row.map(|row| row.supply).map_err(|error| error.to_string())
        };
        for json in [
            format!(r#"{{"amount": 1, "supply": {digits}}}"#),
            format!(r#"{{"amount": 1, "supply": "{digits}"}}"#),
            format!(r#"{{"amount": 1, "supply": "\u0033{}"}}"#, &digits[1..]),
        ] {
            assert_eq!(supply(&json), Ok(Some(u128::MAX)), "{json}");
        }
        // serde_json as it is read from a file gives texts that are its own.
        let json = format!(r#"{{"amount": 1e3, "supply": {digits}}}"#);
        let row: Row = serde_json::from_reader(json.as_bytes()).unwrap();
        assert_eq!((row.amount, row.supply), (1e3, Some(u128::MAX)));
        for (json, reason) in [
            (r#"{"amount": 1, "supply": 1e3}"#, "`1e3` is no such number"),
            (r#"{"amount": 1, "supply": "\ud800"}"#, "hex escape"),
            (r#"{"amount": 1, "supply": {"a": 1}}"#, "invalid type: map"),
            (r#"{"amount": 1, "supply": false}"#, "boolean `false`"),
        ] {
            let said = supply(json).unwrap_err();
            assert!(said.contains(reason), "{json}: {said}");
        }
    }

    #[test]
    fn other_formats_give_their_numbers_as_usual() {
        use serde::de::IntoDeserializer as _;
        use serde::de::value::Error;

        let text = super::number::<_, u128>("7".into_deserializer());
        assert_eq!(text, Ok::<u128, Error>(7));
        let number = super::number::<_, i64>((-7_i64).into_deserializer());
        assert_eq!(number, Ok::<i64, Error>(-7));
        let number = |number: f64| super::number::<_, u128>(number.into_deserializer());
        let refused: Result<u128, Error> = number(1e30);
        assert!(refused.unwrap_err().to_string().contains("`1e30`"));
    }
}
