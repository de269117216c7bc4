//! How the generated [`Client`] gets its connection: address, key, TLS, timeouts, and no redirects.
//! `Client::connect` is the only way to one that is fit for use; the generated constructors know nothing of keys.

use std::fmt;
use std::time::Duration;

use reqwest::redirect::Policy;

use crate::Client;
use crate::base_url::BaseUrl;
use crate::key::ApiKey;
use crate::tls::{self, RootCertificates};

/// An unused connection is closed before the servers and proxies in between would do it, for a request that meets a
/// closing connection fails without anybody knowing whether it arrived.
const IDLE: Duration = Duration::from_secs(30);

/// An upload is given up after so long: 1.2 GB, the most that Dune takes, at 350 kB a second.
const UPLOAD: Duration = Duration::from_secs(60 * 60);

/// What every [`Client`] carries for its requests, besides the address.
#[derive(Clone, Debug)]
pub struct Connection {
    key: ApiKey,
    base: BaseUrl,
    /// Sends what takes long to send.
    pub(crate) uploads: reqwest::Client,
}

/// What [`Client::connect`] can be told. The defaults suit Dune's own API.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ConnectOptions {
    /// How long to try to reach the server: 10 s unless set.
    pub connect_timeout: Duration,
    /// How long the server may be silent, before its answer and inside it: 60 s unless set. Uploads may take an hour.
    pub read_timeout: Duration,
    /// Certificates to trust besides the platform's.
    pub roots: RootCertificates,
    /// Whether the key may go over an unencrypted connection to another machine: not unless set.
    pub allow_plain_http: bool,
    /// What the client calls itself.
    pub user_agent: String,
    /// A client to send all requests with, instead of those made for them. Its timeouts, certificates, proxies and name
    /// are its own. It must follow no redirect: see [`ConnectError::FollowsRedirects`].
    pub http: Option<reqwest::Client>,
}

impl Default for ConnectOptions {
    fn default() -> ConnectOptions {
        ConnectOptions {
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(60),
            roots: RootCertificates::default(),
            allow_plain_http: false,
            user_agent: concat!("dune-pipeline/", env!("CARGO_PKG_VERSION")).to_owned(),
            http: None,
        }
    }
}

/// Why no client could be made. Nothing was sent.
#[derive(Debug)]
#[non_exhaustive]
pub enum ConnectError {
    /// The address is `http://` on another machine, where everybody in between could read the key. Use `https://`, or
    /// set [`ConnectOptions::allow_plain_http`] for a network that is yours.
    PlainHttp {
        /// Host and port of that machine.
        authority: String,
    },
    /// A root certificate that was given cannot be read. It must be PEM.
    Certificate(String),
    /// No TLS with what this machine has, most often because it has no root certificates: install them
    /// (`ca-certificates`), name a file in `SSL_CERT_FILE`, or give one in [`ConnectOptions::roots`].
    Tls(rustls::Error),
    /// The HTTP client could not be made.
    Http(reqwest::Error),
    /// The HTTP client that was given follows redirects, or may do so, and would take the key along to another host: it
    /// cannot know that the header is a secret. Build it with `.redirect(reqwest::redirect::Policy::none())`.
    FollowsRedirects,
    /// Something was set that the HTTP client which was given has of its own. Set it there.
    NotOurs {
        /// The setting.
        setting: &'static str,
    },
}

impl Client {
    /// A client that sends `key` to `base`, and to nowhere else.
    ///
    /// It follows no redirect: the header of the key is Dune's own, and an HTTP client does not know that it must not
    /// go to another host. Environment variables for proxies are obeyed, but not for a server on this machine.
    ///
    /// # Errors
    /// See [`ConnectError`].
    pub fn connect(
        base: BaseUrl,
        key: ApiKey,
        options: &ConnectOptions,
    ) -> Result<Client, ConnectError> {
        if !base.is_https() && !base.is_loopback() && !options.allow_plain_http {
            return Err(ConnectError::PlainHttp {
                authority: base.authority().to_owned(),
            });
        }
        let (http, uploads) = match &options.http {
            Some(http) if !follows_no_redirect(http) => return Err(ConnectError::FollowsRedirects),
            Some(http) => (http.clone(), http.clone()),
            None => http_clients(&base, options)?,
        };
        Ok(Client::new_with_client(
            base.as_str(),
            http,
            Connection {
                key,
                base: base.clone(),
                uploads,
            },
        ))
    }

    /// The key that is sent with each request.
    #[must_use]
    pub fn key(&self) -> &ApiKey {
        &self.inner.key
    }

    /// The address that requests are built on.
    #[must_use]
    pub fn base_url(&self) -> &BaseUrl {
        &self.inner.base
    }
}

/// The HTTP clients that are made where none is given: for most requests, and for uploads.
fn http_clients(
    base: &BaseUrl,
    options: &ConnectOptions,
) -> Result<(reqwest::Client, reqwest::Client), ConnectError> {
    let tls = tls::client_config(base, &options.roots)?;
    let http = || {
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls.clone())
            .redirect(Policy::none())
            .connect_timeout(options.connect_timeout)
            .pool_idle_timeout(IDLE)
            .user_agent(options.user_agent.clone());
        match base.is_loopback() {
            true => http.no_proxy(),
            false => http,
        }
    };
    let reads = http().read_timeout(options.read_timeout).build();
    // Of an upload the time for reading would begin before it is sent, and so end before the answer can come.
    let uploads = http().timeout(UPLOAD).build();
    let made = |http: reqwest::Result<reqwest::Client>| http.map_err(ConnectError::Http);
    Ok((made(reads)?, made(uploads)?))
}

/// Whether a client hands every redirect to whoever asked. reqwest tells that nowhere but in its `Debug`, and a request
/// cannot ask for it; where reqwest tells it otherwise one day, no client is taken, and a test fails.
fn follows_no_redirect(http: &reqwest::Client) -> bool {
    // In a header of the caller's the quotes would be escaped.
    format!("{http:?}").contains(r#"redirect_policy: "Policy(None)""#)
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConnectError::PlainHttp { authority } => write!(
                f,
                "the key would go to {authority} unencrypted: use `https://`, or allow plain HTTP if the network is yours"
            ),
            ConnectError::Certificate(why) => {
                write!(f, "a root certificate cannot be read as PEM: {why}")
            }
            ConnectError::Tls(error) => write!(
                f,
                "no TLS on this machine: {error}; install root certificates (`ca-certificates`), or name them in `SSL_CERT_FILE`"
            ),
            ConnectError::Http(error) => write!(f, "no HTTP client: {error}"),
            ConnectError::FollowsRedirects => f.write_str(
                "the HTTP client that was given follows redirects, and would take the key along to another host: build it with `.redirect(reqwest::redirect::Policy::none())`",
            ),
            ConnectError::NotOurs { setting } => write!(
                f,
                "`.{setting}(..)` has no effect on the HTTP client that was given: set it there, with reqwest's own builder"
            ),
        }
    }
}

impl std::error::Error for ConnectError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            ConnectError::Tls(error) => Some(error),
            ConnectError::Http(error) => Some(error),
            _ => None,
        }
    }
}
