//! The one way a request goes out: sent, judged, sent again where that is safe, and turned into the error of this
//! crate where it came to nothing.

mod budget;
mod chance;
mod failure;
mod limits;
mod polling;
mod retries;
mod retry_after;

use std::sync::Arc;
use std::time::Duration;

use dune_api::{Purpose, ResponseValue};
use tokio::time::{Instant, sleep};
use tracing::{Instrument as _, debug, info, warn};

use self::budget::{Budget, Turn};
use self::failure::{ApiError, Failure};
pub(crate) use self::limits::Limiter;
pub use self::limits::RateLimits;
pub(crate) use self::polling::{Polling, Polls};
pub(crate) use self::retries::Retries;
use self::retries::Setback;
use self::retry_after::retry_after;
use crate::builder::Patience;
use crate::error::{Call, Error};

/// An answer, and when the server wants to be asked again (`Retry-After`), if it says so.
#[derive(Debug)]
pub(crate) struct Answer<T> {
    pub(crate) value: T,
    pub(crate) retry_after: Option<Duration>,
}

/// Sends a request until it succeeds, or until sending it again is unsafe or of no use.
///
/// The future may be dropped at any time, for whoever waits has a deadline: nothing more is sent then, and a place in the
/// queue before the plan's limit is given back.
pub(crate) async fn send<T, F, Request>(
    api: &dune_api::Client,
    patience: &Patience,
    call: &Call,
    request: F,
) -> Result<Answer<T>, Error>
where
    F: Fn() -> Request,
    Request: Future<Output = Result<ResponseValue<T>, ApiError>>,
{
    let budget = patience
        .limiter
        .as_ref()
        .map(|limiter| limiter.budget(call));
    let mut attempt = 1;
    loop {
        let turn = match budget {
            Some(budget) if call.is_urgent() => Some(budget.turn_beyond()),
            Some(budget) => Some(turn(budget, call).await),
            None => None,
        };
        let span = purpose(call, attempt).span();
        let began = Instant::now();
        let outcome = async {
            let outcome = match request().await {
                Ok(answer) => Ok(answer),
                Err(error) => Err(Failure::read(error, api.key()).await),
            };
            span.record("elapsed_ms", milliseconds(began.elapsed()));
            match &outcome {
                Ok(_) => debug!(run = call.run_id(), "answered"),
                Err(_) => debug!(run = call.run_id(), "came to nothing"),
            }
            outcome
        };
        let failure = match outcome.instrument(span.clone()).await {
            Ok(answer) => {
                return Ok(Answer {
                    retry_after: retry_after(answer.headers()),
                    value: answer.into_inner(),
                });
            }
            Err(failure) => failure,
        };
        if let (Some(turn), true) = (turn, failure.nothing_was_sent()) {
            turn.give_back();
        }
        let setback = failure.setback();
        let delay = patience
            .retries
            .delay(attempt, setback, call.is_repeatable());
        let error = failure.into_error(call.tried(attempt));
        let Some(delay) = delay else {
            return Err(error);
        };
        warn!(
            run = call.run_id(),
            node = call.node(),
            execution = call.execution_id(),
            attempt,
            delay_ms = milliseconds(delay),
            %error,
            "it will be sent again"
        );
        if let (Some(budget), Setback::Limited(_)) = (budget, setback) {
            budget.close_until(Instant::now() + delay);
        }
        sleep(delay).await;
        attempt += 1;
    }
}

/// Waits for a turn, and says so where there is none at once.
async fn turn(budget: &Arc<Budget>, call: &Call) -> Turn {
    if let Some(turn) = budget.turn_now() {
        return turn;
    }
    let (purpose, run, limit) = (call.purpose(), call.run_id(), budget.name());
    info!(
        run,
        purpose, limit, "waiting for the plan's requests a minute"
    );
    let began = Instant::now();
    let turn = budget.turn().await;
    let waited_ms = milliseconds(began.elapsed());
    info!(
        run,
        purpose, limit, waited_ms, "waited for the plan's requests a minute"
    );
    turn
}

fn purpose(call: &Call, attempt: u32) -> Purpose<'_> {
    Purpose {
        purpose: call.purpose(),
        run: call.run_id(),
        node: call.node(),
        execution: call.execution_id(),
        attempt,
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
