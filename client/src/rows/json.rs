//! `json` in rows, which Dune sends as text that holds the JSON.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, Error, Visitor};

use super::text::OrNull;

/// Reads a column of type `json`, whose text holds JSON, into the type that is meant by it.
///
/// ```
/// #[derive(serde::Deserialize)]
/// struct Pool {
///     #[serde(deserialize_with = "dune_pipeline::rows::json")]
///     fees: Vec<u32>,
/// }
///
/// # fn main() -> Result<(), serde_json::Error> {
/// let pool: Pool = serde_json::from_str(r#"{"fees": "[5, 30, 100]"}"#)?;
/// assert_eq!(pool.fees, [5, 30, 100]);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// When it is no text, or its JSON does not fit; `null` is an error, see [`json_or_null`].
pub fn json<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    Json(PhantomData).deserialize(deserializer)
}

/// Like [`json`], with `None` for `null`. Add `default` where the column may be missing altogether.
///
/// # Errors
/// As for [`json`].
pub fn json_or_null<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    OrNull(Json(PhantomData)).deserialize(deserializer)
}

struct Json<T>(PhantomData<T>);

impl<'de, T: DeserializeOwned> DeserializeSeed<'de> for Json<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<T: DeserializeOwned> Visitor<'_> for Json<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the text of a JSON value")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        serde_json::from_str(text)
            .map_err(|error| E::custom(format_args!("the JSON in the text does not fit: {error}")))
    }
}
