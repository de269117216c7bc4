//! The API key: a value that can be sent and can not be printed.
//! Everything that shows text of the other side goes through [`ApiKey::redact`] first.

use std::borrow::Cow;
use std::fmt;

use reqwest::header::HeaderValue;

/// What stands in a text where the key stood.
const HIDDEN: &str = "<api key>";

/// Shorter keys are those of tests and of local servers: hiding `test` in every text would only garble it.
const SHORTEST_SECRET: usize = 8;

/// A key of Dune's API, as it goes into the header `X-Dune-Api-Key`.
///
/// Its `Debug` shows no part of it, and there is no `Display`.
#[derive(Clone)]
pub struct ApiKey {
    header: HeaderValue,
}

/// A text that cannot be a key: see [`ApiKey::new`]. It does not hold the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ApiKeyError {
    /// Nothing but blanks: give the key that Dune's settings page shows.
    Empty,
    /// A character that cannot stand in a header. Look at that place for a line break, a quote or a blank that was copied along.
    Character {
        /// Which character it is, counted from 1, in the text without the blanks around it.
        position: usize,
    },
}

impl ApiKey {
    /// Takes a key; blanks and line breaks around it are dropped, for keys often come out of files.
    ///
    /// # Errors
    /// When nothing is left, or when a character is not visible ASCII.
    pub fn new(text: &str) -> Result<ApiKey, ApiKeyError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(ApiKeyError::Empty);
        }
        let misfit = text.chars().position(|c| !c.is_ascii_graphic());
        if let Some(index) = misfit {
            return Err(ApiKeyError::Character {
                position: index + 1,
            });
        }
        let mut header =
            HeaderValue::from_str(text).map_err(|_| ApiKeyError::Character { position: 1 })?;
        header.set_sensitive(true);
        Ok(ApiKey { header })
    }

    /// `text` without the key: a server, or a proxy before it, may send back what it was sent.
    #[must_use]
    pub fn redact<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self.header.to_str() {
            Ok(key) if key.len() >= SHORTEST_SECRET && text.contains(key) => {
                Cow::Owned(text.replace(key, HIDDEN))
            }
            _ => Cow::Borrowed(text),
        }
    }

    pub(crate) fn header(&self) -> &HeaderValue {
        &self.header
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(..)")
    }
}

impl fmt::Display for ApiKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ApiKeyError::Empty => f.write_str("the key is empty"),
            ApiKeyError::Character { position } => write!(
                f,
                "character {position} of the key cannot stand in an HTTP header"
            ),
        }
    }
}

impl std::error::Error for ApiKeyError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_read_from_a_file_loses_its_line_break() {
        let key = ApiKey::new("  secret-key-1\r\n").unwrap();
        assert_eq!(key.header().to_str().unwrap(), "secret-key-1");
    }

    #[test]
    fn a_key_that_cannot_stand_in_a_header_is_refused_without_being_shown() {
        assert_eq!(ApiKey::new(" \n").unwrap_err(), ApiKeyError::Empty);
        for bad in ["sec ret", "sec\nret", "sec\u{0}ret", "sec\u{e9}ret"] {
            let error = ApiKey::new(bad).unwrap_err();
            assert_eq!(error, ApiKeyError::Character { position: 4 });
            assert!(!format!("{error} {error:?}").contains("sec"));
        }
    }

    #[test]
    fn no_way_of_printing_shows_the_key() {
        let key = ApiKey::new("topsecretkey").unwrap();
        assert!(!format!("{key:?} {key:#?}").contains("topsecret"));
        assert!(!format!("{:?}", key.header()).contains("topsecret"));
        assert_eq!(
            key.redact("got topsecretkey, topsecretkey"),
            "got <api key>, <api key>"
        );
        assert_eq!(ApiKey::new("test").unwrap().redact("a test"), "a test");
    }
}
