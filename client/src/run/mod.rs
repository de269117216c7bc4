//! A run of a pipeline: its id, how it stands, waiting for it, what changes in it, cancelling it, and the rows of its queries.

mod cancel;
mod cancellation;
mod event;
mod events;
mod executions;
mod following;
mod node;
mod outcome;
mod plan;
mod state;
mod status;
mod telling;
mod wait;

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::de::DeserializeOwned;
use tracing::Instrument as _;

pub use self::cancellation::{Cancellation, NodeCancellation, NotCancelled};
pub use self::event::Event;
pub use self::events::Events;
pub use self::executions::RunExecutions;
pub use self::node::NodeStatus;
pub use self::outcome::Outcome;
pub(crate) use self::plan::Plan;
pub use self::state::State;
pub use self::status::RunStatus;
pub use self::wait::{OnDeadline, Wait};
use crate::dune::Dune;
use crate::error::{Call, Error};
use crate::execution::ExecutionStatus;
use crate::pipeline::{Pipeline, ReturnsRows};
use crate::rows::{Pages, Results, Source};

/// All rows of a node, once awaited: what [`Run::rows`] gives.
pub type Rows<T> = Pin<Box<dyn Future<Output = Result<Vec<T>, Error>> + Send>>;

/// All rows of several nodes, once awaited: what [`Run::rows_of_each`] gives.
pub type RowsOfEach<T> = Pin<Box<dyn Future<Output = Result<Vec<Vec<T>>, Error>> + Send>>;

/// A run of a pipeline, on Dune or on a local Dune.
///
/// It is only a way to ask: dropping it, or any future it gives, stops nothing on Dune but what
/// [`cancel`](Run::cancel) has asked for already. Cheap to clone. Keep [`id`](Run::id) to take the run up again in another
/// process, with [`Dune::run`] and, where the pipeline is at hand, [`attach`](Run::attach).
#[derive(Debug, Clone)]
pub struct Run {
    dune: Dune,
    id: Arc<str>,
    plan: Arc<Plan>,
    /// The last status that was read, for what is final need not be asked again.
    last: Arc<Mutex<Option<RunStatus>>>,
    /// The executions that have ended and said what they cost, by id: neither need they be asked again.
    ended: Arc<Mutex<HashMap<String, ExecutionStatus>>>,
}

impl Run {
    pub(crate) fn new(dune: Dune, id: String, plan: Plan) -> Run {
        Run {
            dune,
            id: id.into(),
            plan: Arc::new(plan),
            last: Arc::default(),
            ended: Arc::default(),
        }
    }

    /// Dune's id of it (`pipeline_execution_id`).
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The same run with the labels and handles of the pipeline it runs, as if it had been started here: for one that was
    /// taken up by its id. Nothing is asked.
    ///
    /// ```no_run
    /// # use dune_pipeline::{Dune, pipeline};
    /// # async fn example(dune: Dune, id: String) -> Result<(), dune_pipeline::Error> {
    /// let daily = pipeline![
    ///     volume = refresh("dune.acme.result_dex_daily"),
    ///     trend = query(3103).after(volume),
    /// ];
    /// let run = dune.run(id)?.attach(&daily)?;
    /// run.wait().await?;
    /// let rows: Vec<serde_json::Value> = run.rows(daily.trend).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidPipeline`] when the pipeline is none. [`Error::OtherPipeline`] when it is another than the one that
    /// runs: where a node of this id does something else, or the pipeline has no node of an id that Dune lists. That is
    /// seen here where the status was read before, and else by whatever reads it first.
    pub fn attach<L>(&self, pipeline: &Pipeline<L>) -> Result<Run, Error> {
        let plan = Plan::of(pipeline)?.attached();
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let last = last.clone().map(|status| status.of(&plan));
        let run = Run {
            dune: self.dune.clone(),
            id: Arc::clone(&self.id),
            plan: Arc::new(plan),
            last: Arc::default(),
            ended: Arc::clone(&self.ended),
        };
        if let Some(status) = last {
            run.check(&status)?;
            run.keep(status);
        }
        Ok(run)
    }

