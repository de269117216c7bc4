//! Runs a pipeline: independent nodes side by side, a node after all it depends on, and nothing
//! that hangs on a node which failed. It wakes when a node ends and never polls.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use tokio::sync::watch;

use super::plan::{Node, Planned};
use crate::engine::TableName;
use crate::executions::{Execution, Executions, Phase};

/// A pipeline that runs or has run.
#[derive(Debug)]
pub(crate) struct PipelineRun {
    /// A ULID.
    pub(crate) id: String,
    /// In the order given.
    pub(crate) nodes: Vec<NodeRun>,
    over: watch::Sender<bool>,
}

/// A node of it.
#[derive(Debug)]
pub(crate) struct NodeRun {
    pub(crate) id: i64,
    pub(crate) query_id: i64,
    /// The view it refreshes; none for a query.
    pub(crate) view: Option<TableName>,
    state: Mutex<NodeState>,
}

#[derive(Debug, Clone)]
enum NodeState {
    /// It waits for others, or for its turn.
    Waiting,
    Started(Arc<Execution>),
    /// The node of that id did not complete, and this one hangs on it.
    NotRun {
        because: i64,
        verb: &'static str,
    },
}

/// How far a pipeline or a node is. The documents name the first three; the last two are what a
/// pipeline of theirs must come to as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    Pending,
    Executing,
    Completed,
    Failed,
    Cancelled,
}

impl Progress {
    /// The word in answers.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Executing => "executing",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// What can be said of a node.
#[derive(Debug)]
pub(crate) struct NodeStatus {
    pub(crate) progress: Progress,
    pub(crate) execution_id: Option<String>,
    pub(crate) error: Option<String>,
}

impl NodeRun {
    fn status(&self) -> NodeStatus {
        match self.state() {
            NodeState::Waiting => NodeStatus {
                progress: Progress::Pending,
                execution_id: None,
                error: None,
            },
            NodeState::NotRun { because, verb } => NodeStatus {
                progress: Progress::Failed,
                execution_id: None,
                error: Some(format!("not run because `{because}` {verb}")),
            },
            NodeState::Started(execution) => {
                let state = execution.look();
                let (progress, error) = match state.phase {
                    Phase::Pending => (Progress::Pending, None),
                    Phase::Executing => (Progress::Executing, None),
                    Phase::Completed(_) | Phase::Expired => (Progress::Completed, None),
                    Phase::Failed(error) => (Progress::Failed, Some(error.message)),
                    Phase::Cancelled => (Progress::Cancelled, None),
                };
                NodeStatus {
                    progress,
                    execution_id: Some(execution.id.clone()),
                    error,
                }
            }
        }
    }

    fn state(&self) -> NodeState {
        self.state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn set(&self, state: NodeState) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }
}

impl PipelineRun {
    /// Starts a pipeline that has been judged: at most `parallel` of its nodes at a time.
    pub(super) fn start(planned: Planned, executions: Executions, parallel: usize) -> Arc<Self> {
        let nodes = planned.nodes.iter().map(|node| NodeRun {
            id: node.id,
            query_id: node.work.query_id,
            view: node.work.view.clone(),
            state: Mutex::new(NodeState::Waiting),
        });
        let run = Arc::new(Self {
            id: ulid::Ulid::generate().to_string(),
            nodes: nodes.collect(),
            over: watch::Sender::new(false),
        });
        let driven = Arc::clone(&run);
        tokio::spawn(async move {
            driven
                .drive(planned.nodes, &executions, parallel.max(1))
                .await;
            driven.over.send_replace(true);
        });
        run
    }

    /// How far all of it is, what failed first in the order given, and how far each node is.
    pub(crate) fn status(&self) -> (Progress, Option<String>, Vec<NodeStatus>) {
        // Asked first: what is over stays as its nodes then say.
        let over = self.over();
        let statuses: Vec<NodeStatus> = self.nodes.iter().map(NodeRun::status).collect();
        let begun = statuses.iter().any(|status| status.execution_id.is_some());
        let complete = |status: &NodeStatus| status.progress == Progress::Completed;
        let (progress, error) = if !over {
            let progress = if begun {
                Progress::Executing
            } else {
                Progress::Pending
            };
            (progress, None)
        } else if statuses.iter().all(complete) {
            (Progress::Completed, None)
        } else {
            let nodes = self.nodes.iter().zip(&statuses);
            let error = nodes.filter(|(_, status)| status.execution_id.is_some());
            let error = error.filter_map(|(node, status)| match (status.progress, &status.error) {
                (Progress::Failed, Some(error)) => {
                    Some(format!("node `{}` failed: {error}", node.id))
                }
                (Progress::Cancelled, _) => Some(format!("node `{}` was cancelled", node.id)),
                _ => None,
            });
            (Progress::Failed, error.into_iter().next())
        };
        (progress, error, statuses)
    }

