//! What programs read of a run: its status as JSON, in Dune's words.

use std::io::{self, Write as _};

use dune_pipeline::{NodeStatus, RunStatus, State, Task};
use serde_json::{Value, json};

/// A state as Dune writes it.
pub(crate) fn state(state: &State) -> Value {
    let word = match state {
        State::Pending => "pending",
        State::Executing => "executing",
        State::Completed => "completed",
        State::CompletedPartial => "completed_partial",
        State::Failed => "failed",
        State::Cancelled => "cancelled",
        State::Expired => "expired",
        State::Other(text) => text,
        other => return Value::String(other.to_string()),
    };
    Value::String(word.to_owned())
}

/// The same, bare.
pub(crate) fn word(state: &State) -> String {
    match self::state(state) {
        Value::String(word) => word,
        other => other.to_string(),
    }
}

/// Whether it is known which node of a run waits for which: only the pipeline says so, and a run may be taken up without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Known,
    Unknown,
}

impl Shape {
    /// Known where this holds.
    pub(crate) fn known_if(known: bool) -> Shape {
        match known {
            true => Shape::Known,
            false => Shape::Unknown,
        }
    }
}

/// A run and all its nodes.
pub(crate) fn status(
    status: &RunStatus,
    shape: Shape,
    credits: impl Fn(&NodeStatus) -> Option<f64>,
) -> Value {
    let nodes = status.nodes().iter().map(|one| {
        let mut value = node(one, shape);
        if let Some(credits) = credits(one) {
            value["credits"] = credits.into();
        }
        value
    });
    json!({
        "pipeline_execution_id": status.run_id(),
        "status": state(status.state()),
        "is_final": status.is_final(),
        "error": status.error(),
        "nodes": nodes.collect::<Vec<_>>(),
    })
}

/// A node of it.
pub(crate) fn node(node: &NodeStatus, shape: Shape) -> Value {
    let dependencies = (shape == Shape::Known).then(|| node.dependencies());
    let mut value = json!({
        "id": node.id(),
        "status": state(node.state()),
        "execution_id": node.execution_id(),
        "dependencies": dependencies,
        "error": node.error(),
    });
    match node.task() {
        Task::Query(id) => value["query_id"] = (*id).into(),
        Task::Refresh(view) => value["materialized_view"] = view.as_str().into(),
        _ => {}
    }
    value
}

/// One JSON value as the whole output.
pub(crate) fn print(value: &Value) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{value:#}")?;
    out.flush()
}
