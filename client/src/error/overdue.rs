//! What a wait for an execution says when its deadline has passed.

use std::fmt;
use std::time::Duration;

use super::Error;
use super::words::seconds;
use crate::execution::ExecutionStatus;

/// An execution that was still going when the deadline passed, and what became of it then.
#[derive(Debug)]
pub struct OverdueExecution {
    pub(crate) execution: String,
    pub(crate) waited: Duration,
    pub(crate) status: Option<ExecutionStatus>,
    pub(crate) cancelled: Option<Result<bool, Error>>,
}

impl OverdueExecution {
    /// The execution's id.
    #[must_use]
    pub fn execution_id(&self) -> &str {
        &self.execution
    }

    /// How long was waited.
    #[must_use]
    pub fn waited(&self) -> Duration {
        self.waited
    }

    /// How it stood at last; `None` where the status could not be read even once.
    #[must_use]
    pub fn status(&self) -> Option<&ExecutionStatus> {
        self.status.as_ref()
    }

    /// What came of cancelling it: Dune's word on whether it did, or why it could not be asked. `None` where it was to be
    /// left.
    #[must_use]
    pub fn cancelled(&self) -> Option<Result<bool, &Error>> {
        self.cancelled
            .as_ref()
            .map(|answer| answer.as_ref().map(|cancelled| *cancelled))
    }

    /// Whether it goes on as far as anybody knows.
    #[must_use]
    pub fn goes_on(&self) -> bool {
        !matches!(self.cancelled, Some(Ok(true)))
    }
}

impl fmt::Display for OverdueExecution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let waited = seconds(self.waited);
        write!(f, "execution {}", self.execution)?;
        match &self.status {
            Some(status) => write!(f, " is still {} after {waited}", status.state())?,
            None => write!(f, ": no status within {waited}")?,
        }
        match &self.cancelled {
            None => f.write_str("; it goes on, and can be taken up by its id"),
            Some(Ok(true)) => f.write_str("; it was cancelled"),
            Some(Ok(false)) => f.write_str("; Dune did not cancel it, and it goes on"),
            Some(Err(error)) => write!(f, "; it may go on, for it could not be cancelled: {error}"),
        }
    }
}
