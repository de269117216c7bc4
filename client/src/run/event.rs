//! What changed between two reads of a status: a node, or the run itself, from one state to another.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use super::{NodeStatus, RunStatus, State};
use crate::pipeline::NodeHandle;

/// Something that changed in a run: a node of it, or the run as a whole. Made by [`Run::events`](super::Run::events).
///
/// Printed it is one line: `` run 01HKZJ2683PHF9Q9PHHQ8FW4Q1: `volume` executing -> completed ``.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    status: Arc<RunStatus>,
    /// The place of the node in the status; `None` for the run itself.
    node: Option<usize>,
    from: Option<State>,
    at: SystemTime,
}

impl Event {
    /// What changed from one status of a run to a later one. The end of the run comes last, all else of it first.
    pub(super) fn between(before: Option<&RunStatus>, status: &Arc<RunStatus>) -> Vec<Event> {
        let at = SystemTime::now();
        let event = |node, from: Option<&State>| Event {
            status: Arc::clone(status),
            node,
            from: from.cloned(),
            at,
        };
        let mut events = Vec::new();
        for (place, node) in status.nodes().iter().enumerate() {
            let from = before.and_then(|before| Some(before.node_by_id(node.id())?.state()));
            if from != Some(node.state()) {
                events.push(event(Some(place), from));
            }
        }
        let from = before.map(RunStatus::state);
        if from != Some(status.state()) {
            let place = match status.is_final() {
                true => events.len(),
                false => 0,
            };
            events.insert(place, event(None, from));
        }
        events
    }

    /// The id of the run.
    #[must_use]
    pub fn run_id(&self) -> &str {
        self.status.run_id()
    }

    /// The node that changed, with its id, label and task as it stands now; `None` where it is the run as a whole.
    #[must_use]
    pub fn node(&self) -> Option<&NodeStatus> {
        self.status.nodes().get(self.node?)
    }

    /// Whether it is about the node of this handle. Never for a handle of another pipeline.
    #[must_use]
    pub fn is_of(&self, handle: impl NodeHandle) -> bool {
        let node = self.status.node(handle);
        node.is_some_and(|node| self.node().is_some_and(|own| own.id() == node.id()))
    }

    /// The state before; `None` where it is seen for the first time.
    #[must_use]
    pub fn from(&self) -> Option<&State> {
        self.from.as_ref()
    }

    /// The state now.
    #[must_use]
    pub fn to(&self) -> &State {
        self.node()
            .map_or_else(|| self.status.state(), NodeStatus::state)
    }

    /// When the change was seen, by the clock of this machine: after it happened, by up to the pause between two reads.
    #[must_use]
    pub fn at(&self) -> SystemTime {
        self.at
    }

    /// How the whole run stood when the change was seen. Events that were seen at once share it.
    #[must_use]
    pub fn status(&self) -> &RunStatus {
        &self.status
    }

    /// Dune's words on why it failed, if it did.
    #[must_use]
    pub fn error(&self) -> Option<&str> {
        self.node()
            .map_or_else(|| self.status.error(), NodeStatus::error)
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "run {}", self.run_id())?;
        if let Some(node) = self.node() {
            write!(f, ": {}", node.name())?;
        }
        match &self.from {
            Some(from) => write!(f, " {from} -> {}", self.to())?,
            None => write!(f, " {}", self.to())?,
        }
        match self.error() {
            // A text of several lines would be several events to whoever reads them line by line.
            Some(error) => {
                let words: Vec<_> = error.split_whitespace().collect();
                write!(f, ": {}", words.join(" "))
            }
            None => Ok(()),
        }
    }
}
