//! One execution by itself: waiting for it, cancelling it, and its rows.

use serde::de::DeserializeOwned;

use super::rows::Results;
use super::runtime::Runtime;
use crate::error::Error;
use crate::execution::{ExecutionStatus, ExecutionWait};

/// One execution of a query, of SQL, or of the refresh of a view, for programs without `async`: see [`crate::Execution`].
///
/// It is only a way to ask: dropping it stops nothing. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Execution {
    inner: crate::Execution,
    runtime: Runtime,
}

impl Execution {
    pub(super) fn new(inner: crate::Execution, runtime: Runtime) -> Execution {
        Execution { inner, runtime }
    }

    /// Dune's id of it (`execution_id`).
    #[must_use]
    pub fn id(&self) -> &str {
        self.inner.id()
    }

    /// How it stands: see [`crate::Execution::status`].
    ///
    /// # Errors
    /// As there.
    pub fn status(&self) -> Result<ExecutionStatus, Error> {
        self.runtime.wait_for(self.inner.status())
    }

    /// Waits until it has ended: see [`crate::Execution::wait`].
    ///
    /// # Errors
    /// As there.
    pub fn wait(&self) -> Result<ExecutionStatus, Error> {
        self.wait_with(|wait| wait)
    }

    /// Waits until it has ended, as told: with a deadline of its own, for example.
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # fn example(execution: dune_pipeline::blocking::Execution) -> Result<(), dune_pipeline::Error> {
    /// execution.wait_with(|wait| wait.deadline(Duration::from_secs(60)))?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`wait`](Execution::wait).
    pub fn wait_with<'e>(
        &'e self,
        told: impl FnOnce(ExecutionWait<'e>) -> ExecutionWait<'e>,
    ) -> Result<ExecutionStatus, Error> {
        let wait = told(self.inner.wait());
        self.runtime.wait_for(wait.into_future())
    }

    /// Cancels it: see [`crate::Execution::cancel`].
    ///
    /// # Errors
    /// As there.
    pub fn cancel(&self) -> Result<bool, Error> {
        self.runtime.wait_for(self.inner.cancel())
    }

    /// Its rows, to be read in part or in another form: see [`crate::Execution::results`].
    pub fn results(&self) -> Results {
        Results::new(self.inner.results(), self.runtime.clone())
    }

    /// All its rows, each read into a `T`.
    ///
    /// # Errors
    /// Those of [`Results::rows`].
    pub fn rows<T: DeserializeOwned>(&self) -> Result<Vec<T>, Error> {
        self.results().rows()
    }
}
