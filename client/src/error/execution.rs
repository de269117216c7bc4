//! Whose rows or whose end an error is about, where that is one execution: alone, as the latest of a query, or as the
//! work of a node.

use std::fmt;

use crate::execution::{ExecutionStatus, QueryError};
use crate::run::State;

/// One result: that of a node of a run, of an execution by its id, or the latest of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultOf {
    pub(crate) run: Option<String>,
    pub(crate) node: Option<String>,
    pub(crate) query: Option<i64>,
    pub(crate) execution: Option<String>,
}

impl ResultOf {
    pub(crate) fn node(run: &str, node: String) -> ResultOf {
        ResultOf {
            run: Some(run.to_owned()),
            node: Some(node),
            query: None,
            execution: None,
        }
    }

    pub(crate) fn execution(id: &str) -> ResultOf {
        ResultOf {
            run: None,
            node: None,
            query: None,
            execution: Some(id.to_owned()),
        }
    }

    pub(crate) fn latest(query: i64) -> ResultOf {
        ResultOf {
            run: None,
            node: None,
            query: Some(query),
            execution: None,
        }
    }

    /// The run, where it is the result of a node of one.
    #[must_use]
    pub fn run_id(&self) -> Option<&str> {
        self.run.as_deref()
    }

    /// The node, as messages call it: see [`NodeStatus::name`](crate::NodeStatus::name).
    #[must_use]
    pub fn node_name(&self) -> Option<&str> {
        self.node.as_deref()
    }

    /// The query, where its latest result was asked for.
    #[must_use]
    pub fn query_id(&self) -> Option<i64> {
        self.query
    }

    /// The execution, as soon as it is known.
    #[must_use]
    pub fn execution_id(&self) -> Option<&str> {
        self.execution.as_deref()
    }
}

impl fmt::Display for ResultOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.run, &self.node, self.query, &self.execution) {
            (Some(run), Some(node), _, _) => write!(f, "node {node} of run {run}"),
            (_, _, Some(query), Some(execution)) => {
                write!(f, "the latest execution {execution} of query {query}")
            }
            (_, _, Some(query), None) => write!(f, "the latest execution of query {query}"),
            (_, _, None, Some(execution)) => write!(f, "execution {execution}"),
            (_, _, None, None) => f.write_str("an execution"),
        }
    }
}

/// An execution that ended without a result: it failed, was cancelled, or its result is no longer kept.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{of} {}{}", state.ended(), said(error.as_ref()))]
pub struct FailedExecution {
    pub(crate) of: ResultOf,
    pub(crate) state: State,
    pub(crate) error: Option<QueryError>,
    pub(crate) status: Option<Box<ExecutionStatus>>,
}

impl FailedExecution {
    /// One whose status says so.
    pub(crate) fn of_status(status: ExecutionStatus) -> FailedExecution {
        FailedExecution {
            of: ResultOf::execution(status.execution_id()),
            state: status.state().clone(),
            error: status.error().cloned(),
            status: Some(Box::new(status)),
        }
    }

    /// Whose execution it was.
    #[must_use]
    pub fn of(&self) -> &ResultOf {
        &self.of
    }

    /// How it ended.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// What Dune says of it: kind, text, and the place in the SQL.
    #[must_use]
    pub fn error(&self) -> Option<&QueryError> {
        self.error.as_ref()
    }

    /// Dune's words on it.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        let message = self.error().map(QueryError::message);
        message.filter(|text| !text.is_empty())
    }

    /// The whole of its status, with its times and its cost, where it was waited for. Where its rows were asked for,
    /// [`Execution::status`](crate::Execution::status) has it.
    #[must_use]
    pub fn status(&self) -> Option<&ExecutionStatus> {
        self.status.as_deref()
    }
}

fn said(error: Option<&QueryError>) -> String {
    error.map_or_else(String::new, |error| format!(": {error}"))
}
