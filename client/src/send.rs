//! The one way a request goes out: sent, judged, sent again where that is safe, and turned into the error of this
//! crate where it came to nothing. Text of the other side is cleared of the key before it is kept.

use std::error::Error as StdError;
use std::time::{Duration, SystemTime};

use dune_api::{ApiKey, ResponseValue, StatusCode, types};
use tokio::time::sleep;

use crate::error::{Call, Error};
use crate::patience::{Retries, Setback};

/// What the generated client answers with when it does not succeed.
type ApiError = dune_api::Error<types::Error>;

/// As much of an answer that cannot be read as is kept, in bytes.
const LONGEST_START: usize = 2_000;

/// Sends a request until it succeeds, or until sending it again is unsafe or of no use.
pub(crate) async fn send<T, F, Request>(
    api: &dune_api::Client,
    retries: &Retries,
    call: &Call,
    request: F,
) -> Result<T, Error>
where
    F: Fn() -> Request,
    Request: Future<Output = Result<ResponseValue<T>, ApiError>>,
{
    let mut attempt = 1;
    loop {
        let failure = match request().await {
            Ok(answer) => return Ok(answer.into_inner()),
            Err(error) => Failure::read(error, api.key()).await,
        };
        match retries.delay(attempt, failure.setback(), call.starts_work()) {
            Some(delay) => sleep(delay).await,
            None => return Err(failure.into_error(call.tried(attempt))),
        }
        attempt += 1;
    }
}

/// How a request came to nothing.
enum Failure {
    /// Nothing was sent; `lasting` if it will be no different next time.
    NotSent {
        source: Box<dyn StdError + Send + Sync>,
        lasting: bool,
    },
    /// It was sent, and no whole answer came.
    Lost(Box<dyn StdError + Send + Sync>),
    /// An answer with an error status.
    Refused {
        status: StatusCode,
        message: String,
        retry_after: Option<Duration>,
    },
    /// An answer that sends elsewhere.
    Redirected {
        status: StatusCode,
        location: String,
    },
    /// A success that cannot be read.
    Unreadable { reason: String, text: String },
}

impl Failure {
    async fn read(error: ApiError, key: &ApiKey) -> Failure {
        let clean = |text: &str| key.redact(text).into_owned();
        match error {
            ApiError::CommunicationError(error) if error.is_connect() => Failure::NotSent {
                lasting: dune_api::is_tls_failure(&error),
                source: Box::new(error),
            },
            ApiError::CommunicationError(error) if error.is_builder() => Failure::NotSent {
                lasting: true,
                source: Box::new(error),
            },
            ApiError::CommunicationError(error)
            | ApiError::InvalidUpgrade(error)
            | ApiError::ResponseBodyError(error) => Failure::Lost(Box::new(error)),
            ApiError::InvalidRequest(reason) | ApiError::Custom(reason) => Failure::NotSent {
                source: clean(&reason).into(),
                lasting: true,
            },
            ApiError::InvalidResponsePayload(body, error) => Failure::Unreadable {
                reason: clean(&error.to_string()),
                text: clean(start(&body).as_str()),
            },
            ApiError::ErrorResponse(answer) => Failure::Refused {
                status: answer.status(),
                retry_after: retry_after(answer.headers().get("retry-after")),
                message: clean(&answer.error),
            },
            ApiError::UnexpectedResponse(answer) => {
                let status = answer.status();
                let retry_after = retry_after(answer.headers().get("retry-after"));
                let location = answer.headers().get("location");
                let location = location
                    .map(|place| clean(&String::from_utf8_lossy(place.as_bytes())))
                    .unwrap_or_default();
                let body = match answer.bytes().await {
                    Ok(body) => body,
                    Err(error) if status.is_success() => return Failure::Lost(Box::new(error)),
                    Err(_) => Default::default(),
                };
                if status.is_redirection() {
                    Failure::Redirected { status, location }
                } else if status.is_client_error() || status.is_server_error() {
                    let parsed = serde_json::from_slice::<types::Error>(&body);
                    let message = parsed.map_or_else(|_| start(&body), |error| error.error);
                    Failure::Refused {
                        status,
                        retry_after,
                        message: clean(&message),
                    }
                } else {
                    Failure::Unreadable {
                        reason: format!("the status {status} is in no document"),
                        text: clean(&start(&body)),
                    }
                }
            }
        }
    }

    fn setback(&self) -> Setback {
        match self {
            Failure::NotSent { lasting: false, .. } => Setback::NotSent,
            Failure::NotSent { lasting: true, .. } => Setback::Final,
            Failure::Lost(_) => Setback::Unclear(None),
            Failure::Refused {
                status,
                retry_after,
                ..
            } => match *status {
                StatusCode::TOO_MANY_REQUESTS => Setback::Limited(*retry_after),
                StatusCode::REQUEST_TIMEOUT => Setback::Unclear(*retry_after),
                status if status.is_server_error() => Setback::Unclear(*retry_after),
                _ => Setback::Final,
            },
            Failure::Redirected { .. } | Failure::Unreadable { .. } => Setback::Final,
        }
    }

    fn into_error(self, call: Box<Call>) -> Error {
        match self {
            Failure::NotSent { source, .. } => Error::Unreachable { call, source },
            Failure::Lost(source) => Error::AnswerLost { call, source },
            Failure::Refused {
                status: StatusCode::TOO_MANY_REQUESTS,
                message,
                retry_after,
            } => Error::RateLimited {
                call,
                message,
                retry_after,
            },
            Failure::Refused {
                status, message, ..
            } => Error::Refused {
                call,
                status,
                message,
            },
            Failure::Redirected { status, location } => Error::Redirected {
                call,
                status,
                location,
            },
            Failure::Unreadable { reason, text } => Error::UnreadableAnswer { call, reason, text },
        }
    }
}

fn start(body: &[u8]) -> String {
    let end = body.len().min(LONGEST_START);
    String::from_utf8_lossy(body.get(..end).unwrap_or(body)).into_owned()
}

/// Reads a `Retry-After`, which is a number of seconds or a date.
fn retry_after(header: Option<&dune_api::HeaderValue>) -> Option<Duration> {
    let text = header?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(SystemTime::now()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Duration> {
        let header = dune_api::HeaderValue::from_str(text).unwrap();
        retry_after(Some(&header))
    }

    #[test]
    fn retry_after_is_read_as_seconds_and_as_a_date() {
        assert_eq!(read("7"), Some(Duration::from_secs(7)));
        let soon = SystemTime::now() + Duration::from_secs(90);
        let delay = read(&httpdate::fmt_http_date(soon)).unwrap();
        assert!(delay.as_secs() >= 85 && delay.as_secs() <= 90, "{delay:?}");
        assert_eq!(read("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::ZERO));
        assert_eq!(read("soon"), None);
        assert_eq!(retry_after(None), None);
    }
}
