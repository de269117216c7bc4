//! The client: it starts runs and executions, and takes them up again.

use super::execution::Execution;
use super::list::List;
use super::rows::Results;
use super::run::Run;
use super::runtime::Runtime;
use crate::builder::DuneBuilder;
use crate::error::Error;
use crate::execution::SqlSpec;
use crate::pipeline::{Pipeline, QuerySpec};

/// Dune, or a local Dune, for programs without `async`: see [`crate::Dune`].
///
/// Cheap to clone; clones share their connections and their thread. It can be used from several threads at once.
#[derive(Debug, Clone)]
pub struct Dune {
    inner: crate::Dune,
    runtime: Runtime,
}

impl Dune {
    /// A client from the environment: see [`crate::Dune::from_env`].
    ///
    /// # Errors
    /// As there; [`Error::NoRuntime`] where its thread cannot be started.
    pub fn from_env() -> Result<Dune, Error> {
        DuneBuilder::from_env().build_blocking()
    }

    /// A client made step by step; it is made by [`DuneBuilder::build_blocking`].
    pub fn builder() -> DuneBuilder {
        DuneBuilder::new()
    }

    pub(crate) fn new(inner: crate::Dune) -> Result<Dune, Error> {
        let runtime = Runtime::start()?;
        Ok(Dune { inner, runtime })
    }

    /// The address requests go to, e.g. `https://api.dune.com/api`.
    #[must_use]
    pub fn base_url(&self) -> &str {
        self.inner.base_url()
    }

    /// Starts a pipeline: see [`crate::Dune::execute`].
    ///
    /// # Errors
    /// As there.
    pub fn execute<L>(&self, pipeline: &Pipeline<L>) -> Result<Run, Error> {
        let run = self.wait_for(self.inner.execute(pipeline))?;
        Ok(self.run_of(run))
    }

    /// Starts a query together with every view under it: see [`crate::Dune::execute_lineage`].
    ///
    /// # Errors
    /// As there.
    pub fn execute_lineage(&self, query: QuerySpec) -> Result<Run, Error> {
        let run = self.wait_for(self.inner.execute_lineage(query))?;
        Ok(self.run_of(run))
    }

    /// Starts the pipeline that belongs to a query: see [`crate::Dune::execute_query_pipeline`].
    ///
    /// # Errors
    /// As there.
    pub fn execute_query_pipeline(&self, query: QuerySpec) -> Result<Run, Error> {
        let run = self.wait_for(self.inner.execute_query_pipeline(query))?;
        Ok(self.run_of(run))
    }

    /// The pipeline that belongs to a query: see [`crate::Dune::query_pipeline`].
    ///
    /// # Errors
    /// As there.
    pub fn query_pipeline(&self, query: QuerySpec) -> Result<Pipeline, Error> {
        self.wait_for(self.inner.query_pipeline(query))
    }

    /// Takes up a run by its id: see [`crate::Dune::run`]. Nothing is asked yet.
    ///
    /// # Errors
    /// As there.
    pub fn run(&self, id: impl Into<String>) -> Result<Run, Error> {
        Ok(self.run_of(self.inner.run(id)?))
    }

    /// Starts a saved query by itself: see [`crate::Dune::execute_query`].
    ///
    /// # Errors
    /// As there.
    pub fn execute_query(&self, query: QuerySpec) -> Result<Execution, Error> {
        let execution = self.wait_for(self.inner.execute_query(query))?;
        Ok(self.execution_of(execution))
    }

    /// Starts a text of SQL: see [`crate::Dune::execute_sql`].
    ///
    /// # Errors
    /// As there.
    pub fn execute_sql(&self, sql: impl Into<SqlSpec>) -> Result<Execution, Error> {
        let execution = self.wait_for(self.inner.execute_sql(sql))?;
        Ok(self.execution_of(execution))
    }

    /// The rows of a query's newest execution: see [`crate::Dune::latest_results`]. Nothing is asked yet.
    ///
    /// # Errors
    /// As there.
    pub fn latest_results(&self, query: QuerySpec) -> Result<Results, Error> {
        let results = self.inner.latest_results(query)?;
        Ok(Results::new(results, self.runtime.clone()))
    }

    /// The result behind a custom endpoint: see [`crate::Dune::endpoint_results`].
    ///
    /// # Errors
    /// As there.
    pub fn endpoint_results(&self, handle: &str, endpoint_slug: &str) -> Result<Results, Error> {
        let results = self.wait_for(self.inner.endpoint_results(handle, endpoint_slug))?;
        Ok(Results::new(results, self.runtime.clone()))
    }

    /// Takes up an execution by its id: see [`crate::Dune::execution`]. Nothing is asked yet.
    ///
    /// # Errors
    /// As there.
    pub fn execution(&self, id: impl Into<String>) -> Result<Execution, Error> {
        Ok(self.execution_of(self.inner.execution(id)?))
    }

    fn run_of(&self, run: crate::Run) -> Run {
        Run::new(run, self.runtime.clone())
    }

    pub(super) fn execution_of(&self, execution: crate::Execution) -> Execution {
        Execution::new(execution, self.runtime.clone())
    }

    pub(super) fn list_of<T>(&self, list: crate::List<T>) -> List<T> {
        List::new(list, self.runtime.clone())
    }

    pub(super) fn inner(&self) -> &crate::Dune {
        &self.inner
    }

    pub(super) fn wait_for<T>(
        &self,
        future: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        self.runtime.wait_for(future)
    }
}
