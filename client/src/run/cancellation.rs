//! What came of cancelling a run: for each node whether it was cancelled, had ended before, never started, or could not
//! be cancelled, and why not.

use std::fmt;

use super::cancel::{Answer, Answers};
use super::{NodeStatus, RunStatus};
use crate::error::Error;
use crate::pipeline::NodeHandle;

/// What came of cancelling a run, node by node; [`Run::cancel`](super::Run::cancel) gives it.
///
/// Printed it is a line for the run, and one for each node.
#[derive(Debug)]
#[must_use = "it says what could not be cancelled, and goes on costing credits"]
pub struct Cancellation {
    status: RunStatus,
    /// One for each node of the status.
    nodes: Vec<NodeCancellation>,
    trouble: Option<Box<Error>>,
}

/// What cancelling did to one node.
#[derive(Debug)]
#[non_exhaustive]
pub enum NodeCancellation {
    /// Its execution ran, and was cancelled.
    Cancelled,
    /// It had ended by itself: see its [state](NodeStatus::state).
    HadEnded,
    /// It had not started, and will not any more.
    NeverStarted,
    /// It still runs, or may still start.
    NotCancelled(NotCancelled),
}

/// Why a node could not be cancelled.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotCancelled {
    /// The request came to nothing. Its text says how; cancel again where it is retryable.
    #[error("{0}")]
    Failed(Box<Error>),
    /// Dune answered that there is nothing to cancel, and yet the execution has not ended.
    #[error("Dune answered that there is nothing to cancel, and it has not ended")]
    Declined,
    /// Dune took the request, and the execution has not been seen to end since. Read the status again.
    #[error("Dune took the request, and it has not been seen to end since")]
    NotSeenToEnd,
    /// There was no time left to ask for it. Cancel again, or allow more time with
    /// [`cancel_limit`](crate::DuneBuilder::cancel_limit).
    #[error("there was no time left for it")]
    OutOfTime,
    /// It has not started, and nothing says that it will not. Cancel again once it has.
    #[error("it has not started and may still do")]
    MayStart,
}

impl Cancellation {
    pub(super) fn new(
        status: RunStatus,
        mut answers: Answers,
        trouble: Option<Error>,
    ) -> Cancellation {
        let nodes = status.nodes().iter().map(|node| {
            let answer = node.execution_id().and_then(|id| answers.remove(id));
            NodeCancellation::of(node, answer)
        });
        Cancellation {
            nodes: nodes.collect(),
            status,
            trouble: trouble.map(Box::new),
        }
    }

    /// Whether nothing of the run is left that runs or may start.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.not_cancelled().next().is_none()
    }

    /// The run's id.
    #[must_use]
    pub fn run_id(&self) -> &str {
        self.status.run_id()
    }

    /// How the run stood when it was read last. What had completed stays, and its rows can be read.
    #[must_use]
    pub fn status(&self) -> &RunStatus {
        &self.status
    }

    /// Every node that Dune lists, in its order, with what cancelling did to it.
    pub fn nodes(&self) -> impl Iterator<Item = (&NodeStatus, &NodeCancellation)> {
        self.status.nodes().iter().zip(&self.nodes)
    }

    /// What cancelling did to the node of a handle. `None` when Dune does not list it, and for a handle of another pipeline.
    #[must_use]
    pub fn node(&self, handle: impl NodeHandle) -> Option<&NodeCancellation> {
        let id = self.status.node(handle)?.id();
        let mut nodes = self.nodes();
        nodes.find_map(|(node, what)| (node.id() == id).then_some(what))
    }

    /// The nodes whose execution was cancelled.
    pub fn cancelled(&self) -> impl Iterator<Item = &NodeStatus> {
        let nodes = self.nodes();
        nodes.filter_map(|(node, what)| matches!(what, NodeCancellation::Cancelled).then_some(node))
    }

    /// The nodes that could not be cancelled, and why.
    pub fn not_cancelled(&self) -> impl Iterator<Item = (&NodeStatus, &NotCancelled)> {
        self.nodes().filter_map(|(node, what)| match what {
            NodeCancellation::NotCancelled(why) => Some((node, why)),
            _ => None,
        })
    }

    /// The read of the status that failed, where that is why no more was done.
    #[must_use]
    pub fn trouble(&self) -> Option<&Error> {
        self.trouble.as_deref()
    }

    /// Whether the run is over, and would be without it.
    pub(super) fn changed_nothing(&self) -> bool {
        self.status.is_final() && self.is_complete() && self.cancelled().next().is_none()
    }

    pub(super) fn into_status(self) -> RunStatus {
        self.status
    }
}

impl NodeCancellation {
    fn of(node: &NodeStatus, answer: Option<Answer>) -> NodeCancellation {
        let success = node.state().is_success();
        let over = node.state().is_final();
        match (node.execution_id(), answer) {
            // Of a node that Dune cancels it may say `failed` as well.
            (Some(_), Some(Answer::Taken)) if over && !success => NodeCancellation::Cancelled,
            (Some(_), _) if over => NodeCancellation::HadEnded,
            (Some(_), answer) => NodeCancellation::NotCancelled(match answer {
                Some(Answer::Taken) => NotCancelled::NotSeenToEnd,
                Some(Answer::Declined) => NotCancelled::Declined,
                Some(Answer::Failed(error)) => NotCancelled::Failed(error),
                None => NotCancelled::OutOfTime,
            }),
            (None, _) if success => NodeCancellation::HadEnded,
            (None, _) if node.is_over() => NodeCancellation::NeverStarted,
            (None, _) => NodeCancellation::NotCancelled(NotCancelled::MayStart),
        }
    }
}

impl fmt::Display for Cancellation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "run {}", self.run_id())?;
        f.write_str(match self.is_complete() {
            true if self.cancelled().next().is_none() => ": there was nothing to cancel",
            true => " was cancelled",
            false => ": not all of it could be cancelled",
        })?;
        if let Some(error) = &self.trouble {
            write!(f, "\n  {error}")?;
        }
        self.write_nodes(f)
    }
}

impl Cancellation {
    /// A line for each node.
    pub(crate) fn write_nodes(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (node, what) in self.nodes() {
            let name = node.name();
            match what {
                NodeCancellation::Cancelled => write!(f, "\n  {name} was cancelled"),
                NodeCancellation::HadEnded => write!(f, "\n  {name} had ended: {}", node.state()),
                NodeCancellation::NeverStarted => write!(f, "\n  {name} never started"),
                NodeCancellation::NotCancelled(why) => {
                    write!(f, "\n  {name} could not be cancelled: {why}")
                }
            }?;
        }
        Ok(())
    }
}
