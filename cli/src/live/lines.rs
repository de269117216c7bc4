//! A line for each change, for logs and pipes: when, which node, what it is now, and why.

use std::io::{self, Write};

use dune_pipeline::State;

use super::scene::{Change, Scene, credits, task, title, word};
use super::text::line;
use crate::span;

/// What is to be told of these changes.
pub(super) fn changes(changes: &[Change<'_>], first: bool) -> Vec<(i64, String)> {
    // Of what has not begun there is nothing to tell.
    let changes = changes
        .iter()
        .filter(|change| !(first && *change.node.state() == State::Pending));
    let told = changes.map(|change| {
        let node = change.node;
        let mut text = format!("{} {}: {}", title(node), task(node), word(node.state()));
        if let Some(error) = node.error() {
            text.push_str(": ");
            text.push_str(&line(error));
        }
        (node.id(), text)
    });
    told.collect()
}

/// Writes them, each with the time since the run is followed, and what the node took.
pub(super) fn write(
    scene: &Scene,
    again: bool,
    changes: &[(i64, String)],
    out: &mut impl Write,
) -> io::Result<()> {
    let at = span::show(scene.watched());
    if again {
        writeln!(out, "{at:>8}  Dune answers again")?;
    }
    for (id, text) in changes {
        let node = scene.status().and_then(|status| status.node_by_id(*id));
        let took = node
            .filter(|node| node.state().is_final())
            .and_then(|node| scene.time_of(node));
        let took = took
            .map(|took| format!(" ({})", span::show(took)))
            .unwrap_or_default();
        writeln!(out, "{at:>8}  {text}{took}")?;
    }
    out.flush()
}

/// The last line: how it ended, or stood when whoever watched went away.
pub(super) fn sum(scene: &Scene, out: &mut impl Write) -> io::Result<()> {
    let Some(status) = scene.status() else {
        return Ok(());
    };
    let nodes = status.nodes();
    let done = nodes
        .iter()
        .filter(|node| node.state().is_success())
        .count();
    write!(
        out,
        "{:>8}  run {} {}: {done} of {} nodes completed",
        span::show(scene.watched()),
        line(scene.run()),
        word(status.state()),
        nodes.len()
    )?;
    let partial: Vec<String> = status.partial().map(title).collect();
    if !partial.is_empty() {
        write!(out, ", in part only {}", partial.join(", "))?;
    }
    if let Some(paid) = scene.credits() {
        write!(out, ", {}", credits(paid))?;
    }
    writeln!(out)?;
    out.flush()
}
