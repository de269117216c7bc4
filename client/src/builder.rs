//! What a client is made from: the key, the address, and how patient it is.
//! The environment and the methods fill in the same fields, so that each mistake can say where it was made.

use std::ffi::OsString;
use std::sync::Arc;
use std::time::Duration;

use dune_api::{ApiKey, BaseUrl, ConnectError, ConnectOptions, RootCertificates};

use crate::dune::Dune;
use crate::error::Error;
use crate::send::{Limiter, Polling, RateLimits, Retries};

const KEY_VARIABLE: &str = "the environment variable `DUNE_API_KEY`";
const URL_VARIABLE: &str = "the environment variable `DUNE_API_BASE_URL`";
const KEY_METHOD: &str = "the key given to `.api_key(..)`";
const URL_METHOD: &str = "the address given to `.base_url(..)`";

/// How patient a client is unless told otherwise: far inside the 40 reads a minute of Dune's free plan.
const POLLING: Polling = Polling {
    first: Duration::from_secs(1),
    longest: Duration::from_secs(10),
};

/// A server on this machine counts no requests, and its runs take milliseconds.
const LOCAL_POLLING: Polling = Polling {
    first: Duration::from_millis(10),
    longest: Duration::from_millis(500),
};

/// No server is asked without a pause.
const SHORTEST_PAUSE: Duration = Duration::from_millis(1);

const RETRIES: Retries = Retries {
    most: 4,
    first: Duration::from_millis(250),
    first_when_limited: Duration::from_secs(5),
    longest: Duration::from_secs(60),
};

/// A run of ten levels of the longest queries that Dune allows (30 minutes) ends within it.
const WAIT_LIMIT: Duration = Duration::from_secs(6 * 60 * 60);

/// Executions of a pipeline as wide as Dune runs at once are cancelled within it, also on the smallest plan.
const CANCEL_LIMIT: Duration = Duration::from_secs(60);

/// Makes a [`Dune`]. What is not set has a default that suits Dune's own API.
///
/// ```
/// use std::time::Duration;
/// use dune_pipeline::Dune;
///
/// # fn main() -> Result<(), dune_pipeline::Error> {
/// let dune = Dune::builder()
///     .api_key("my-key")
///     .base_url("http://127.0.0.1:4000")
///     .read_timeout(Duration::from_secs(20))
///     .build()?;
/// # let _ = dune;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use]
pub struct DuneBuilder {
    key: Option<Result<ApiKey, Error>>,
    base: Option<Result<BaseUrl, Error>>,
    roots: Vec<Result<RootCertificates, ConnectError>>,
    options: ConnectOptions,
    /// The first setting that only connections of our own obey.
    ours: Option<&'static str>,
    polling: Option<Polling>,
    retries: Retries,
    limits: Limits,
    wait_limit: Duration,
    cancel_limit: Duration,
}

/// How many requests a minute a client lets go out.
#[derive(Debug, Clone, Copy)]
enum Limits {
    /// Those of the free plan; none for a server on this machine.
    Usual,
    /// These, wherever the server is.
    Given(RateLimits),
    None,
}

/// What a [`Dune`] keeps of its builder.
#[derive(Debug, Clone)]
pub(crate) struct Patience {
    pub(crate) polling: Polling,
    pub(crate) retries: Retries,
    pub(crate) limiter: Option<Arc<Limiter>>,
    pub(crate) wait_limit: Duration,
    pub(crate) cancel_limit: Duration,
}

impl DuneBuilder {
    pub(crate) fn new() -> DuneBuilder {
        let mut options = ConnectOptions::default();
        options.user_agent = concat!("dune-pipeline/", env!("CARGO_PKG_VERSION")).to_owned();
        DuneBuilder {
            key: None,
            base: None,
            roots: Vec::new(),
            options,
            ours: None,
            polling: None,
            retries: RETRIES,
            limits: Limits::Usual,
            wait_limit: WAIT_LIMIT,
            cancel_limit: CANCEL_LIMIT,
        }
    }

