//! Waiting for an execution: its status is read quickly at first and then ever more rarely, until it has ended or the
//! deadline has passed, and then it is cancelled or left.

use std::fmt;
use std::future::IntoFuture;
use std::pin::Pin;
use std::time::Duration;

use tokio::time::timeout_at;
use tracing::warn;

use super::{Execution, ExecutionStatus};
use crate::error::{Error, FailedExecution, OverdueExecution, Then};
use crate::run::OnDeadline;
use crate::watching::{Look, PATIENCE, Watching, after};

/// A wait for an execution, made by [`Execution::wait`]; it begins with `.await`, and gives the last status.
///
/// Dropping it, before or while it is awaited, stops the waiting and nothing else: no request is sent for it, the execution
/// goes on, and can be waited for again. What cancels is [`deadline`](ExecutionWait::deadline), or [`Execution::cancel`].
#[must_use = "a wait does nothing until it is awaited"]
pub struct ExecutionWait<'e> {
    execution: &'e Execution,
    limit: Duration,
    on_deadline: OnDeadline,
    patience: Duration,
    on_change: Option<OnChange<'e>>,
    on_trouble: Option<OnTrouble<'e>>,
}

type OnChange<'e> = Box<dyn FnMut(&ExecutionStatus) + Send + 'e>;

type OnTrouble<'e> = Box<dyn FnMut(&Error) + Send + 'e>;

impl<'e> ExecutionWait<'e> {
    pub(super) fn new(execution: &'e Execution) -> ExecutionWait<'e> {
        ExecutionWait {
            execution,
            limit: execution.dune.patience().wait_limit,
            on_deadline: OnDeadline::default(),
            patience: PATIENCE,
            on_change: None,
            on_trouble: None,
        }
    }

    /// How long to wait at most, from the `.await` on; the client's [`wait_limit`](crate::DuneBuilder::wait_limit)
    /// unless set. It binds all that waiting consists of: a read that hangs, its repetitions, and the pauses between.
    ///
    /// When it passes, the execution is cancelled unless [`on_deadline`](ExecutionWait::on_deadline) says otherwise, which takes
    /// at most the client's [`cancel_limit`](crate::DuneBuilder::cancel_limit) more, and the error is
    /// [`Error::ExecutionDeadline`].
    pub fn deadline(mut self, time: Duration) -> ExecutionWait<'e> {
        self.limit = time;
        self
    }

    /// What to do when the deadline passes: [`OnDeadline::Cancel`] unless set.
    pub fn on_deadline(mut self, then: OnDeadline) -> ExecutionWait<'e> {
        self.on_deadline = then;
        self
    }

    /// How long the reads of the status may fail in a row before the wait ends with the error of the last one: as for
    /// [a run](crate::Wait::patience), ten minutes unless set.
    pub fn patience(mut self, time: Duration) -> ExecutionWait<'e> {
        self.patience = time;
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

    /// Calls `watch` with the error of each read that failed and is made again: see
    /// [`patience`](ExecutionWait::patience).
    pub fn on_trouble(mut self, watch: impl FnMut(&Error) + Send + 'e) -> ExecutionWait<'e> {
        self.on_trouble = Some(Box::new(watch));
        self
    }

    async fn finish(mut self) -> Result<ExecutionStatus, Error> {
        let deadline = after(self.limit);
        let polling = &self.execution.dune.patience().polling;
        let mut watching = Watching::begin(polling, self.patience);
        let mut last: Option<ExecutionStatus> = None;
        let mut trouble = None;
        while let Ok(look) = timeout_at(deadline, watching.look(self.execution.read())).await {
            match look? {
                Look::Trouble(error) => {
                    warn!(execution = self.execution.id(), %error, "the status is read again later");
                    if let Some(watch) = &mut self.on_trouble {
                        watch(&error);
                    }
                    trouble = Some(Box::new(error));
                }
                Look::At(status) => {
                    if let Some(watch) = &mut self.on_change
                        && last.as_ref() != Some(&status)
                    {
                        watch(&status);
                    }
                    if status.is_final() {
                        return outcome(status);
                    }
                    last = Some(status);
                    trouble = None;
                }
            }
        }
        self.overdue(last, trouble).await
    }

    /// What to do with one that goes on.
    async fn overdue(
        self,
        last: Option<ExecutionStatus>,
        trouble: Option<Box<Error>>,
    ) -> Result<ExecutionStatus, Error> {
        let execution = self.execution;
        warn!(execution = execution.id(), on_deadline = ?self.on_deadline, "the deadline of the wait has passed");
        let mut status = last;
        let then = match self.on_deadline {
            OnDeadline::Leave => Then::Left,
            OnDeadline::Cancel => {
                let until = after(execution.dune.patience().cancel_limit);
                match timeout_at(until, execution.cancel()).await {
                    Ok(Ok(true)) => Then::Cancelled,
                    Ok(Ok(false)) => {
                        // Nothing to cancel: it may have ended after the last look.
                        if let Ok(Ok(now)) = timeout_at(until, execution.status()).await {
                            if now.is_final() {
                                return outcome(now);
                            }
                            status = Some(now);
                        }
                        Then::Declined
                    }
                    Ok(Err(error)) => Then::NotCancelled(Box::new(error)),
                    Err(_) => Then::Unanswered,
                }
            }
        };
        Err(Error::ExecutionDeadline(Box::new(OverdueExecution {
            execution: execution.id().to_owned(),
            waited: self.limit,
            status,
            trouble,
            then,
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
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}
