//! Waiting for a run: its status is read quickly at first and then ever more rarely, until it has ended or the deadline
//! has passed. What then becomes of the run is said beforehand.

use std::fmt;
use std::future::IntoFuture;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout_at;
use tracing::warn;

use super::following::{Following, Step};
use super::{Run, RunStatus};
use crate::error::{Error, FailedRun, MissedDeadline};
use crate::watching::{PATIENCE, after};

/// What becomes of what is waited for when the deadline passes and it still goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum OnDeadline {
    /// It is cancelled, as [`Run::cancel`] and [`Execution::cancel`](crate::Execution::cancel) do: nobody waits for it any
    /// more, and it costs credits.
    #[default]
    Cancel,
    /// It goes on, and can be taken up by its id.
    Leave,
}

/// A wait for a run, made by [`Run::wait`]; it begins with `.await`, and gives the last status.
///
/// Dropping it, before or while it is awaited, stops the waiting and nothing else: no request is sent for it, the run
/// goes on, and can be waited for again. So a wait in a `select!` or in a `timeout` cancels nothing by surprise; what
/// cancels is [`deadline`](Wait::deadline), or [`Run::cancel`].
#[must_use = "a wait does nothing until it is awaited"]
pub struct Wait<'r> {
    run: &'r Run,
    limit: Duration,
    on_deadline: OnDeadline,
    patience: Duration,
    on_change: Option<OnChange<'r>>,
    on_trouble: Option<OnTrouble<'r>>,
}

type OnChange<'r> = Box<dyn FnMut(&RunStatus) + Send + 'r>;

type OnTrouble<'r> = Box<dyn FnMut(&Error) + Send + 'r>;

impl<'r> Wait<'r> {
    pub(super) fn new(run: &'r Run) -> Wait<'r> {
        Wait {
            run,
            limit: run.dune.patience().wait_limit,
            on_deadline: OnDeadline::default(),
            patience: PATIENCE,
            on_change: None,
            on_trouble: None,
        }
    }

    /// How long to wait at most, from the `.await` on; the client's [`wait_limit`](crate::DuneBuilder::wait_limit)
    /// unless set. It binds all that waiting consists of: a read that hangs, its repetitions, and the pauses between.
    ///
    /// When it passes, the run is cancelled unless [`on_deadline`](Wait::on_deadline) says otherwise, which takes at most
    /// the client's [`cancel_limit`](crate::DuneBuilder::cancel_limit) more, and the error is [`Error::Deadline`].
    pub fn deadline(mut self, time: Duration) -> Wait<'r> {
        self.limit = time;
        self
    }

    /// What to do when the deadline passes: [`OnDeadline::Cancel`] unless set.
    pub fn on_deadline(mut self, then: OnDeadline) -> Wait<'r> {
        self.on_deadline = then;
        self
    }

    /// How long the reads of the status may fail in a row before the wait ends with the error of the last one: ten
    /// minutes unless set, nothing at all with [`Duration::ZERO`], until the deadline with [`Duration::MAX`].
    ///
    /// It is about what passes: Dune out of reach, an answer that was lost, a status 5xx, or 429 whose `Retry-After` is
    /// obeyed; and, once Dune has answered, what something in between answers for it. Each such read was repeated already as
    /// the [client's retries](crate::DuneBuilder::retries) say. A refusal, such as a 404, ends the wait at once. The run itself
    /// is not touched by any of it.
    pub fn patience(mut self, time: Duration) -> Wait<'r> {
        self.patience = time;
        self
    }

    /// Calls `watch` with the first status, and with each further one in which anything has changed.
    pub fn on_change(mut self, watch: impl FnMut(&RunStatus) + Send + 'r) -> Wait<'r> {
        self.on_change = Some(Box::new(watch));
        self
    }

    /// Calls `watch` with the error of each read that failed and is made again: see [`patience`](Wait::patience).
    pub fn on_trouble(mut self, watch: impl FnMut(&Error) + Send + 'r) -> Wait<'r> {
        self.on_trouble = Some(Box::new(watch));
        self
    }

    async fn finish(mut self) -> Result<RunStatus, Error> {
        let deadline = after(self.limit);
        let mut following = Following::new(self.run.clone(), self.patience);
        let mut last: Option<Arc<RunStatus>> = None;
        let mut trouble = None;
        while let Ok(step) = timeout_at(deadline, following.step()).await {
            match step? {
                Step::Trouble(error) => {
                    if let Some(watch) = &mut self.on_trouble {
                        watch(&error);
                    }
                    trouble = Some(Box::new(error));
                }
                Step::Status(status, _) => {
                    if let Some(watch) = &mut self.on_change
                        && last.as_ref() != Some(&status)
                    {
                        watch(&status);
                    }
                    if status.is_final() {
                        return ended(Arc::unwrap_or_clone(status));
                    }
                    last = Some(status);
                    trouble = None;
                }
            }
        }
        drop(following);
        warn!(run = self.run.id(), on_deadline = ?self.on_deadline, "the deadline of the wait has passed");
        let missed = MissedDeadline::new(
            self.run.id(),
            self.limit,
            last.map(Arc::unwrap_or_clone),
            trouble,
        );
        match self.on_deadline {
            OnDeadline::Leave => Err(missed.into()),
            OnDeadline::Cancel => match self.run.cancel().await {
                // It came to its end by itself in the meantime.
                Ok(cancellation) if cancellation.changed_nothing() => {
                    ended(cancellation.into_status())
                }
                cancellation => Err(missed.cancelled(cancellation).into()),
            },
        }
    }
}

/// The status of a run that is over, as the value or as what is in the error.
fn ended(status: RunStatus) -> Result<RunStatus, Error> {
    match status.is_success() {
        true => Ok(status),
        false => Err(Error::Failed(Box::new(FailedRun::new(status)))),
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
            .field("on_deadline", &self.on_deadline)
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}