    /// Starts from the environment: the key in `DUNE_API_KEY`, the address in `DUNE_API_BASE_URL` if that is set.
    /// What is set by a method afterwards wins.
    pub fn from_env() -> DuneBuilder {
        DuneBuilder::from_variables(|name| std::env::var_os(name))
    }

    fn from_variables(variable: impl Fn(&str) -> Option<OsString>) -> DuneBuilder {
        let mut builder = DuneBuilder::new();
        let given = |name| {
            let value = variable(name)?.into_string();
            let value = value.map_err(|_| "is not UTF-8".to_owned());
            let blank = matches!(&value, Ok(text) if text.trim().is_empty());
            (!blank).then_some(value)
        };
        builder.key = given("DUNE_API_KEY").map(|key| {
            key.and_then(|key| ApiKey::take(key).map_err(|error| error.to_string()))
                .map_err(|reason| Error::InvalidKey {
                    setting: KEY_VARIABLE,
                    reason,
                })
        });
        builder.base = given("DUNE_API_BASE_URL").map(|url| match url {
            Ok(url) => base_url(URL_VARIABLE, &url),
            Err(reason) => Err(Error::InvalidBaseUrl {
                setting: URL_VARIABLE,
                shown: "not shown".to_owned(),
                reason,
            }),
        });
        builder
    }

    /// The key of Dune's API, from the account's settings. Blanks and line breaks around it are dropped.
    pub fn api_key(mut self, key: impl AsRef<str>) -> DuneBuilder {
        self.key = Some(
            ApiKey::new(key.as_ref()).map_err(|reason| Error::InvalidKey {
                setting: KEY_METHOD,
                reason: reason.to_string(),
            }),
        );
        self
    }

    /// The address of the API, with or without `/api` or a slash at its end; `https://api.dune.com` unless set.
    ///
    /// Over plain `http://` the key is sent only to this machine: see [`allow_plain_http`](Self::allow_plain_http).
    pub fn base_url(mut self, url: impl AsRef<str>) -> DuneBuilder {
        self.base = Some(base_url(URL_METHOD, url.as_ref()));
        self
    }

    /// Whether the key may go over an unencrypted connection to another machine. Everybody in between can read it
    /// then: for a network that is yours, such as that of containers on one host.
    pub fn allow_plain_http(mut self, allow: bool) -> DuneBuilder {
        self.options.allow_plain_http = allow;
        self
    }

    /// Root certificates to trust besides the platform's, as PEM: those of a company's proxy, for example.
    pub fn root_certificates(mut self, pem: impl AsRef<[u8]>) -> DuneBuilder {
        self.roots.push(RootCertificates::from_pem(pem.as_ref()));
        self.ours.get_or_insert("root_certificates");
        self
    }

    /// How long to try to reach the server: 10 s unless set.
    pub fn connect_timeout(mut self, time: Duration) -> DuneBuilder {
        self.options.connect_timeout = time;
        self.ours.get_or_insert("connect_timeout");
        self
    }

    /// How long the server may be silent, before its answer and inside it: 60 s unless set. Uploads may take an hour in all.
    pub fn read_timeout(mut self, time: Duration) -> DuneBuilder {
        self.options.read_timeout = time;
        self.ours.get_or_insert("read_timeout");
        self
    }

