//! Waiting for an execution: its status is read quickly at first and then ever more rarely, until it has ended or the
//! deadline has passed, and then it is cancelled or left.

use std::fmt;
use std::future::IntoFuture;
use std::pin::Pin;
use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout_at};

use super::{Execution, ExecutionStatus};
use crate::error::{Error, FailedExecution, OverdueExecution};
use crate::run::OnDeadline;

/// A wait for an execution, made by [`Execution::wait`]; it begins with `.await`, and gives the last status.
///
/// Dropping it stops the waiting and nothing else: the execution goes on.
#[must_use = "a wait does nothing until it is awaited"]
pub struct ExecutionWait<'e> {
    execution: &'e Execution,
    limit: Duration,
    on_deadline: OnDeadline,
    on_change: Option<OnChange<'e>>,
}

type OnChange<'e> = Box<dyn FnMut(&ExecutionStatus) + Send + 'e>;

impl<'e> ExecutionWait<'e> {
    pub(super) fn new(execution: &'e Execution) -> ExecutionWait<'e> {
        ExecutionWait {
            execution,
            limit: execution.dune.patience().wait_limit,
            on_deadline: OnDeadline::default(),
            on_change: None,
        }
    }

    /// How long to wait at most, from the `.await` on; the client's [`wait_limit`](crate::DuneBuilder::wait_limit)
    /// unless set. When it passes, the error is [`Error::ExecutionDeadline`].
    pub fn deadline(mut self, time: Duration) -> ExecutionWait<'e> {
        self.limit = time;
        self
    }

    /// What becomes of the execution when the deadline passes: it is cancelled, unless it is to be left. Cancelling takes
    /// as long as its request does.
    pub fn on_deadline(mut self, what: OnDeadline) -> ExecutionWait<'e> {
        self.on_deadline = what;
        self
    }

    /// Calls `watch` with the first status, and with each further one in which anything has changed.
    pub fn on_change(
        mut self,
        watch: impl FnMut(&ExecutionStatus) + Send + 'e,
    ) -> ExecutionWait<'e> {
        self.on_change = Some(Box::new(watch));
        self
    }

    async fn finish(mut self) -> Result<ExecutionStatus, Error> {
        let deadline = Instant::now()
            .checked_add(self.limit)
            .unwrap_or_else(|| Instant::now() + Duration::from_secs(u64::from(u32::MAX)));
        let mut last: Option<ExecutionStatus> = None;
        let mut polls = self.execution.dune.patience().polling.begin();
        loop {
            let Ok(status) = timeout_at(deadline, self.execution.read()).await else {
                break;
            };
            let (status, retry_after) = status?;
            if let Some(watch) = &mut self.on_change
                && last.as_ref() != Some(&status)
            {
                watch(&status);
            }
            if status.is_final() {
                return outcome(status);
            }
            last = Some(status);
            let next = Instant::now() + polls.pause(retry_after);
            if next >= deadline {
                sleep_until(deadline).await;
                break;
            }
            sleep_until(next).await;
        }
        self.overdue(last).await
    }

    /// What to do with one that goes on.
    async fn overdue(self, last: Option<ExecutionStatus>) -> Result<ExecutionStatus, Error> {
        let cancelled = match self.on_deadline {
            OnDeadline::Leave => None,
            OnDeadline::Cancel => Some(self.execution.cancel().await),
        };
        if let Some(Ok(false)) = cancelled {
            // Nothing to cancel: it ended after the last look.
            let status = self.execution.status().await?;
            if status.is_final() {
                return outcome(status);
            }
        }
        Err(Error::ExecutionDeadline(Box::new(OverdueExecution {
            execution: self.execution.id().to_owned(),
            waited: self.limit,
            status: last,
            cancelled,
        })))
    }
}

fn outcome(status: ExecutionStatus) -> Result<ExecutionStatus, Error> {
    match status.is_success() {
        true => Ok(status),
        false => Err(Error::ExecutionFailed(Box::new(
            FailedExecution::of_status(status),
        ))),
    }
}

impl<'e> IntoFuture for ExecutionWait<'e> {
    type Output = Result<ExecutionStatus, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'e>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.finish())
    }
}

impl fmt::Debug for ExecutionWait<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExecutionWait")
            .field("execution", &self.execution.id)
            .field("limit", &self.limit)
            .field("on_deadline", &self.on_deadline)
            .finish_non_exhaustive()
    }
}
