//! Waiting for a run: its status is read quickly at first and then ever more rarely, until it has ended or the deadline
//! has passed.

use std::fmt;
use std::future::IntoFuture;
use std::pin::Pin;
use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout_at};

use super::{Run, RunStatus};
use crate::error::{Error, FailedRun};

/// A wait for a run, made by [`Run::wait`]; it begins with `.await`, and gives the last status.
///
/// Dropping it stops the waiting and nothing else: the run goes on.
#[must_use = "a wait does nothing until it is awaited"]
pub struct Wait<'r> {
    run: &'r Run,
    limit: Duration,
    on_change: Option<OnChange<'r>>,
}

/// What becomes of what is waited for when the deadline passes and it still goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum OnDeadline {
    /// It is cancelled.
    #[default]
    Cancel,
    /// It goes on, and can be taken up by its id.
    Leave,
}

type OnChange<'r> = Box<dyn FnMut(&RunStatus) + Send + 'r>;

impl<'r> Wait<'r> {
    pub(super) fn new(run: &'r Run) -> Wait<'r> {
        Wait {
            run,
            limit: run.dune.patience().wait_limit,
            on_change: None,
        }
    }

    /// How long to wait at most, from the `.await` on; the client's [`wait_limit`](crate::DuneBuilder::wait_limit)
    /// unless set. When it passes the run goes on, and the error is [`Error::Deadline`].
    pub fn deadline(mut self, time: Duration) -> Wait<'r> {
        self.limit = time;
        self
    }

    /// Calls `watch` with the first status, and with each further one in which anything has changed.
    pub fn on_change(mut self, watch: impl FnMut(&RunStatus) + Send + 'r) -> Wait<'r> {
        self.on_change = Some(Box::new(watch));
        self
    }

    async fn finish(mut self) -> Result<RunStatus, Error> {
        let deadline = Instant::now()
            .checked_add(self.limit)
            .unwrap_or_else(|| Instant::now() + Duration::from_secs(u64::from(u32::MAX)));
        let mut last: Option<RunStatus> = None;
        let mut polls = self.run.dune.patience().polling.begin();
        loop {
            let Ok(status) = timeout_at(deadline, self.run.read()).await else {
                break;
            };
            let (status, retry_after) = status?;
            if let Some(watch) = &mut self.on_change
                && last.as_ref() != Some(&status)
            {
                watch(&status);
            }
            if status.is_final() {
                return match status.is_success() {
                    true => Ok(status),
                    false => Err(Error::Failed(Box::new(FailedRun::new(status)))),
                };
            }
            last = Some(status);
            let next = Instant::now() + polls.pause(retry_after);
            if next >= deadline {
                sleep_until(deadline).await;
                break;
            }
            sleep_until(next).await;
        }
        Err(match last {
            Some(status) => Error::Deadline {
                waited: self.limit,
                status: Box::new(status),
            },
            None => Error::NoStatus {
                run: self.run.id().to_owned(),
                waited: self.limit,
            },
        })
    }
}

impl<'r> IntoFuture for Wait<'r> {
    type Output = Result<RunStatus, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'r>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.finish())
    }
}

impl fmt::Debug for Wait<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait")
            .field("run", &self.run.id)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}