    /// Whether nothing of it runs or will run.
    pub(crate) fn over(&self) -> bool {
        *self.over.borrow()
    }

    /// Waits until it is over.
    pub(crate) async fn ended(&self) {
        // The sender lives in `self`, so the wait ends with an end and not with an error.
        let _ = self.over.subscribe().wait_for(|over| *over).await;
    }

    async fn drive(&self, nodes: Vec<Node>, executions: &Executions, parallel: usize) {
        let mut dependents = vec![Vec::new(); nodes.len()];
        let mut open: Vec<usize> = Vec::with_capacity(nodes.len());
        for (index, node) in nodes.iter().enumerate() {
            open.push(node.dependencies.len());
            for on in &node.dependencies {
                if let Some(dependents) = dependents.get_mut(*on) {
                    dependents.push(index);
                }
            }
        }
        let heights = heights(&nodes, &dependents);
        // What has the longest chain below it goes first, and then what was written first.
        let key = |index: usize| (Reverse(heights.get(index).copied().unwrap_or(0)), index);
        let mut ready: BTreeSet<_> = (0..nodes.len())
            .filter(|index| open.get(*index) == Some(&0))
            .map(key)
            .collect();
        let mut running = FuturesUnordered::new();
        loop {
            while running.len() < parallel
                && let Some((_, index)) = ready.pop_first()
                && let (Some(node), Some(run)) = (nodes.get(index), self.nodes.get(index))
            {
                let execution = executions.start(node.work.clone());
                run.set(NodeState::Started(Arc::clone(&execution)));
                running.push(async move { (index, execution.ended().await.phase) });
            }
            let Some((index, phase)) = running.next().await else {
                return;
            };
            let below = dependents.get(index).map(Vec::as_slice).unwrap_or_default();
            match phase {
                Phase::Completed(_) | Phase::Expired => {
                    for dependent in below {
                        if let Some(open) = open.get_mut(*dependent) {
                            *open = open.saturating_sub(1);
                            if *open == 0 {
                                ready.insert(key(*dependent));
                            }
                        }
                    }
                }
                Phase::Cancelled => self.skip(index, &dependents, "was cancelled"),
                Phase::Failed(_) | Phase::Pending | Phase::Executing => {
                    self.skip(index, &dependents, "failed");
                }
            }
        }
    }

    /// Everything that hangs on a node is not run, and says because of whom.
    fn skip(&self, index: usize, dependents: &[Vec<usize>], verb: &'static str) {
        let Some(because) = self.nodes.get(index).map(|node| node.id) else {
            return;
        };
        let mut below = vec![index];
        while let Some(index) = below.pop() {
            for dependent in dependents.get(index).into_iter().flatten() {
                if let Some(node) = self.nodes.get(*dependent)
                    && matches!(node.state(), NodeState::Waiting)
                {
                    node.set(NodeState::NotRun { because, verb });
                    below.push(*dependent);
                }
            }
        }
    }
}

/// The longest chain of dependents below each node.
fn heights(nodes: &[Node], dependents: &[Vec<usize>]) -> Vec<usize> {
    let mut heights = vec![0; nodes.len()];
    let mut open: Vec<usize> = dependents.iter().map(Vec::len).collect();
    let mut ends: Vec<usize> = (0..nodes.len())
        .filter(|at| open.get(*at) == Some(&0))
        .collect();
    while let Some(index) = ends.pop() {
        let height = heights.get(index).copied().unwrap_or(0) + 1;
        for on in nodes
            .get(index)
            .map(|node| node.dependencies.as_slice())
            .unwrap_or_default()
        {
            if let (Some(above), Some(open)) = (heights.get_mut(*on), open.get_mut(*on)) {
                *above = height.max(*above);
                *open = open.saturating_sub(1);
                if *open == 0 {
                    ends.push(*on);
                }
            }
        }
    }
    heights
}
