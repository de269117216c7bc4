//! What `tracing` hears of a run: a span for what is asked of it, one for each node from when it is first seen to its
//! end, and in it an event for each change.

use std::collections::HashMap;

use tracing::{Span, info, info_span, warn};

use super::{Event, NodeStatus, Run, State};

/// The spans of the nodes that a follower sees and that have not ended.
#[derive(Debug, Default)]
pub(super) struct Telling {
    nodes: HashMap<i64, Span>,
}

impl Run {
    /// The span of what is asked of it. Nodes are counted where the pipeline is at hand.
    pub(super) fn span(&self) -> Span {
        info_span!("run", id = self.id(), nodes = self.plan.count())
    }
}

impl Telling {
    /// Tells of a change, within the span of the run.
    pub(super) fn tell(&mut self, event: &Event) {
        let Some(node) = event.node() else {
            tell_run(event);
            return;
        };
        let span = self.nodes.entry(node.id()).or_insert_with(|| {
            let name = node.name();
            info_span!("node", name, id = node.id())
        });
        span.in_scope(|| tell_node(event, node));
        if node.is_over() {
            self.nodes.remove(&node.id());
        }
    }
}

fn tell_run(event: &Event) {
    let (run, from, to) = (event.run_id(), from(event), event.to().as_str());
    match event.to() {
        State::Failed => warn!(run, from, to, error = event.error(), "run changed"),
        _ => info!(run, from, to, "run changed"),
    }
}

fn tell_node(event: &Event, node: &NodeStatus) {
    let (run, from, to) = (event.run_id(), from(event), event.to().as_str());
    let (execution, error) = (node.execution_id(), event.error());
    let node = node.name();
    match event.to() {
        State::Failed => warn!(run, node, from, to, execution, error, "node changed"),
        _ => info!(run, node, from, to, execution, "node changed"),
    }
}

fn from(event: &Event) -> Option<&str> {
    event.from().map(State::as_str)
}
