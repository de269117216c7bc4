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
//! The rest of Dune's API is there in Dune's words: each method of [`Dune`] names the request that it sends. One query or
//! one text of SQL runs by itself as an [`Execution`]; saved queries, materialized views, uploaded tables, data sets and
//! usage are listed, read and changed. What starts or changes something is sent once.
//!
//! What goes wrong is one enum, [`Error`]: it keeps the status and Dune's own words, names the node by its label, and says
//! whether a run [may have started](Error::may_have_started) although no answer came.

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
