//! A run of a pipeline: its id, how it stands, waiting for it, and the rows of its queries.

mod plan;
mod state;
mod status;
mod wait;

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::de::DeserializeOwned;

pub(crate) use self::plan::Plan;
pub use self::state::State;
pub use self::status::{NodeStatus, RunStatus};
pub use self::wait::{OnDeadline, Wait};
use crate::dune::Dune;
use crate::error::{Call, Error};
use crate::pipeline::ReturnsRows;
use crate::rows::{Pages, Results, Source};

/// All rows of a node, once awaited: what [`Run::rows`] gives.
pub type Rows<T> = Pin<Box<dyn Future<Output = Result<Vec<T>, Error>> + Send>>;

/// All rows of several nodes, once awaited: what [`Run::rows_of_each`] gives.
pub type RowsOfEach<T> = Pin<Box<dyn Future<Output = Result<Vec<Vec<T>>, Error>> + Send>>;

/// A run of a pipeline, on Dune or on a local Dune.
///
/// It is only a way to ask: dropping it stops nothing. Cheap to clone. Keep [`id`](Run::id) to take the run up again
/// in another process, with [`Dune::run`] or, where the pipeline is at hand, [`Dune::resume`].
#[derive(Debug, Clone)]
pub struct Run {
    dune: Dune,
    id: Arc<str>,
    plan: Arc<Plan>,
    /// The last status that was read, for what is final need not be asked again.
    last: Arc<Mutex<Option<RunStatus>>>,
}

impl Run {
    pub(crate) fn new(dune: Dune, id: String, plan: Plan) -> Run {
        Run {
            dune,
            id: id.into(),
            plan: Arc::new(plan),
            last: Arc::default(),
        }
    }

    /// Dune's id of it (`pipeline_execution_id`).
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// How it stands: one read, which counts to the plan's limit.
    ///
    /// # Errors
    /// What became of the request, 404 where Dune knows no such run; [`Error::OtherPipeline`] when the run was taken up
    /// with a pipeline that it is not a run of.
    pub async fn status(&self) -> Result<RunStatus, Error> {
        Ok(self.read().await?.0)
    }

    /// How it stands, and when the server wants to be asked again, if it says so.
    async fn read(&self) -> Result<(RunStatus, Option<Duration>), Error> {
        let call = Call::read("reading the status").of_run(&self.id);
        let api = self.dune.api();
        let request = || api.get_pipeline_execution_status(&self.id);
        let answer = self.dune.answer(&call, request).await?;
        let status = RunStatus::read(self.id.clone(), answer.value, &self.plan, api.key());
        self.check(&status)?;
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(status.clone());
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
    /// [`Error::Failed`] when it did not complete, with each node that failed or did not run; [`Error::Deadline`] when
    /// it is still going.
    pub fn wait(&self) -> Wait<'_> {
        Wait::new(self)
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
    ///     match run.rows::<(String, f64)>(node).await {
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

    /// Whether the nodes are those of the pipeline: labels and handles would name others than they say.
    fn check(&self, status: &RunStatus) -> Result<(), Error> {
        for node in status.nodes() {
            if let Some(planned) = self.plan.node(node.id())
                && planned.task.contradicts(node.task())
            {
                return Err(Error::OtherPipeline {
                    run: self.id().to_owned(),
                    node: node.name(),
                    declared: planned.task.clone(),
                    found: node.task().clone(),
                });
            }
        }
        Ok(())
    }

    pub(crate) fn dune(&self) -> &Dune {
        &self.dune
    }

    pub(crate) fn plan(&self) -> &Plan {
        &self.plan
    }
}