    /// How it stands: one read, which counts to the plan's limit.
    ///
    /// # Errors
    /// What became of the request, 404 where Dune knows no such run; [`Error::OtherPipeline`] when a pipeline is attached
    /// that it is not a run of.
    pub async fn status(&self) -> Result<RunStatus, Error> {
        let call = Call::read("reading the status");
        let (status, _) = self.read(call).instrument(self.span()).await?;
        Ok(status)
    }

    /// How it stands, and when the server wants to be asked again, if it says so.
    async fn read(&self, call: Call) -> Result<(RunStatus, Option<Duration>), Error> {
        let call = call.of_run(&self.id);
        let api = self.dune.api();
        let request = || api.get_pipeline_execution_status(&self.id);
        let answer = self.dune.answer(&call, request).await?;
        let status = RunStatus::read(self.id.clone(), answer.value, &self.plan, api.key());
        self.check(&status)?;
        self.keep(status.clone());
        Ok((status, answer.retry_after))
    }

    /// Waits until the run has ended; see [`Wait`] for deadlines and for watching it.
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # async fn example(run: dune_pipeline::Run) -> Result<(), dune_pipeline::Error> {
    /// let status = run
    ///     .wait()
    ///     .deadline(Duration::from_secs(15 * 60))
    ///     .on_change(|status| println!("{status}"))
    ///     .await?;
    /// for node in status.partial() {
    ///     println!("{} was cut by Dune", node.name());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Failed`] when it did not complete, with each node that failed or did not run, and with all that did;
    /// [`Error::Deadline`] when it had not ended in time, and then what was cancelled of it; what became of a read of the
    /// status, where that will be no different next time or patience is at its end.
    pub fn wait(&self) -> Wait<'_> {
        Wait::new(self)
    }

    /// What changes in it, as a stream: each node that comes into another state, and the run itself, until it has ended. It
    /// is read at the pace of a [`wait`](Run::wait), one read for all that changed since the last.
    ///
    /// ```no_run
    /// # async fn example(run: dune_pipeline::Run) -> Result<(), dune_pipeline::Error> {
    /// let mut events = run.events();
    /// while let Some(event) = events.next().await {
    ///     println!("{}", event?);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn events(&self) -> Events {
        Events::new(self.clone())
    }

    /// Cancels what still runs of it, and says what came of it for each node.
    ///
    /// Dune has no request for a whole run. So the status is read, each node's execution that still runs is cancelled
    /// (`POST /v1/execution/{execution_id}/cancel`), and the status read again for what has started meanwhile: until
    /// nothing runs or can start, until some reads in a row found nothing more to do, or until the client's
    /// [`cancel_limit`](crate::DuneBuilder::cancel_limit) is over. At least one read; a request for each execution.
    ///
    /// It can be repeated: what has ended is not touched. Where some node could not be cancelled it is still `Ok`, and
    /// [`Cancellation::not_cancelled`] says which and why. What had completed keeps its rows. Dropping the future leaves
    /// cancelled what Dune was asked to cancel until then, and the rest running.
    ///
    /// ```no_run
    /// # async fn example(run: dune_pipeline::Run) -> Result<(), dune_pipeline::Error> {
    /// let cancellation = run.cancel().await?;
    /// for (node, why) in cancellation.not_cancelled() {
    ///     eprintln!("{} goes on: {why}", node.name());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of [`status`](Run::status) when it could not be read even once, [`Error::Deadline`] when that took too long;
    /// nothing was cancelled then.
    pub async fn cancel(&self) -> Result<Cancellation, Error> {
        let cancelling = cancel::cancel(self, self.dune.patience().cancel_limit);
        cancelling.instrument(self.span()).await
    }

    /// All rows of a query node, each read into a `T`. [`pages`](Run::pages) reads them page by page.
    ///
    /// Columns become fields by name. Dune sends decimals and its 256-bit integers as text: read them into a `String`,
    /// into a type that reads text, or with [`rows::number`](crate::rows::number).
    ///
    /// # Errors
    /// [`Error::NodeNotFinished`] before the node has completed, [`Error::NodeFailed`] where it never will,
    /// [`Error::Partial`] where Dune cut the result, [`Error::Row`] for a row that is no `T`, [`Error::ForeignNode`]
    /// for a handle of another pipeline.
    // Not `async`: the type of that future would name the node's, and rustc tell of a refresh node three times.
    pub fn rows<T>(&self, node: impl ReturnsRows) -> Rows<T>
    where
        T: DeserializeOwned + Send + 'static,
    {
        Box::pin(self.results(node).rows())
    }

    /// All rows of several query nodes, one list for each node in their order: those of an `each`
    /// ([`&daily.share`](crate::QueryNodes)), or any list of handles. They are read one after the other, within the
    /// limits of the plan, and as [`rows`](Run::rows) reads them.
    ///
    /// It is all or nothing. When one node failed, the others are asked one by one, also after [`wait`](Run::wait) failed:
    ///
    /// ```no_run
    /// # use dune_pipeline::{Error, QueryNodes, Run};
    /// # async fn example(run: Run, share: QueryNodes) -> Result<(), Error> {
    /// for node in &share {
    ///     match run.rows::<serde_json::Value>(node).await {
    ///         Ok(rows) => println!("{} rows", rows.len()),
    ///         Err(failed) => eprintln!("{failed}"),
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// That of the first node whose rows cannot be had, as for [`rows`](Run::rows).
    pub fn rows_of_each<T>(
        &self,
        nodes: impl IntoIterator<Item = impl ReturnsRows>,
    ) -> RowsOfEach<T>
    where
        T: DeserializeOwned + Send + 'static,
    {
        let nodes: Vec<Results> = nodes.into_iter().map(|node| self.results(node)).collect();
        Box::pin(async move {
            let mut all = Vec::with_capacity(nodes.len());
            for results in nodes {
                all.push(results.rows().await?);
            }
            Ok(all)
        })
    }

    /// The rows of a query node, to be read in part, in another form, or as far as Dune has them: see [`Results`].
    pub fn results(&self, node: impl ReturnsRows) -> Results {
        let identity = node.identity();
        Results::of_node(self.clone(), Source::Node(node.id(), identity))
    }

    /// The rows of a query node, page by page: for results that should not be in memory at once.
    pub fn pages<T: DeserializeOwned>(&self, node: impl ReturnsRows) -> Pages<T> {
        self.results(node).pages()
    }

    /// All rows of the node that runs this query: for a run without handles, such as that of a query's lineage.
    ///
    /// # Errors
    /// As for [`rows`](Run::rows); [`Error::UnknownQuery`] where no node runs the query, and [`Error::AmbiguousQuery`]
    /// where several do.
    pub async fn query_rows<T: DeserializeOwned>(&self, query: i64) -> Result<Vec<T>, Error> {
        self.query_results(query).rows().await
    }

    /// The rows of the node that runs this query, page by page.
    pub fn query_pages<T: DeserializeOwned>(&self, query: i64) -> Pages<T> {
        self.query_results(query).pages()
    }

    /// The rows of the node that runs this query, to be read in part, in another form, or as far as Dune has them.
    pub fn query_results(&self, query: i64) -> Results {
        Results::of_node(self.clone(), Source::Query(query))
    }

    /// The last status, if it says all there is to say of a node; else a new one.
    pub(crate) async fn settled(
        &self,
        node: impl Fn(&RunStatus) -> bool,
    ) -> Result<RunStatus, Error> {
        let last = {
            let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            last.clone().filter(|status| node(status))
        };
        match last {
            Some(status) => Ok(status),
            None => self.status().await,
        }
    }

    fn keep(&self, status: RunStatus) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(status);
    }

    /// Whether the nodes are those of the pipeline: labels and handles would name others than they say.
    fn check(&self, status: &RunStatus) -> Result<(), Error> {
        let Some(node) = status.nodes().iter().find(|node| self.plan.denies(node)) else {
            return Ok(());
        };
        Err(Error::OtherPipeline {
            run: self.id().to_owned(),
            node: self.plan.name_of(node.id()),
            declared: self.plan.node(node.id()).map(|node| node.task.clone()),
            found: node.task().clone(),
        })
    }

    pub(crate) fn dune(&self) -> &Dune {
        &self.dune
    }

    pub(crate) fn plan(&self) -> &Plan {
        &self.plan
    }
}
