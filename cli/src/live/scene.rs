//! What there is to show of a run: what Dune says of it, and what only whoever watched can know, how long things took.
//! It is told of each status, and asked by whatever draws.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use dune_pipeline::{NodeStatus, RunStatus, State, Task};

use crate::cost::Cost;

/// A run as it is seen.
#[derive(Debug)]
pub(crate) struct Scene {
    run: String,
    began: Instant,
    /// When it was seen to have ended.
    ended: Option<Instant>,
    status: Option<RunStatus>,
    seen: HashMap<i64, Seen>,
}

/// What was seen of a node.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    began: Option<Instant>,
    ended: Option<Instant>,
    /// What Dune itself says, which is better.
    took: Option<Duration>,
    credits: Option<f64>,
}

/// A node whose state is another than it was.
#[derive(Debug)]
pub(crate) struct Change<'s> {
    pub(crate) node: &'s NodeStatus,
    pub(crate) from: Option<State>,
}

impl Scene {
    /// Of a run that is watched from now on.
    pub(crate) fn new(run: &str) -> Scene {
        Scene {
            run: run.to_owned(),
            began: Instant::now(),
            ended: None,
            status: None,
            seen: HashMap::new(),
        }
    }

    pub(crate) fn run(&self) -> &str {
        &self.run
    }

    pub(crate) fn status(&self) -> Option<&RunStatus> {
        self.status.as_ref()
    }

    /// Takes in what Dune says, and gives what of it is new.
    pub(crate) fn update(&mut self, status: RunStatus) -> Vec<Change<'_>> {
        let now = Instant::now();
        let before = self.status.take();
        let state_before = |id| {
            let node = before.as_ref()?.node_by_id(id)?;
            Some(node.state().clone())
        };
        let mut from = Vec::new();
        for node in status.nodes() {
            let was = state_before(node.id());
            let seen = self.seen.entry(node.id()).or_default();
            if *node.state() == State::Executing {
                seen.began.get_or_insert(now);
            }
            if node.state().is_final() && was.as_ref().is_some_and(|was| !was.is_final()) {
                seen.ended.get_or_insert(now);
            }
            from.push(was);
        }
        if status.is_final() {
            self.ended.get_or_insert(now);
        }
        let status = self.status.insert(status);
        let nodes = status.nodes().iter().zip(from);
        let changed = nodes.filter(|(node, from)| from.as_ref() != Some(node.state()));
        changed.map(|(node, from)| Change { node, from }).collect()
    }

    /// How long it has been watched, or was until it ended.
    pub(crate) fn watched(&self) -> Duration {
        let until = self.ended.unwrap_or_else(Instant::now);
        until.saturating_duration_since(self.began)
    }

    /// How long a node has run so far or took, if that is known.
    pub(crate) fn time_of(&self, node: &NodeStatus) -> Option<Duration> {
        let seen = self.seen.get(&node.id())?;
        let until = match node.state() {
            State::Pending => return None,
            state if state.is_final() => seen.ended,
            _ => Some(Instant::now()),
        };
        let watched = || Some(until?.saturating_duration_since(seen.began?));
        seen.took.or_else(watched)
    }

    pub(crate) fn credits_of(&self, node: &NodeStatus) -> Option<f64> {
        self.seen.get(&node.id())?.credits
    }

    /// What is known to have been paid so far.
    pub(crate) fn credits(&self) -> Option<f64> {
        let mut known = self.seen.values().filter_map(|seen| seen.credits);
        let first = known.next()?;
        Some(known.fold(first, |sum, credits| sum + credits))
    }

    /// What Dune says of an execution.
    pub(crate) fn cost(&mut self, node: i64, cost: Cost) {
        let seen = self.seen.entry(node).or_default();
        seen.took = cost.took.or(seen.took);
        let began = cost
            .so_far
            .and_then(|time| Instant::now().checked_sub(time));
        seen.began = began.or(seen.began);
        seen.credits = cost.credits.or(seen.credits);
    }
}

/// What a node is called in a drawing: its label, or its id.
pub(crate) fn title(node: &NodeStatus) -> String {
    match node.label() {
        Some(label) => super::text::line(label),
        None => node.id().to_string(),
    }
}

/// What a node does, as a drawing says it.
pub(crate) fn task(node: &NodeStatus) -> String {
    match node.task() {
        Task::Refresh(view) => super::text::line(&format!("refresh {view}")),
        Task::Query(id) => format!("query {id}"),
        _ => String::new(),
    }
}

/// Why a node that has not begun has not: the nodes that it waits for, or for which it will never run.
pub(crate) fn waits(status: &RunStatus, node: &NodeStatus) -> Option<String> {
    if node.execution_id().is_some() || node.state().is_success() {
        return None;
    }
    let others = node.dependencies().iter();
    let others = others.filter_map(|id| status.node_by_id(*id));
    let open: Vec<_> = others.filter(|other| !other.state().is_success()).collect();
    if open.is_empty() {
        return None;
    }
    let names = |nodes: &[&NodeStatus]| {
        let names: Vec<String> = nodes.iter().map(|node| title(node)).collect();
        names.join(", ")
    };
    let ended: Vec<_> = open
        .iter()
        .copied()
        .filter(|other| other.state().is_final())
        .collect();
    match (ended.as_slice(), node.state()) {
        (first @ [one], _) => Some(format!("not run: {} {}", names(first), word(one.state()))),
        ([_, ..], _) => Some(format!("not run: {} did not complete", names(&ended))),
        ([], state) if state.is_final() => None,
        ([], _) => Some(format!("after {}", names(&open))),
    }
}

/// The word for a state, short enough for a column.
pub(crate) fn word(state: &State) -> String {
    match state {
        State::CompletedPartial => "partial".to_owned(),
        State::Other(text) if text.is_empty() => "?".to_owned(),
        state => super::text::line(&state.to_string()),
    }
}

/// Credits with as many digits as say something.
pub(crate) fn credits(credits: f64) -> String {
    match credits {
        0.0 => "0 credits".to_owned(),
        _ if credits < 0.01 => format!("{credits:.4} credits"),
        _ if credits < 10.0 => format!("{credits:.2} credits"),
        _ => format!("{credits:.1} credits"),
    }
}
