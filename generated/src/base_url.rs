//! Where the API is: the address people give, brought to the one form that requests are built on.
//! Dune's SDKs disagree on whether `/api` belongs to it, and on the slash at its end; here all four spellings work.

use std::fmt;

use url::{Host, Url};

/// Dune's own API.
const DUNE: &str = "https://api.dune.com/api";

/// The root of an API: scheme, host, port, and a path that ends in `/api`.
#[derive(Clone, PartialEq, Eq)]
pub struct BaseUrl {
    url: Url,
}

/// Why a text cannot be a base URL. It does not hold the text, which may be a key put in the wrong place.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum BaseUrlError {
    /// It is no URL at all; the text says why. Write it as `https://host` or `http://host:port`.
    NoUrl(String),
    /// Its scheme is another one. Write it with `https://`, or with `http://` for a server on this machine.
    Scheme(String),
    /// It holds a user name or a password. Take them out: the key is given by itself.
    Credentials,
    /// It holds a `?` or a `#` with something behind it. Take that out.
    Query,
    /// It ends in `/v1`. Take that out: the client adds the version.
    Version,
}

impl BaseUrl {
    /// Reads an address, with or without `/api` at its end, with or without a slash behind it.
    ///
    /// # Errors
    /// When it is no `http` or `https` URL, or holds what an address of an API does not: see [`BaseUrlError`].
    pub fn parse(text: &str) -> Result<BaseUrl, BaseUrlError> {
        let mut url =
            Url::parse(text.trim()).map_err(|error| BaseUrlError::NoUrl(error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(BaseUrlError::Scheme(url.scheme().to_owned()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BaseUrlError::Credentials);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(BaseUrlError::Query);
        }
        let path = url.path().trim_end_matches('/').to_owned();
        if path.ends_with("/v1") {
            return Err(BaseUrlError::Version);
        }
        let path = match path.ends_with("/api") {
            true => path,
            false => format!("{path}/api"),
        };
        url.set_path(&path);
        Ok(BaseUrl { url })
    }

    /// The address, without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.url.as_str()
    }

    /// The address as it was parsed.
    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// Whether the connection is encrypted.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// Whether the server is on this machine: what is sent there does not leave it.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        match self.url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            None => false,
        }
    }

    /// Host and port as people write them.
    #[must_use]
    pub fn authority(&self) -> &str {
        self.url.authority()
    }

    /// Whether another URL has the same scheme, host and port, so that the key may go there.
    #[must_use]
    pub fn same_origin(&self, other: &Url) -> bool {
        self.url.origin() == other.origin()
    }
}

impl Default for BaseUrl {
    /// `https://api.dune.com/api`.
    #[expect(clippy::expect_used, reason = "a constant that a test parses")]
    fn default() -> BaseUrl {
        BaseUrl::parse(DUNE).expect("Dune's address is a URL")
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BaseUrl({})", self.as_str())
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for BaseUrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BaseUrlError::NoUrl(why) => {
                write!(f, "is no URL: {why}; write it like `https://api.dune.com`")
            }
            BaseUrlError::Scheme(scheme) => write!(
                f,
                "has the scheme `{scheme}`: start it with `https://`, or with `http://` for a server on this machine"
            ),
            BaseUrlError::Credentials => {
                f.write_str("holds a user name or a password: the key is given by itself")
            }
            BaseUrlError::Query => f.write_str("holds a `?` or `#`: give only the address"),
            BaseUrlError::Version => f.write_str("ends in `/v1`: the client adds that itself"),
        }
    }
}

impl std::error::Error for BaseUrlError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_an_address_means_the_same_api() {
        for text in [
            "https://api.dune.com",
            "https://api.dune.com/",
            "https://api.dune.com/api",
            "https://api.dune.com/api/",
            " https://API.dune.com:443/api// ",
        ] {
            assert_eq!(BaseUrl::parse(text).unwrap(), BaseUrl::default(), "{text}");
        }
        assert_eq!(BaseUrl::default().as_str(), "https://api.dune.com/api");
        let behind_a_gateway = BaseUrl::parse("http://127.0.0.1:4000/dune").unwrap();
        assert_eq!(behind_a_gateway.as_str(), "http://127.0.0.1:4000/dune/api");
    }

    #[test]
    fn what_is_no_address_says_what_is_wrong_with_it() {
        let wrong = |text: &str| BaseUrl::parse(text).unwrap_err();
        assert!(matches!(wrong("api.dune.com"), BaseUrlError::NoUrl(_)));
        assert!(matches!(wrong(""), BaseUrlError::NoUrl(_)));
        assert!(matches!(wrong("https://"), BaseUrlError::NoUrl(_)));
        assert_eq!(
            wrong("localhost:4000"),
            BaseUrlError::Scheme("localhost".into())
        );
        assert_eq!(
            wrong("ftp://api.dune.com"),
            BaseUrlError::Scheme("ftp".into())
        );
        assert_eq!(
            wrong("https://me:pw@api.dune.com"),
            BaseUrlError::Credentials
        );
        assert_eq!(wrong("https://api.dune.com?api_key=x"), BaseUrlError::Query);
        assert_eq!(wrong("https://api.dune.com/api/v1/"), BaseUrlError::Version);
    }

    #[test]
    fn only_this_machine_is_loopback() {
        for here in [
            "http://127.0.0.1:1",
            "http://[::1]:1",
            "http://localhost",
            "http://dune.localhost",
        ] {
            assert!(BaseUrl::parse(here).unwrap().is_loopback(), "{here}");
        }
        for elsewhere in [
            "http://10.0.0.1",
            "http://localhost.example.com",
            "https://api.dune.com",
        ] {
            assert!(
                !BaseUrl::parse(elsewhere).unwrap().is_loopback(),
                "{elsewhere}"
            );
        }
    }

    #[test]
    fn another_host_port_or_scheme_is_another_origin() {
        let base = BaseUrl::default();
        let same = |text: &str| base.same_origin(&Url::parse(text).unwrap());
        assert!(same("https://api.dune.com:443/api/v1/x?offset=3"));
        assert!(!same("http://api.dune.com/api"));
        assert!(!same("https://api.dune.com:8443/api"));
        assert!(!same("https://api.dune.com.evil.example/api"));
    }
}
