//! Running pipelines against servers on real sockets, most of which misbehave. What each server received is counted, for
//! the dearest mistake of a client is the request it should not have sent.
#![expect(clippy::unwrap_used, reason = "what helps a test may fail like a test")]

#[cfg(feature = "arrow")]
mod arrow;
mod attaching;
mod cancelling;
mod client;
mod csv;
mod deadline;
mod environment;
mod events;
mod failing;
mod groups;
mod narrowing;
mod outcomes;
mod own_client;
mod pace;
#[cfg(feature = "gzip")]
mod packed;
mod pages;
#[cfg(feature = "parquet")]
mod parquet;
mod patience;
mod rows;
mod secrets;
mod server;
mod starting;
mod telling;
mod tls;
mod traces;
#[cfg(feature = "alloy-primitives")]
mod transfers;
mod types;
mod waiting;
#[cfg(feature = "ruint")]
mod wide;

use dune_pipeline::{Dune, Pipeline, QueryNode, query, refresh};

use crate::client::{KEY, impatient};

/// A run's id as Dune gives them.
const RUN: &str = "01HKZJ2683PHF9Q9PHHQ8FW4Q1";

fn dune(url: &str) -> Dune {
    impatient(url).build().unwrap()
}

/// The pipeline of most tests, and a handle of it.
struct Daily {
    pipeline: Pipeline,
    trend: QueryNode,
}

fn daily() -> Daily {
    let mut builder = Pipeline::builder();
    builder.node("volume", refresh("dune.acme.result_dex_daily"));
    builder.node("share", query(3101).parameter("blockchain", "ethereum"));
    builder.node("trend", query(3103).after(["volume", "share"]));
    let pipeline = builder.build().unwrap();
    Daily {
        trend: pipeline.query("trend").unwrap(),
        pipeline,
    }
}