    /// Sends all requests with an HTTP client of one's own, on its connections: for a program that has one anyway, or that
    /// needs of it what this builder has not. It must be built with `.redirect(reqwest::redirect::Policy::none())`, and any
    /// other is refused: a client that follows redirects takes the header with the key along to another host.
    ///
    /// What then is up to the caller: certificates and TLS, proxies (also for a server on this machine), timeouts, of which
    /// reqwest by itself has none, so that a silent server is waited for without end, and whose `read_timeout` an upload must
    /// end within; and that nothing in it repeats a request: [`retries`](Self::retries) knows what may be repeated. The
    /// header `User-Agent` is the caller's too.
    ///
    /// ```
    /// use dune_pipeline::{Dune, reqwest};
    ///
    /// # fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// let http = reqwest::Client::builder()
    ///     .redirect(reqwest::redirect::Policy::none())
    ///     .user_agent("acme-reports/1.0")
    ///     .build()?;
    /// let dune = Dune::builder().api_key("my-key").http_client(http).build()?;
    /// # let _ = dune;
    /// # Ok(())
    /// # }
    /// ```
    pub fn http_client(mut self, http: dune_api::reqwest::Client) -> DuneBuilder {
        self.options.http = Some(http);
        self
    }

    /// How often the status of a run is read while waiting: at once, after `first`, after twice and four times that, and
    /// so on until an eighth of the time waited is more; never more than `longest` apart. 1 s and 10 s unless set, which
    /// makes 10 reads for a run of 30 s, its end noticed a second late, and 6 a minute for a long one; 10 ms and 0.5 s for
    /// a server on this machine. Where the server says when to read again (`Retry-After`), that is obeyed.
    pub fn poll_between(mut self, first: Duration, longest: Duration) -> DuneBuilder {
        self.polling = Some(Polling {
            first: first.max(SHORTEST_PAUSE),
            longest: longest.max(first).max(SHORTEST_PAUSE),
        });
        self
    }

    /// How often a request that came to nothing is sent again: 4 times unless set, 0 for never.
    ///
    /// What only reads, and what cancels, is sent again where the connection or the server failed for a moment. What
    /// starts or changes something is sent again only where nothing can have begun: no connection, or status 429.
    pub fn retries(mut self, most: u32) -> DuneBuilder {
        self.retries.most = most;
        self
    }

    /// The first delay before a request is sent again, which doubles each time, and the longest one: 250 ms and 60 s
    /// unless set. Each is shortened by up to a half at random, so that many clients do not knock at once. After a 429 the first is twenty times as long, for limits count by the minute. What the server
    /// asks for in `Retry-After` is obeyed; where that is more than `longest`, the error says so at once.
    pub fn retry_delays(mut self, first: Duration, longest: Duration) -> DuneBuilder {
        self.retries.first = first;
        self.retries.first_when_limited = first.saturating_mul(20);
        self.retries.longest = longest.max(first);
        self
    }

    /// How many requests a minute go out: those that Dune's free plan allows ([`RateLimits::FREE`]) unless set, and any
    /// number for a server on this machine.
    ///
    /// A request beyond them waits for its turn, first come, first served, instead of being refused with a 429; only what
    /// cancels does not wait. It waits as
    /// long as whoever asks for it: dropping the future leaves the queue. Clones share the count, and so do all
    /// clients of this process with the same key, address and limits. What another process sends is not known here:
    /// where several use one key, give each its part.
    pub fn rate_limits(mut self, limits: RateLimits) -> DuneBuilder {
        self.limits = Limits::Given(limits);
        self
    }

    /// Lets any number of requests go out. Dune then refuses those beyond the plan (429), and they are
    /// [sent again](Self::retries).
    pub fn no_rate_limits(mut self) -> DuneBuilder {
        self.limits = Limits::None;
        self
    }

    /// The deadline of a [`wait`](crate::Run::wait) that sets none: 6 hours.
    pub fn wait_limit(mut self, time: Duration) -> DuneBuilder {
        self.wait_limit = time;
        self
    }

    /// How long [`cancel`](crate::Run::cancel) may take, all its requests together: 60 s unless set. It is also what a
    /// [`wait`](crate::Run::wait) whose deadline has passed may take to cancel the run.
    pub fn cancel_limit(mut self, time: Duration) -> DuneBuilder {
        self.cancel_limit = time;
        self
    }

