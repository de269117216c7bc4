//! Executions: one query, or one text of SQL, that Dune runs by itself. How one is started, taken up again by its id,
//! watched, waited for and cancelled.

mod failure;
mod latest;
mod sql;
mod status;
mod wait;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use dune_api::types;
use serde::de::DeserializeOwned;

pub use self::failure::QueryError;
pub use self::sql::{SqlSpec, sql};
pub use self::status::{ExecutionStatus, ResultMetadata};
pub use self::wait::ExecutionWait;
use crate::dune::Dune;
use crate::error::{Call, Error};
use crate::id::{given_id, may_be_id};
use crate::pipeline::QuerySpec;
use crate::rows::Results;

/// One execution of a query or of SQL, or of the refresh of a view, on Dune or on a local Dune.
///
/// It is only a way to ask: dropping it stops nothing. Cheap to clone. Keep [`id`](Execution::id) to take it up again in
/// another process, with [`Dune::execution`].
///
/// ```no_run
/// use dune_pipeline::{Dune, query};
///
/// # async fn example(dune: Dune) -> Result<(), dune_pipeline::Error> {
/// let execution = dune.execute_query(query(3101).parameter("blockchain", "base")).await?;
/// println!("execution {}", execution.id());
/// let status = execution.wait().await?;
/// if let Some(credits) = status.credits() {
///     println!("it cost {credits} credits");
/// }
/// let rows: Vec<serde_json::Value> = execution.rows().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Execution {
    dune: Dune,
    id: Arc<str>,
}

impl Dune {
    /// Starts a saved query by itself (`POST /v1/query/{query_id}/execute`) and answers as soon as Dune has given the
    /// execution its id. Views that it reads are taken as they are: see [`execute_lineage`](Dune::execute_lineage) for a
    /// run that refreshes them first.
    ///
    /// It is sent once, as [`execute`](Dune::execute) is.
    ///
    /// # Errors
    /// [`Error::InvalidPipeline`] when the query's id or a parameter cannot be one, before anything is sent; else what
    /// became of the request: 404 where there is no such query, 400 where it has no such parameter, 402 where the credits
    /// are used up.
    pub async fn execute_query(&self, query: QuerySpec) -> Result<Execution, Error> {
        let query = query.alone()?;
        let id = query.query_id;
        let request = types::ExecuteQueryRequest {
            performance: query.performance,
            query_parameters: query.query_parameters,
        };
        let call = Call::start(format!("executing query {id}"));
        let request = || self.api().execute_query(id, &request);
        let answer = self.send(&call, request).await?;
        Execution::started(self, &call, answer.execution_id)
    }

    /// Starts a text of SQL (`POST /v1/sql/execute`), without saving a query, and answers as soon as Dune has given the
    /// execution its id. [`sql`] has the tier and parameters of one.
    ///
    /// Dune takes any text: what is wrong with it is what the execution fails with. It is sent once, as
    /// [`execute`](Dune::execute) is.
    ///
    /// ```no_run
    /// use dune_pipeline::{Dune, Performance, sql};
    ///
    /// # async fn example(dune: Dune) -> Result<(), dune_pipeline::Error> {
    /// let one = dune.execute_sql("select 1").await?;
    /// let trades = sql("select count(*) as trades from dex.trades").performance(Performance::Large);
    /// let trades = dune.execute_sql(trades).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidPipeline`] when a parameter cannot be one, before anything is sent; else what became of the request.
    pub async fn execute_sql(&self, sql: impl Into<SqlSpec>) -> Result<Execution, Error> {
        let request = sql.into().into_request()?;
        let call = Call::start("executing SQL");
        let request = || self.api().execute_sql(&request);
        let answer = self.send(&call, request).await?;
        Execution::started(self, &call, answer.execution_id)
    }

    /// Takes up an execution by its id, however it was started: as a query, as SQL, as the refresh of a view, or as a node
    /// of a pipeline ([`NodeStatus::execution_id`](crate::NodeStatus::execution_id)). Nothing is asked yet.
    ///
    /// # Errors
    /// [`Error::InvalidExecutionId`] when it cannot be an id.
    pub fn execution(&self, id: impl Into<String>) -> Result<Execution, Error> {
        let id = id.into();
        match may_be_id(&id) {
            true => Ok(Execution::new(self.clone(), id)),
            false => Err(Error::InvalidExecutionId { id }),
        }
    }
}

