//! The client people hold: it starts runs and picks them up again.

use std::fmt;
use std::sync::Arc;

use dune_api::{ResponseValue, types};
use serde_json::Value;
use tracing::info;

use crate::builder::{DuneBuilder, Patience};
use crate::error::{Call, Error};
use crate::id::{given_id, may_be_id};
use crate::pipeline::{Pipeline, QuerySpec};
use crate::query_pipeline;
use crate::run::{Plan, Run};
use crate::send::{Answer, send};

/// Dune, or a local Dune: where pipelines are run.
///
/// Cheap to clone; clones share their connections. It can be used from several threads and tasks at once, on tokio.
///
/// ```no_run
/// use dune_pipeline::{Dune, pipeline};
///
/// #[derive(serde::Deserialize)]
/// struct Day {
///     day: String,
///     volume_usd: f64,
/// }
///
/// # async fn example() -> Result<(), dune_pipeline::Error> {
/// let daily = pipeline![
///     volume = refresh("dune.acme.result_dex_daily"),
///     share = query(3101).after(volume),
/// ];
///
/// let dune = Dune::from_env()?;
/// let run = dune.execute(&daily).await?;
/// println!("run {}", run.id());
/// run.wait().await?;
/// let days: Vec<Day> = run.rows(daily.share).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Dune {
    shared: Arc<Shared>,
}

struct Shared {
    api: dune_api::Client,
    patience: Patience,
}

impl Dune {
    pub(crate) fn new(api: dune_api::Client, patience: Patience) -> Dune {
        Dune {
            shared: Arc::new(Shared { api, patience }),
        }
    }

    /// A client with the key in the environment variable `DUNE_API_KEY`, for the address in `DUNE_API_BASE_URL`, or
    /// for Dune's own where that is not set.
    ///
    /// # Errors
    /// Those of [`DuneBuilder::build`]; each names the variable to correct.
    pub fn from_env() -> Result<Dune, Error> {
        DuneBuilder::from_env().build()
    }

    /// A client made step by step; [`DuneBuilder::from_env`] starts from the environment instead.
    pub fn builder() -> DuneBuilder {
        DuneBuilder::new()
    }

    /// The address requests go to, e.g. `https://api.dune.com/api`.
    #[must_use]
    pub fn base_url(&self) -> &str {
        self.shared.api.base_url().as_str()
    }

    /// Starts a pipeline (`POST /v1/pipelines/execute`) and answers as soon as Dune has given the run its id.
    ///
    /// The request is sent once. It is sent again only where nothing can have started: where no connection came
    /// about, or where Dune answered 429. For any other failure see [`Error::may_have_started`].
    ///
    /// Dropping the future stops nothing: where the request was sent already, a run may have started whose id nobody
    /// knows. Where that may happen, as in the handler of a web server, give the future to a task of its own.
    ///
    /// # Errors
    /// [`Error::InvalidPipeline`] with every rule the pipeline breaks, before anything is sent; else what became of
    /// the request.
    pub async fn execute<L>(&self, pipeline: &Pipeline<L>) -> Result<Run, Error> {
        let request = pipeline.request()?;
        let plan = Plan::of(pipeline)?;
        let call = Call::start("starting the pipeline");
        let answer = self
            .send(&call, || self.api().execute_pipeline(request))
            .await?;
        self.started(call, answer.pipeline_execution_id, plan)
    }

    /// Starts a query together with every materialized view under it (`POST /v1/pipelines/execute` with a query id):
    /// Dune finds the views, refreshes them in order, and runs the query last.
    ///
    /// Such a run has no handles: ask for its rows with [`Run::query_rows`].
    ///
    /// ```no_run
    /// use dune_pipeline::{Dune, Performance, query};
    ///
    /// # async fn example(dune: Dune) -> Result<(), dune_pipeline::Error> {
    /// let share = query(3101)
    ///     .performance(Performance::Large)
    ///     .parameter("blockchain", "ethereum");
    /// let run = dune.execute_lineage(share).await?;
    /// run.wait().await?;
    /// let rows: Vec<serde_json::Value> = run.query_rows(3101).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As for [`execute`](Dune::execute).
    pub async fn execute_lineage(&self, query: QuerySpec) -> Result<Run, Error> {
        let query = query.with_its_views()?;
        let id = query.query_id;
        let request = types::ExecutePipelineRequest {
            query_id: Some(id),
            performance: query.performance,
            query_parameters: query.query_parameters,
            pipeline: None,
        };
        let call = Call::start(format!("starting the lineage of query {id}"));
        let answer = self
            .send(&call, || self.api().execute_pipeline(&request))
            .await?;
        self.started(call, answer.pipeline_execution_id, Plan::default())
    }

