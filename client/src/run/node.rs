//! How one node of a run stood: what it does, its state, its execution, and what became of it.
//! Like the status it is in, it is a value.

use std::fmt;

use dune_api::{ApiKey, types};

use super::outcome::{self, Outcome, outcome};
use super::plan::{Plan, labelled};
use super::state::State;
use crate::execution::QueryError;
use crate::pipeline::Task;

/// How one node of a run stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeStatus {
    pub(super) id: i64,
    pub(super) label: Option<String>,
    /// What tells it from its siblings, where it is a member of a group.
    detail: Option<String>,
    task: Task,
    pub(super) state: State,
    error: Option<QueryError>,
    pub(super) execution_id: Option<String>,
    pub(super) dependencies: Vec<i64>,
    /// Whether it has ended or will not run any more.
    pub(super) over: bool,
    /// Those of its dependencies for which it was not run.
    pub(super) because_of: Vec<i64>,
}

impl NodeStatus {
    pub(super) fn read(
        node: types::PipelineNodeExecution,
        plan: &Plan,
        key: &ApiKey,
    ) -> NodeStatus {
        let id = node.id;
        let planned = plan.node(id);
        let mut query = node.query_execution_status;
        if planned.is_some_and(|node| matches!(node.task, Task::Refresh(_)))
            && node.materialized_view_refresh_status.is_some()
        {
            // The sample in Dune's documents has both on one node, and only one of them can be meant.
            query = None;
        }
        let (task, state, error, execution_id) =
            match (query, node.materialized_view_refresh_status) {
                (Some(query), _) => (
                    Task::Query(query.query_id),
                    query.status,
                    query.error,
                    query.execution_id,
                ),
                (None, Some(view)) => (
                    Task::Refresh(view.name),
                    view.status,
                    view.error,
                    view.execution_id,
                ),
                (None, None) => (Task::Unknown, String::new(), None, None),
            };
        NodeStatus {
            id,
            label: None,
            detail: None,
            task,
            state: State::parse(&state),
            error: said(error, key).map(outcome::placed),
            execution_id: execution_id.filter(|text| !text.is_empty()),
            dependencies: Vec::new(),
            over: false,
            because_of: Vec::new(),
        }
    }

    /// Takes label and dependencies from this plan, and from no other.
    pub(super) fn label_by(&mut self, plan: &Plan) {
        let planned = plan.node(self.id);
        self.label = planned.and_then(|node| node.label.clone());
        self.detail = planned.and_then(|node| node.detail.clone());
        self.dependencies = planned.map_or_else(Vec::new, |node| node.dependencies.clone());
    }

    /// The node's id in the pipeline.
    #[must_use]
    pub fn id(&self) -> i64 {
        self.id
    }

    /// Its label, if the pipeline is at hand and gave it one.
    #[must_use]
    pub fn label(&self) -> Option<&str> {
        self.label.as_deref()
    }

    /// What it does.
    #[must_use]
    pub fn task(&self) -> &Task {
        &self.task
    }

    /// How it stood.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Dune's words on why it failed.
    #[must_use]
    pub fn error(&self) -> Option<&str> {
        self.query_error().map(QueryError::message)
    }

    pub(crate) fn query_error(&self) -> Option<&QueryError> {
        self.error.as_ref()
    }

    /// The execution that does its work, once there is one.
    #[must_use]
    pub fn execution_id(&self) -> Option<&str> {
        self.execution_id.as_deref()
    }

    /// The ids of the nodes it depends on, if the pipeline is at hand.
    #[must_use]
    pub fn dependencies(&self) -> &[i64] {
        &self.dependencies
    }

    /// What became of it; `None` while it runs, and while it may still be run.
    ///
    /// Of a node that waits for one that failed it is known before the run has ended, where the pipeline is at hand.
    #[must_use]
    pub fn outcome(&self) -> Option<Outcome<'_>> {
        outcome(
            &self.state,
            self.execution_id.is_some(),
            self.query_error(),
            &self.because_of,
            self.over,
        )
    }

    /// Those of its dependencies for which it was not run.
    pub(crate) fn because_of(&self) -> &[i64] {
        &self.because_of
    }

    /// Whether it has ended or will not run any more.
    pub(super) fn is_over(&self) -> bool {
        self.over
    }

    /// What messages call it: its label, or else its id and what it does. Behind the label of a member of a group stands
    /// what tells it from its siblings, on the same line and cut where it is long: its view, or the parameters that not all
    /// of them have alike, as in "`share[3]` (blockchain = polygon)".
    #[must_use]
    pub fn name(&self) -> String {
        match (&self.label, &self.task) {
            (Some(label), _) => labelled(label, self.detail.as_deref()),
            (None, Task::Unknown) => format!("`{}`", self.id),
            (None, task) => format!("`{}` ({task})", self.id),
        }
    }
}

impl fmt::Display for NodeStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name(), self.state)?;
        match self.error() {
            Some(error) => write!(f, ": {error}"),
            None => Ok(()),
        }
    }
}

/// What the server says of a failure, without the key, which a server may say back.
pub(super) fn said(text: Option<String>, key: &ApiKey) -> Option<String> {
    let text = text.filter(|text| !text.is_empty())?;
    Some(key.redact(&text).into_owned())
}