    /// Makes the client. Nothing is sent: a wrong key or address shows with the first request.
    ///
    /// # Errors
    /// [`Error::MissingKey`], [`Error::InvalidKey`], [`Error::InvalidBaseUrl`], [`Error::PlainHttp`] and
    /// [`Error::Connect`], each naming the variable or the method to correct.
    pub fn build(self) -> Result<Dune, Error> {
        let key = self.key.ok_or(Error::MissingKey)??;
        let base = self.base.transpose();
        let base = base.map_err(|error| without(&key, error))?;
        let base = base.unwrap_or_default();
        if key.is_in(base.as_str()) {
            return Err(Error::InvalidBaseUrl {
                setting: "the address of the API",
                shown: match key.redact(base.as_str()) {
                    shown if key.is_in(&shown) => "not shown".to_owned(),
                    shown => format!("`{shown}`"),
                },
                reason: "holds the key: give only the address".to_owned(),
            });
        }
        let mut options = self.options;
        if let (Some(_), Some(setting)) = (&options.http, self.ours) {
            return Err(not_connected(ConnectError::NotOurs { setting }));
        }
        for roots in self.roots {
            options.roots.extend(roots.map_err(not_connected)?);
        }
        let usual = match base.is_loopback() {
            true => LOCAL_POLLING,
            false => POLLING,
        };
        let limits = match self.limits {
            Limits::Given(limits) => Some(limits),
            Limits::Usual if !base.is_loopback() => Some(RateLimits::FREE),
            Limits::Usual | Limits::None => None,
        };
        let patience = Patience {
            polling: self.polling.unwrap_or(usual),
            retries: self.retries,
            limiter: limits.map(|limits| Limiter::shared(&base, &key, limits)),
            wait_limit: self.wait_limit,
            cancel_limit: self.cancel_limit,
        };
        let api = dune_api::Client::connect(base, key.clone(), &options)
            .map_err(|error| without(&key, not_connected(error)))?;
        Ok(Dune::new(api, patience))
    }

    /// Makes the client for programs without `async`, with a thread of its own (feature `blocking`).
    ///
    /// # Errors
    /// As [`build`](Self::build), and [`Error::NoRuntime`] where the thread cannot be started.
    #[cfg(feature = "blocking")]
    pub fn build_blocking(self) -> Result<crate::blocking::Dune, Error> {
        crate::blocking::Dune::new(self.build()?)
    }
}

fn base_url(setting: &'static str, text: &str) -> Result<BaseUrl, Error> {
    BaseUrl::parse(text).map_err(|reason| Error::InvalidBaseUrl {
        setting,
        shown: shown(text),
        reason: reason.to_string(),
    })
}

/// The address as far as it can be shown: not what may hold a password or a key, nor what may be nothing but a key,
/// put into the wrong variable.
fn shown(text: &str) -> String {
    let secret = text.contains(['@', '?', '#']) || !text.contains(['.', ':', '/']);
    match secret {
        true => "not shown, it may hold a secret".to_owned(),
        false => format!("`{}`", text.trim()),
    }
}

/// The error about an address, where the key was put into that too.
fn without(key: &ApiKey, error: Error) -> Error {
    let clean = |text: String| key.redact(&text).into_owned();
    match error {
        Error::InvalidBaseUrl {
            setting,
            shown,
            reason,
        } => Error::InvalidBaseUrl {
            setting,
            shown: clean(shown),
            reason: clean(reason),
        },
        Error::PlainHttp { authority } => Error::PlainHttp {
            authority: clean(authority),
        },
        error => error,
    }
}

fn not_connected(error: ConnectError) -> Error {
    match error {
        ConnectError::PlainHttp { authority } => Error::PlainHttp { authority },
        error => Error::Connect {
            message: error.to_string(),
            source: Box::new(error),
        },
    }
}

#[cfg(test)]
mod tests;
