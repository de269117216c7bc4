//! The one way a request goes out: sent, judged, sent again where that is safe, and turned into the error of this
//! crate where it came to nothing.

mod chance;
mod failure;
mod polling;
mod retries;
mod retry_after;

use std::time::Duration;

use dune_api::ResponseValue;
use tokio::time::sleep;

use self::failure::{ApiError, Failure};
pub(crate) use self::polling::{Polling, Polls};
pub(crate) use self::retries::Retries;
use self::retry_after::retry_after;
use crate::error::{Call, Error};

/// An answer, and when the server wants to be asked again (`Retry-After`), if it says so.
#[derive(Debug)]
pub(crate) struct Answer<T> {
    pub(crate) value: T,
    pub(crate) retry_after: Option<Duration>,
}

/// Sends a request until it succeeds, or until sending it again is unsafe or of no use.
///
/// The future may be dropped at any time, for whoever waits has a deadline: nothing more is sent then.
pub(crate) async fn send<T, F, Request>(
    api: &dune_api::Client,
    retries: &Retries,
    call: &Call,
    request: F,
) -> Result<Answer<T>, Error>
where
    F: Fn() -> Request,
    Request: Future<Output = Result<ResponseValue<T>, ApiError>>,
{
    let mut attempt = 1;
    loop {
        let failure = match request().await {
            Ok(answer) => {
                return Ok(Answer {
                    retry_after: retry_after(answer.headers()),
                    value: answer.into_inner(),
                });
            }
            Err(error) => Failure::read(error, api.key()).await,
        };
        match retries.delay(attempt, failure.setback(), call.is_repeatable()) {
            Some(delay) => sleep(delay).await,
            None => return Err(failure.into_error(call.tried(attempt))),
        }
        attempt += 1;
    }
}
