//! Changes as JSON, an object a line: `node` for each change of one, `run` for one of the whole, and `end` with everything.

use std::io::{self, Write};

use dune_pipeline::State;
use serde_json::{Value, json};

use super::scene::{Change, Scene};
use crate::report::{self, Shape};

/// An object for each of these changes.
pub(super) fn changes(changes: &[Change<'_>], shape: Shape) -> Vec<Value> {
    let changes = changes.iter().map(|change| {
        json!({
            "event": "node",
            "from": change.from.as_ref().map(report::state),
            "node": report::node(change.node, shape),
        })
    });
    changes.collect()
}

pub(super) fn write(
    scene: &Scene,
    before: Option<&State>,
    changes: &[Value],
    out: &mut impl Write,
) -> io::Result<()> {
    let now = scene.status().map(|status| status.state());
    if now != before {
        let run = json!({
            "event": "run",
            "pipeline_execution_id": scene.run(),
            "from": before.map(report::state),
            "status": now.map(report::state),
        });
        writeln!(out, "{run}")?;
    }
    for change in changes {
        writeln!(out, "{change}")?;
    }
    out.flush()
}

/// The last one.
pub(super) fn sum(scene: &Scene, shape: Shape, out: &mut impl Write) -> io::Result<()> {
    let Some(status) = scene.status() else {
        return Ok(());
    };
    let mut end = report::status(status, shape, |node| scene.credits_of(node));
    end["event"] = "end".into();
    end["watched_seconds"] = scene.watched().as_secs_f64().into();
    end["credits"] = scene.credits().into();
    writeln!(out, "{end}")?;
    out.flush()
}
