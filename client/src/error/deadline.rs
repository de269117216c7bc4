//! A deadline that passed before a run had ended: how it stood, and what has been cancelled of it.

use std::fmt;
use std::time::Duration;

use super::Error;
use super::words::seconds;
use crate::run::{Cancellation, RunStatus};

/// A run that had not ended when the deadline of a wait passed, and what became of it then.
#[derive(Debug)]
pub struct MissedDeadline {
    run: String,
    waited: Duration,
    status: Option<RunStatus>,
    trouble: Option<Box<Error>>,
    then: Then,
}

#[derive(Debug)]
enum Then {
    Left,
    Cancelled(Cancellation),
    NotCancelled(Box<Error>),
}

impl MissedDeadline {
    pub(crate) fn new(
        run: &str,
        waited: Duration,
        status: Option<RunStatus>,
        trouble: Option<Box<Error>>,
    ) -> MissedDeadline {
        MissedDeadline {
            run: run.to_owned(),
            waited,
            status,
            trouble,
            then: Then::Left,
        }
    }

    /// The same, and the run was cancelled, or tried to be.
    pub(crate) fn cancelled(self, cancellation: Result<Cancellation, Error>) -> MissedDeadline {
        MissedDeadline {
            then: match cancellation {
                Ok(cancellation) => Then::Cancelled(cancellation),
                Err(error) => Then::NotCancelled(Box::new(error)),
            },
            ..self
        }
    }

    /// The run's id.
    #[must_use]
    pub fn run_id(&self) -> &str {
        &self.run
    }

    /// How long was waited, without the cancelling.
    #[must_use]
    pub fn waited(&self) -> Duration {
        self.waited
    }

    /// How the run stood when it was read last, which is after the cancelling where there was one. `None` when it could not
    /// be read even once.
    #[must_use]
    pub fn status(&self) -> Option<&RunStatus> {
        match &self.then {
            Then::Cancelled(cancellation) => Some(cancellation.status()),
            Then::Left | Then::NotCancelled(_) => self.status.as_ref(),
        }
    }

    /// What was cancelled and what could not be; `None` when the run was to be left, or when nothing could be done: see
    /// [`cancel_error`](Self::cancel_error).
    #[must_use]
    pub fn cancellation(&self) -> Option<&Cancellation> {
        match &self.then {
            Then::Cancelled(cancellation) => Some(cancellation),
            Then::Left | Then::NotCancelled(_) => None,
        }
    }

    /// Why nothing could be cancelled, although it was to be.
    #[must_use]
    pub fn cancel_error(&self) -> Option<&Error> {
        match &self.then {
            Then::NotCancelled(error) => Some(error),
            Then::Left | Then::Cancelled(_) => None,
        }
    }

    /// The last read of the status, where that one failed and was about to be made again.
    #[must_use]
    pub fn trouble(&self) -> Option<&Error> {
        self.trouble.as_deref()
    }

    /// Whether the run may still be going.
    #[must_use]
    pub fn may_go_on(&self) -> bool {
        match &self.then {
            Then::Cancelled(cancellation) => !cancellation.is_complete(),
            Then::Left | Then::NotCancelled(_) => true,
        }
    }
}

impl fmt::Display for MissedDeadline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (run, waited) = (&self.run, seconds(self.waited));
        match &self.status {
            Some(status) => write!(f, "run {run} was still {} after {waited}", status.state())?,
            None => write!(f, "run {run}: no status within {waited}")?,
        }
        if let Some(error) = &self.trouble {
            write!(f, " ({error})")?;
        }
        match &self.then {
            Then::Left => f.write_str("; it goes on, and can be taken up by its id"),
            Then::NotCancelled(error) => write!(
                f,
                "; it could not be cancelled and may go on, take it up by its id: {error}"
            ),
            Then::Cancelled(cancellation) => {
                f.write_str(match cancellation.is_complete() {
                    true => " and was cancelled",
                    false => ", and not all of it could be cancelled: take it up by its id",
                })?;
                if let Some(error) = cancellation.trouble() {
                    write!(f, " ({error})")?;
                }
                cancellation.write_nodes(f)
            }
        }
    }
}

impl std::error::Error for MissedDeadline {}

impl From<MissedDeadline> for Error {
    fn from(missed: MissedDeadline) -> Error {
        Error::Deadline(Box::new(missed))
    }
}
