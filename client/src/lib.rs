//! Declare pipelines on Dune in Rust, checked at compile time, and run them.

mod builder;
mod dune;
mod error;
mod patience;
mod pipeline;
mod query_pipeline;
pub mod rows;
mod run;
mod send;

pub use builder::DuneBuilder;
pub use dune::Dune;
pub use dune_api::types::Performance;
pub use dune_pipeline_graph::Name;
pub use error::{Call, Error, FailedRun, PageFault, RowMisfit, StatusCode, UnfinishedNode};
pub use pipeline::{
    InvalidPipeline, NoSuchNode, NodeHandle, NodeSpec, Parameter, ParameterValue, Pipeline,
    PipelineBuilder, PipelineFault, QueryId, QueryNode, QuerySpec, RefreshNode, RefreshSpec,
    ReturnsRows, ViewName, query, refresh,
};
pub use rows::{Column, Page, Pages};
pub use run::{NodeStatus, Rows, Run, RunStatus, State, Task, Wait};

#[doc(hidden)]
pub use pipeline::private as __private;
