//! What an error can be asked: whether something may have started, whether to try again, and what it is about.

use super::words::tells_nothing;
use super::{Call, Error, StatusCode};

impl Error {
    /// Whether Dune may have started a run or an execution, or changed what was to be changed, although no answer says
    /// so: the request went out, and what came back does not tell.
    ///
    /// Then do not simply do it again. The account's executions in Dune show what runs; of a query the API gives the
    /// latest result with its time, and of a materialized view the ids of its last executions. Never true for what only
    /// reads, nor for cancelling, which can be repeated.
    #[must_use]
    pub fn may_have_started(&self) -> bool {
        match self {
            Error::AnswerLost { call, .. } | Error::UnreadableAnswer { call, .. } => {
                !call.is_repeatable()
            }
            Error::Refused { call, status, .. } | Error::Redirected { call, status, .. } => {
                !call.is_repeatable() && tells_nothing(*status)
            }
            _ => false,
        }
    }

    /// Whether the same call may succeed later, and nothing can go wrong by making it.
    ///
    /// Never true together with [`may_have_started`](Error::may_have_started).
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Error::Unreachable { .. } | Error::RateLimited { .. } => true,
            Error::Deadline(missed) => missed.may_go_on(),
            Error::NodeNotFinished { .. } | Error::ExecutionNotFinished { .. } => true,
            Error::ExecutionDeadline(overdue) => overdue.may_go_on(),
            Error::AnswerLost { call, .. } => call.is_repeatable(),
            Error::Refused { call, status, .. } => call.is_repeatable() && tells_nothing(*status),
            _ => false,
        }
    }

    /// The HTTP status of the answer, where an answer is what went wrong.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Error::Refused { status, .. } | Error::Redirected { status, .. } => Some(*status),
            Error::RateLimited { .. } => Some(StatusCode::TOO_MANY_REQUESTS),
            _ => None,
        }
    }

    /// Dune's own words, where there are some.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        match self {
            Error::Refused { message, .. } | Error::RateLimited { message, .. } => Some(message),
            Error::NodeFailed { node, .. } => node.message(),
            Error::Failed(run) => run.message(),
            Error::ExecutionFailed(execution) => execution.message(),
            _ => None,
        }
    }

    /// The run it is about.
    #[must_use]
    pub fn run_id(&self) -> Option<&str> {
        match self {
            Error::Failed(failed) => Some(failed.status().run_id()),
            Error::Deadline(missed) => Some(missed.run_id()),
            Error::Row(row) => row.of().run_id(),
            Error::ExecutionNotFinished { of, .. }
            | Error::Partial { of }
            | Error::Pages { of, .. } => of.run_id(),
            Error::ExecutionFailed(execution) => execution.of().run_id(),
            Error::ForeignNode { run, .. }
            | Error::UnknownNode { run, .. }
            | Error::OtherPipeline { run, .. }
            | Error::UnknownQuery { run, .. }
            | Error::AmbiguousQuery { run, .. }
            | Error::NodeNotFinished { run, .. }
            | Error::NodeFailed { run, .. } => Some(run),
            _ => self.call().and_then(Call::run_id),
        }
    }

    /// The node it is about, as messages call it: see [`NodeStatus::name`](crate::NodeStatus::name).
    #[must_use]
    pub fn node(&self) -> Option<&str> {
        match self {
            Error::NodeFailed { node, .. } => Some(node.name()),
            Error::Row(row) => row.of().node_name(),
            Error::Partial { of } | Error::Pages { of, .. } => of.node_name(),
            Error::ForeignNode { node, .. }
            | Error::UnknownNode { node, .. }
            | Error::OtherPipeline { node, .. }
            | Error::NodeNotFinished { node, .. } => Some(node),
            _ => self.call().and_then(Call::node),
        }
    }

    /// The execution it is about, where that is asked for by itself or as the latest of a query.
    #[must_use]
    pub fn execution_id(&self) -> Option<&str> {
        match self {
            Error::Row(row) => row.of().execution_id(),
            Error::ExecutionFailed(execution) => execution.of().execution_id(),
            Error::ExecutionDeadline(overdue) => Some(overdue.execution_id()),
            Error::ExecutionNotFinished { of, .. }
            | Error::Partial { of }
            | Error::Pages { of, .. } => of.execution_id(),
            _ => self.call().and_then(Call::execution_id),
        }
    }

    /// The request, where one went wrong.
    #[must_use]
    pub fn call(&self) -> Option<&Call> {
        match self {
            Error::Unreachable { call, .. }
            | Error::AnswerLost { call, .. }
            | Error::Refused { call, .. }
            | Error::RateLimited { call, .. }
            | Error::Redirected { call, .. }
            | Error::UnreadableAnswer { call, .. } => Some(call),
            _ => None,
        }
    }
}