impl Execution {
    fn new(dune: Dune, id: String) -> Execution {
        let id = id.into();
        Execution { dune, id }
    }

    /// One that an answer says was started.
    pub(crate) fn started(dune: &Dune, call: &Call, id: String) -> Result<Execution, Error> {
        match given_id(id, dune.api().key()) {
            Ok(id) => Ok(Execution::new(dune.clone(), id)),
            Err(text) => Err(Error::UnreadableAnswer {
                call: call.tried(1),
                reason: "the execution has no id".to_owned(),
                text,
            }),
        }
    }

    /// Dune's id of it (`execution_id`).
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// How it stands (`GET /v1/execution/{execution_id}/status`): one read, which costs no credits and counts to the
    /// plan's limit.
    ///
    /// # Errors
    /// What became of the request, 404 where Dune knows no such execution.
    pub async fn status(&self) -> Result<ExecutionStatus, Error> {
        let (status, _) = self.read().await?;
        Ok(status)
    }

    /// How it stands, and when the server wants to be asked again, if it says so.
    async fn read(&self) -> Result<(ExecutionStatus, Option<Duration>), Error> {
        let call = Call::read("reading the status").of_execution(&self.id);
        let api = self.dune.api();
        let request = || api.get_execution_status(&self.id);
        let answer = self.dune.answer(&call, request).await?;
        let status = ExecutionStatus::read(answer.value, api.key());
        Ok((status, answer.retry_after))
    }

    /// Waits until it has ended; see [`ExecutionWait`] for deadlines and for watching it.
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # async fn example(execution: dune_pipeline::Execution) -> Result<(), dune_pipeline::Error> {
    /// let status = execution
    ///     .wait()
    ///     .deadline(Duration::from_secs(10 * 60))
    ///     .on_change(|status| println!("{status}"))
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::ExecutionFailed`] when it did not complete, with Dune's text and its place in the SQL;
    /// [`Error::ExecutionDeadline`] when it is still going.
    pub fn wait(&self) -> ExecutionWait<'_> {
        ExecutionWait::new(self)
    }

    /// Asks Dune to stop it (`POST /v1/execution/{execution_id}/cancel`): `true` where Dune says that it did, `false`
    /// where there was nothing to stop any more.
    ///
    /// Asking twice does no harm, so a request whose answer was lost is sent again.
    ///
    /// # Errors
    /// What became of the request, 404 where Dune knows no such execution.
    pub async fn cancel(&self) -> Result<bool, Error> {
        let call = Call::cancel("asking for the cancellation").of_execution(&self.id);
        let request = || self.dune.api().cancel_execution(&self.id);
        Ok(self.dune.send(&call, request).await?.success)
    }

    /// Its rows (`GET /v1/execution/{execution_id}/results`), to be read whole, one by one, page by page or in another form.
    /// Nothing is asked yet; [`wait`](Execution::wait) first.
    ///
    /// ```no_run
    /// # async fn example(execution: dune_pipeline::Execution) -> Result<(), dune_pipeline::Error> {
    /// let mut pages = execution.results().page_size(1_000).pages::<serde_json::Value>();
    /// while let Some(page) = pages.next().await? {
    ///     println!("{} rows", page.rows().len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn results(&self) -> Results {
        Results::of_execution(self.dune.clone(), self.id().to_owned())
    }

    /// All its rows, each read into a `T`; [`results`](Execution::results) has the other ways.
    ///
    /// # Errors
    /// Those of [`Results::rows`]; [`Error::ExecutionNotFinished`] before it has completed.
    pub async fn rows<T: DeserializeOwned>(&self) -> Result<Vec<T>, Error> {
        self.results().rows().await
    }
}

impl fmt::Debug for Execution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Execution")
            .field("id", &self.id)
            .field("base_url", &self.dune.base_url())
            .finish_non_exhaustive()
    }
}
