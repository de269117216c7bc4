//! Numbers that come as text. Dune sends decimals, `uint256` and `int256` as JSON strings, because a JSON number would
//! lose their digits.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{Deserializer, Error, Visitor};

/// Reads a number that comes as text or as a JSON number, into any type that can be parsed from text.
///
/// An `f64` keeps about 16 digits of a decimal, and is also read from the texts `NaN`, `Infinity` and `-Infinity`, which is
/// how Dune sends what is no number in JSON. Types that keep every digit need no feature here, for whatever can be parsed
/// from text will do: `uint256` and `int256` go into the `U256` and `I256` of `alloy-primitives`, the `Uint` of `ruint` or the
/// integers of `num-bigint`, decimals into `bigdecimal::BigDecimal`. `rust_decimal` has 28 digits and rounds to them.
///
/// ```
/// #[derive(serde::Deserialize)]
/// struct Trade {
///     #[serde(deserialize_with = "dune_pipeline::rows::number")]
///     amount_usd: f64,
/// }
///
/// # fn main() -> Result<(), serde_json::Error> {
/// let trade: Trade = serde_json::from_str(r#"{"amount_usd": "1234.5"}"#)?;
/// assert_eq!(trade.amount_usd, 1234.5);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// When it is neither, or cannot be parsed; `null` is an error, see [`number_or_null`].
pub fn number<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    deserializer.deserialize_any(Number(PhantomData))
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
    deserializer.deserialize_option(OrNull(PhantomData))
}

struct Number<T>(PhantomData<T>);

impl<T: FromStr<Err: fmt::Display>> Number<T> {
    fn parse<E: Error>(text: &str) -> Result<T, E> {
        text.parse()
            .map_err(|error| E::custom(format_args!("`{text}` is no such number: {error}")))
    }
}

impl<T: FromStr<Err: fmt::Display>> Visitor<'_> for Number<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, or the text of one")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        Self::parse(text)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        Self::parse(&number.to_string())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        Self::parse(&number.to_string())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<T, E> {
        Self::parse(&number.to_string())
    }
}

struct OrNull<T>(PhantomData<T>);

impl<'de, T: FromStr<Err: fmt::Display>> Visitor<'de> for OrNull<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, the text of one, or null")
    }

    fn visit_none<E: Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_unit<E: Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        number(deserializer).map(Some)
    }
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
}
