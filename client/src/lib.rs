//! Declare pipelines on Dune in Rust, checked at compile time, and run them.
//!
//! A pipeline chains refreshes of materialized views and queries, each after those whose results it needs. It is declared
//! with [`pipeline!`], or put together at run time with [`Pipeline::builder`]; wrong ones do not compile, or are refused
//! before anything is sent. A [`Dune`] starts it; the [`Run`] it gives is followed, waited for, and asked for rows.
//!
//! ```no_run
//! use dune_pipeline::{Dune, pipeline};
//! use serde::Deserialize;
//!
//! #[derive(Deserialize)]
//! struct Trend {
//!     day: String,
//!     volume_usd: f64,
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), dune_pipeline::Error> {
//! let daily = pipeline![
//!     volume = refresh("dune.acme.result_dex_daily").performance(Large),
//!     trend = query(3103).after(volume),
//! ];
//!
//! let run = Dune::from_env()?.execute(&daily).await?;
//! run.wait().await?;
//! for day in run.rows::<Trend>(daily.trend).await? {
//!     println!("{} {:.2} USD", day.day, day.volume_usd);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! It runs on tokio. The key comes from the environment variable `DUNE_API_KEY` and is shown nowhere, in no error and no
//! `Debug`. With `DUNE_API_BASE_URL` the same program runs on a local Dune.
//!
//! # What one needs first
//!
//! | to | there is |
//! |---|---|
//! | make a client | [`Dune::from_env`], [`Dune::builder`] |
//! | declare | [`pipeline!`]; at run time [`Pipeline::builder`] and [`Pipeline::from_json`] |
//! | start | [`Dune::execute`] a pipeline, [`Dune::execute_lineage`] a query with the views under it, [`Dune::execute_query`] and [`Dune::execute_sql`] by themselves |
//! | follow | [`Run::wait`] with a deadline, [`Run::events`] as a stream, [`Run::status`] once |
//! | stop | [`Run::cancel`], [`Execution::cancel`]; dropping a future stops nothing |
//! | take up again | [`Run::id`], then [`Dune::run`] and [`Run::attach`]; [`Dune::execution`] |
//! | read rows | [`Run::rows`], [`Execution::rows`]; [`Run::results`] and [`Dune::latest_results`] for a part of them, or in another form: see [`Results`] and [`rows`] |
//! | know what it cost | [`Run::executions`], [`ExecutionStatus::credits`] |
//!
//! # The rest of Dune's API
//!
//! Each operation is a method of [`Dune`], in Dune's words: saved queries from [`list_queries`](Dune::list_queries) on,
//! materialized views from [`list_materialized_views`](Dune::list_materialized_views), tables of one's own from
//! [`list_uploads`](Dune::list_uploads), data sets from [`list_datasets`](Dune::list_datasets), and
//! [`get_usage`](Dune::get_usage).
//!
//! # What goes wrong
//!
//! It is one enum, [`Error`]: it keeps the status and Dune's own words, names the node by its label, and says whether a run
//! [may have started](Error::may_have_started) although no answer came. What only reads is sent again where that may help;
//! what starts or changes something is sent again only where nothing can have begun. Requests keep within the plan's
//! limits ([`RateLimits`]) by waiting for their turn. A run that failed is [`Error::Failed`], with all that completed inside.
//!
//! Runs, nodes and requests are told to `tracing`, the id of the run in each.
//!
//! # Types by what they are
//!
//! | | |
//! |---|---|
//! | clients | [`Dune`], [`DuneBuilder`], [`RateLimits`] |
//! | pipelines | [`Pipeline`], [`PipelineBuilder`]; nodes [`query`] and [`refresh`]; handles [`QueryNode`], [`RefreshNode`], and of an `each` [`QueryNodes`], [`RefreshNodes`]; values [`ParameterValue`], [`Performance`] |
//! | runs | [`Run`], [`Wait`], [`OnDeadline`], [`Events`], [`Event`], [`Cancellation`] |
//! | how they stand | [`RunStatus`], [`NodeStatus`], [`State`], [`Outcome`], [`RunExecutions`] |
//! | executions | [`Execution`], [`ExecutionWait`], [`ExecutionStatus`], [`QueryError`], [`sql`] |
//! | rows | [`Results`], [`Pages`], [`Page`], [`Column`], and the module [`rows`] |
//! | errors | [`Error`], [`FailedRun`], [`MissedDeadline`], [`FailedExecution`], [`OverdueExecution`], [`RowMisfit`], [`InvalidPipeline`] |
//!
//! # Features
//!
//! None is on unless asked for.
//!
//! | | |
//! |---|---|
//! | `chrono`, `jiff`, `time` | the dates and times of these crates as values of parameters, and in rows with [`rows::timestamp`] and [`rows::date`] |
//! | `ruint`, `alloy-primitives` | the numbers of these crates (`U256`, `I256`), and the latter's addresses and hashes, as values of parameters, in conditions on rows ([`rows::Literal`]), and in rows with [`rows::number`] |
//! | `arrow` | [`Results`] as Arrow record batches: `record_batches` |
//! | `parquet` | [`Results`] as a Parquet file: `write_parquet` |
//! | `gzip` | answers come packed: fewer bytes on the way, for the time that unpacking takes |
//! | `blocking` | the module `blocking`: the same names without async |

#[cfg(feature = "blocking")]
pub mod blocking;
mod builder;
mod datasets;
mod dune;
mod error;
mod execution;
mod id;
mod list;
mod materialized_views;
mod name;
mod owner;
mod pipeline;
mod queries;
mod query_pipeline;
pub mod rows;
mod run;
mod send;
mod timestamp;
mod uploads;
mod usage;
mod watching;

pub use builder::DuneBuilder;
pub use datasets::{Dataset, DatasetColumn, DatasetFilter, DatasetType};
pub use dune::Dune;
pub use dune_api::reqwest;
pub use dune_api::types::Performance;
pub use dune_pipeline_graph::Name;
pub use error::{
    Call, Error, FailedExecution, FailedRun, MissedDeadline, OverdueExecution, PageFault, ResultOf,
    RowMisfit, SelectionFault, StatusCode, UnfinishedNode,
};
pub use execution::{
    Execution, ExecutionStatus, ExecutionWait, QueryError, ResultMetadata, SqlSpec, sql,
};
pub use list::List;
pub use materialized_views::{
    MaterializedView, MaterializedViewDefinition, MaterializedViewOverview,
    UpsertedMaterializedView,
};
pub use owner::Owner;
pub use pipeline::{
    InvalidJson, InvalidPipeline, JsonFault, NamedParameter, NoSuchNode, NodeGroup, NodeHandle,
    NodeSpec, Parameter, ParameterValue, Pipeline, PipelineBuilder, PipelineFault, QueryId,
    QueryNode, QueryNodes, QuerySpec, RefreshNode, RefreshNodes, RefreshSpec, ReturnsRows, Task,
    Tier, ViewName, query, refresh,
};
pub use queries::{
    NewQuery, OptionsFrom, ParameterKind, Query, QueryChange, QueryOverview, QueryParameter,
};
pub use rows::{Column, Page, Pages, Results};
pub use run::{
    Cancellation, Event, Events, NodeCancellation, NodeStatus, NotCancelled, OnDeadline, Outcome,
    Rows, RowsOfEach, Run, RunExecutions, RunStatus, State, Wait,
};
pub use send::RateLimits;
pub use timestamp::Timestamp;
pub use uploads::{
    ColumnType, CreatedTable, CsvUpload, InsertedRows, NewColumn, NewTable, TableColumn, TableRows,
    UploadedCsv, UploadedTable,
};
pub use usage::{BillingPeriod, Usage, UsageDays};

#[doc(hidden)]
pub use pipeline::private as __private;
