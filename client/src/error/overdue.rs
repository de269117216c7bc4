//! What a wait for an execution says when its deadline has passed.

use std::fmt;
use std::time::Duration;

use super::Error;
use super::words::seconds;
use crate::execution::ExecutionStatus;

/// An execution that had not ended when the deadline of a wait passed, and what became of it then.
#[derive(Debug)]
pub struct OverdueExecution {
    pub(crate) execution: String,
    pub(crate) waited: Duration,
    pub(crate) status: Option<ExecutionStatus>,
    pub(crate) trouble: Option<Box<Error>>,
    pub(crate) then: Then,
}

/// What became of it.
#[derive(Debug)]
pub(crate) enum Then {
    /// It was to be left.
    Left,
    /// Dune took the cancel.
    Cancelled,
    /// Dune answered that there is nothing to cancel, and says that it goes on.
    Declined,
    /// The request to cancel it came to nothing.
    NotCancelled(Box<Error>),
    /// The time for cancelling was over before an answer came.
    Unanswered,
}

impl OverdueExecution {
    /// The execution's id.
    #[must_use]
    pub fn execution_id(&self) -> &str {
        &self.execution
    }

    /// How long was waited, without the cancelling.
    #[must_use]
    pub fn waited(&self) -> Duration {
        self.waited
    }

    /// How it stood when it was read last; `None` where it could not be read even once.
    #[must_use]
    pub fn status(&self) -> Option<&ExecutionStatus> {
        self.status.as_ref()
    }

    /// The last read of the status, where that one failed and was about to be made again.
    #[must_use]
    pub fn trouble(&self) -> Option<&Error> {
        self.trouble.as_deref()
    }

    /// Whether Dune said that it cancelled it.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        matches!(self.then, Then::Cancelled)
    }

    /// Why it could not be cancelled, although it was to be.
    #[must_use]
    pub fn cancel_error(&self) -> Option<&Error> {
        match &self.then {
            Then::NotCancelled(error) => Some(error),
            _ => None,
        }
    }

    /// Whether it may still be going.
    #[must_use]
    pub fn may_go_on(&self) -> bool {
        !self.is_cancelled()
    }
}

impl fmt::Display for OverdueExecution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (execution, waited) = (&self.execution, seconds(self.waited));
        match &self.status {
            Some(status) => {
                let state = status.state();
                write!(f, "execution {execution} was still {state} after {waited}")?;
            }
            None => write!(f, "execution {execution}: no status within {waited}")?,
        }
        if let Some(error) = &self.trouble {
            write!(f, " ({error})")?;
        }
        match &self.then {
            Then::Left => f.write_str("; it goes on, and can be taken up by its id"),
            Then::Cancelled => f.write_str(" and was cancelled"),
            Then::Declined => f.write_str("; Dune did not cancel it, and it goes on"),
            Then::NotCancelled(error) => write!(
                f,
                "; it could not be cancelled and may go on, take it up by its id: {error}"
            ),
            Then::Unanswered => f.write_str(
                "; no answer to the cancel came in time and it may go on, take it up by its id",
            ),
        }
    }
}

impl std::error::Error for OverdueExecution {}
