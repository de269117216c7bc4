//! What `pipeline!` accepts, and the JSON it becomes: in all the places where people put an expression, under all the
//! names that they may have given to other things.
#![expect(clippy::unwrap_used, reason = "what helps a test may fail like a test")]

extern crate dune_pipeline as dune_by_another_name;

mod composed;
mod composition;
mod dates;
mod groups;
mod json;
mod maps;
mod names;
mod parameters;
mod places;
mod run_time;

use dune_pipeline::Pipeline;
use serde_json::Value;

/// The nodes of a pipeline's body.
fn nodes<L>(pipeline: &Pipeline<L>) -> Value {
    let json = pipeline.to_json().unwrap();
    let mut body: Value = serde_json::from_str(&json).unwrap();
    let object = body.as_object().unwrap();
    assert_eq!(object.keys().collect::<Vec<_>>(), ["pipeline"], "{json}");
    body["pipeline"]["nodes"].take()
}
