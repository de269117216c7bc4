//! A run of a pipeline: waiting for it, watching it, cancelling it, and its rows.

use serde::de::DeserializeOwned;

use super::events::Events;
use super::rows::{Pages, Results};
use super::runtime::Runtime;
use crate::error::Error;
use crate::pipeline::{Pipeline, ReturnsRows};
use crate::run::{Cancellation, RunExecutions, RunStatus, Wait};

/// A run of a pipeline, for programs without `async`: see [`crate::Run`].
///
/// It is only a way to ask: dropping it stops nothing. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Run {
    inner: crate::Run,
    runtime: Runtime,
}

impl Run {
    pub(super) fn new(inner: crate::Run, runtime: Runtime) -> Run {
        Run { inner, runtime }
    }

    /// Dune's id of it (`pipeline_execution_id`).
    #[must_use]
    pub fn id(&self) -> &str {
        self.inner.id()
    }

    /// The same run with the labels and handles of its pipeline: see [`crate::Run::attach`].
    ///
    /// # Errors
    /// As there.
    pub fn attach<L>(&self, pipeline: &Pipeline<L>) -> Result<Run, Error> {
        let run = self.inner.attach(pipeline)?;
        Ok(Run::new(run, self.runtime.clone()))
    }

    /// How it stands: see [`crate::Run::status`].
    ///
    /// # Errors
    /// As there.
    pub fn status(&self) -> Result<RunStatus, Error> {
        self.runtime.wait_for(self.inner.status())
    }

    /// Waits until the run has ended: see [`crate::Run::wait`]. The deadline is the client's
    /// [`wait_limit`](crate::DuneBuilder::wait_limit), and the run is cancelled when it passes.
    ///
    /// # Errors
    /// As there.
    pub fn wait(&self) -> Result<RunStatus, Error> {
        self.wait_with(|wait| wait)
    }

    /// Waits until the run has ended, as told:
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # fn example(run: dune_pipeline::blocking::Run) -> Result<(), dune_pipeline::Error> {
    /// let status = run.wait_with(|wait| {
    ///     wait.deadline(Duration::from_secs(15 * 60))
    ///         .on_change(|status| println!("{status}"))
    /// })?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`wait`](Run::wait).
    pub fn wait_with<'r>(
        &'r self,
        told: impl FnOnce(Wait<'r>) -> Wait<'r>,
    ) -> Result<RunStatus, Error> {
        let wait = told(self.inner.wait());
        self.runtime.wait_for(wait.into_future())
    }

    /// What changes, one by one, until the run has ended: see [`crate::Run::events`].
    pub fn events(&self) -> Events {
        Events::new(self.inner.events(), self.runtime.clone())
    }

    /// Cancels what runs: see [`crate::Run::cancel`].
    ///
    /// # Errors
    /// As there.
    pub fn cancel(&self) -> Result<Cancellation, Error> {
        self.runtime.wait_for(self.inner.cancel())
    }

    /// What the executions of its nodes cost and took: see [`crate::Run::executions`].
    ///
    /// # Errors
    /// As there.
    pub fn executions(&self) -> Result<RunExecutions, Error> {
        self.runtime.wait_for(self.inner.executions())
    }

    /// All rows of a query node, each read into a `T`: see [`crate::Run::rows`].
    ///
    /// # Errors
    /// As there.
    pub fn rows<T>(&self, node: impl ReturnsRows) -> Result<Vec<T>, Error>
    where
        T: DeserializeOwned + Send + 'static,
    {
        self.runtime.wait_for(self.inner.rows(node))
    }

    /// All rows of several query nodes, one list for each: see [`crate::Run::rows_of_each`].
    ///
    /// # Errors
    /// As there.
    pub fn rows_of_each<T>(
        &self,
        nodes: impl IntoIterator<Item = impl ReturnsRows>,
    ) -> Result<Vec<Vec<T>>, Error>
    where
        T: DeserializeOwned + Send + 'static,
    {
        self.runtime.wait_for(self.inner.rows_of_each(nodes))
    }

    /// The rows of a query node, to be read in part or in another form: see [`crate::Run::results`].
    pub fn results(&self, node: impl ReturnsRows) -> Results {
        Results::new(self.inner.results(node), self.runtime.clone())
    }

    /// The rows of a query node, page by page: see [`crate::Run::pages`].
    pub fn pages<T: DeserializeOwned>(&self, node: impl ReturnsRows) -> Pages<T> {
        self.results(node).pages()
    }

    /// All rows of the node that runs this query: see [`crate::Run::query_rows`].
    ///
    /// # Errors
    /// As there.
    pub fn query_rows<T: DeserializeOwned>(&self, query: i64) -> Result<Vec<T>, Error> {
        self.query_results(query).rows()
    }

    /// The rows of the node that runs this query, page by page.
    pub fn query_pages<T: DeserializeOwned>(&self, query: i64) -> Pages<T> {
        self.query_results(query).pages()
    }

    /// The rows of the node that runs this query, to be read in part or in another form.
    pub fn query_results(&self, query: i64) -> Results {
        Results::new(self.inner.query_results(query), self.runtime.clone())
    }
}
