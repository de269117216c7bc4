//! What became of a request that did not succeed, read off the generated client's error.
//! Text of the other side is cleared of the key before it is kept.

use std::error::Error as StdError;
use std::time::Duration;

use dune_api::{ApiKey, StatusCode, types};

use super::retries::Setback;
use super::retry_after::retry_after;
use crate::error::{Call, Error};

/// What the generated client answers with when it does not succeed.
pub(super) type ApiError = dune_api::Error<types::Error>;

/// As much of an answer that cannot be read as is kept, in bytes.
const LONGEST_START: usize = 2_000;

/// How a request came to nothing.
pub(super) enum Failure {
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
    pub(super) async fn read(error: ApiError, key: &ApiKey) -> Failure {
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
            ApiError::ResponseBodyError(error) if dune_api::is_too_long(&error) => {
                Failure::too_long()
            }
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
                retry_after: retry_after(answer.headers()),
                message: clean(&answer.error),
            },
            ApiError::UnexpectedResponse(answer) => {
                let status = answer.status();
                let retry_after = retry_after(answer.headers());
                let location = answer.headers().get("location");
                let location = location
                    .map(|place| clean(&String::from_utf8_lossy(place.as_bytes())))
                    .unwrap_or_default();
                let body = match answer.bytes().await {
                    Ok(body) => body,
                    Err(error) if dune_api::is_too_long(&error) => return Failure::too_long(),
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

    fn too_long() -> Failure {
        Failure::Unreadable {
            reason: "it is too long: more than 64 MiB, or 1 GiB of rows".to_owned(),
            text: String::new(),
        }
    }

    pub(super) fn nothing_was_sent(&self) -> bool {
        matches!(self, Failure::NotSent { .. })
    }

    pub(super) fn setback(&self) -> Setback {
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

    pub(super) fn into_error(self, call: Box<Call>) -> Error {
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
