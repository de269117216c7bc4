//! The API key: a value that can be sent and can not be printed.
//! Everything that shows text of the other side goes through [`ApiKey::redact`] first.

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};

use bytes::Bytes;
use reqwest::header::HeaderValue;
use zeroize::Zeroizing;

/// What stands in a text where the key stood.
const HIDDEN: &str = "<api key>";

/// Shorter keys are those of tests and of local servers: hiding `test` in every text would only garble it.
const SHORTEST_SECRET: usize = 8;

/// A key of Dune's API, as it goes into the header `X-Dune-Api-Key`.
///
/// Its `Debug` shows no part of it, and there is no `Display`.
///
/// It is in memory once, however often it is cloned: the header of each request refers to that one place, which is
/// overwritten when the last of them is dropped. What cannot be overwritten from here: the text it was made of, which is the
/// caller's; the environment of the process; and the buffers of the HTTP client, of TLS and of the system, through
/// which each request goes.
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
        ApiKey::kept_in(Zeroizing::new(text.as_bytes().to_vec()))
    }

    /// The same of a text that is given away: it is overwritten.
    ///
    /// # Errors
    /// Those of [`ApiKey::new`].
    pub fn take(text: String) -> Result<ApiKey, ApiKeyError> {
        ApiKey::new(&Zeroizing::new(text))
    }

    /// A key whose only copy is in there.
    fn kept_in(memory: impl AsRef<[u8]> + Send + 'static) -> Result<ApiKey, ApiKeyError> {
        let mut header = HeaderValue::from_maybe_shared(Bytes::from_owner(memory))
            .map_err(|_| ApiKeyError::Character { position: 1 })?;
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

    /// Whether a text holds the key, in capitals or not: hosts are written in small letters.
    #[must_use]
    pub fn is_in(&self, text: &str) -> bool {
        let key = self.header.as_bytes();
        let mut places = text.as_bytes().windows(key.len());
        key.len() >= SHORTEST_SECRET && places.any(|place| place.eq_ignore_ascii_case(key))
    }

    pub(crate) fn header(&self) -> &HeaderValue {
        &self.header
    }
}

/// To tell keys apart without keeping them.
impl Hash for ApiKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.header.as_bytes().hash(state);
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
    fn a_key_is_in_memory_once_and_that_place_is_wiped_after_its_last_use() {
        let memory = Zeroizing::new(b"topsecretkey".to_vec());
        let place = memory.as_ptr();
        let key = ApiKey::kept_in(memory).unwrap();
        let again = key.clone();
        for header in [key.header().clone(), again.header().clone()] {
            assert_eq!(header.as_bytes().as_ptr(), place, "it was copied");
        }

        /// What wipes itself when it is dropped, and says so.
        struct Watched(Vec<u8>, std::sync::mpsc::Sender<()>);
        impl AsRef<[u8]> for Watched {
            fn as_ref(&self) -> &[u8] {
                &self.0
            }
        }
        impl Drop for Watched {
            fn drop(&mut self) {
                self.1.send(()).unwrap();
            }
        }
        let (sender, wiped) = std::sync::mpsc::channel();
        let key = ApiKey::kept_in(Watched(b"topsecretkey".to_vec(), sender)).unwrap();
        let header = key.clone().header().clone();
        drop(key);
        assert!(wiped.try_recv().is_err(), "a request is still underway");
        drop(header);
        assert!(wiped.try_recv().is_ok());
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