    /// Starts the pipeline that belongs to a query (`POST /v1/query/{query_id}/pipeline/execute`), the one that
    /// [`query_pipeline`](Dune::query_pipeline) shows.
    ///
    /// # Errors
    /// As for [`execute`](Dune::execute).
    pub async fn execute_query_pipeline(&self, query: QuerySpec) -> Result<Run, Error> {
        let query = query.with_its_views()?;
        let id = query.query_id;
        let request = types::ExecuteQueryPipelineRequest {
            performance: query.performance,
            query_parameters: query.query_parameters,
        };
        let call = Call::start(format!("starting the pipeline of query {id}"));
        let answer = self
            .send(&call, || self.api().execute_query_pipeline(id, &request))
            .await?;
        self.started(call, answer.pipeline_execution_id, Plan::default())
    }

    /// The pipeline that belongs to a query (`GET /v1/query/{query_id}/pipeline`): what
    /// [`execute_query_pipeline`](Dune::execute_query_pipeline) would run. Parameters count, for a name of a table may
    /// be made of them. It can be run as any other, and its nodes are found by the ids that Dune gave them.
    ///
    /// ```no_run
    /// # use dune_pipeline::{Dune, query};
    /// # async fn example(dune: Dune) -> Result<(), Box<dyn std::error::Error>> {
    /// let pipeline = dune.query_pipeline(query(3101)).await?;
    /// println!("{}", pipeline.to_json()?);
    /// let run = dune.execute(&pipeline).await?;
    /// run.wait().await?;
    /// let rows: Vec<serde_json::Value> = run.rows(pipeline.query(2)?).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// What became of the request; 404 where there is no such query.
    pub async fn query_pipeline(&self, query: QuerySpec) -> Result<Pipeline, Error> {
        let query = query.with_its_views()?;
        let id = query.query_id;
        let parameters = match query.query_parameters.is_empty() {
            true => None,
            false => Some(Value::Object(query.query_parameters).to_string()),
        };
        let call = Call::read(format!("reading the pipeline of query {id}"));
        let request = || {
            let api = self.api();
            api.get_query_pipeline(id, query.performance, parameters.as_deref())
        };
        let answer = self.send(&call, request).await?.pipeline;
        query_pipeline::read(answer).map_err(|reason| Error::UnreadableAnswer {
            call: call.tried(1),
            reason,
            text: String::new(),
        })
    }

    /// Takes up a run by its id, in another process than the one that started it for example. Nothing is asked yet.
    ///
    /// It names nodes by their ids, and gives rows by query: see [`Run::query_rows`]. With the pipeline at hand
    /// [`Run::attach`] gives labels and handles back.
    ///
    /// # Errors
    /// [`Error::InvalidRunId`] when it cannot be an id.
    pub fn run(&self, id: impl Into<String>) -> Result<Run, Error> {
        Ok(Run::new(self.clone(), run_id(id.into())?, Plan::default()))
    }

    fn started(&self, call: Call, id: String, plan: Plan) -> Result<Run, Error> {
        match given_id(id, self.api().key()) {
            Ok(id) => {
                info!(run = id, nodes = plan.count(), "started");
                Ok(Run::new(self.clone(), id, plan))
            }
            Err(text) => Err(Error::UnreadableAnswer {
                call: call.tried(1),
                reason: "the run has no id".to_owned(),
                text,
            }),
        }
    }

    pub(crate) fn api(&self) -> &dune_api::Client {
        &self.shared.api
    }

    pub(crate) fn patience(&self) -> &Patience {
        &self.shared.patience
    }

    /// See [`send`].
    pub(crate) async fn send<T, F, Request>(&self, call: &Call, request: F) -> Result<T, Error>
    where
        F: Fn() -> Request,
        Request: Future<Output = Result<ResponseValue<T>, dune_api::Error<types::Error>>>,
    {
        Ok(self.answer(call, request).await?.value)
    }

    /// See [`send`]; with what the server says of when to ask again, for those who will.
    pub(crate) async fn answer<T, F, Request>(
        &self,
        call: &Call,
        request: F,
    ) -> Result<Answer<T>, Error>
    where
        F: Fn() -> Request,
        Request: Future<Output = Result<ResponseValue<T>, dune_api::Error<types::Error>>>,
    {
        send(self.api(), self.patience(), call, request).await
    }
}

impl fmt::Debug for Dune {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dune")
            .field("base_url", &self.base_url())
            .finish_non_exhaustive()
    }
}

fn run_id(id: String) -> Result<String, Error> {
    match may_be_id(&id) {
        true => Ok(id),
        false => Err(Error::InvalidRunId { id }),
    }
}
