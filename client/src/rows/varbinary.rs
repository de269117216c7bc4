//! `varbinary` in rows: addresses, hashes and call data, which Dune writes as `0x` and hexadecimal digits.

use serde::de::{DeserializeSeed as _, Deserializer};

use super::text::{OrNull, Text};

/// Reads a `varbinary` into bytes: a `Vec<u8>`, or an array where the length is always the same.
///
/// ```
/// #[derive(serde::Deserialize)]
/// struct Transfer {
///     #[serde(deserialize_with = "dune_pipeline::rows::varbinary")]
///     to: [u8; 4],
///     #[serde(deserialize_with = "dune_pipeline::rows::varbinary_or_null")]
///     data: Option<Vec<u8>>,
/// }
///
/// # fn main() -> Result<(), serde_json::Error> {
/// let transfer: Transfer = serde_json::from_str(r#"{"to": "0xdeadbeef", "data": "0x"}"#)?;
/// assert_eq!(transfer.to, [0xde, 0xad, 0xbe, 0xef]);
/// assert_eq!(transfer.data, Some(Vec::new()));
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// When it is no text, does not begin with `0x`, has an odd number of digits or a character that is none, or another length
/// than the array; `null` is an error, see [`varbinary_or_null`].
pub fn varbinary<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<Vec<u8>>,
{
    bytes().deserialize(deserializer)
}

/// Like [`varbinary`], with `None` for `null`. Add `default` where the column may be missing altogether.
///
/// # Errors
/// As for [`varbinary`].
pub fn varbinary_or_null<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<Vec<u8>>,
{
    OrNull(bytes()).deserialize(deserializer)
}

fn bytes<T: TryFrom<Vec<u8>>>() -> Text<T> {
    Text {
        expected: "a varbinary of the right length, as `0x1f`",
        read: |text| {
            let mut bytes = Vec::with_capacity(text.len() / 2);
            append(text, &mut bytes)?;
            bytes.try_into().ok()
        },
    }
}

/// Puts the bytes of a `varbinary` behind those that are there. `None` where the text is none; some may be there then.
pub(super) fn append(text: &str, bytes: &mut Vec<u8>) -> Option<()> {
    let (pairs, rest) = text.strip_prefix("0x")?.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    for [high, low] in pairs {
        let digit = |character: u8| char::from(character).to_digit(16);
        let byte = digit(*high)? * 16 + digit(*low)?;
        bytes.push(u8::try_from(byte).ok()?);
    }
    Some(())
}
