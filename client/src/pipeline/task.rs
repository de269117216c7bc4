//! What a node does: said by a pipeline of its nodes, and by Dune of those that it runs.

use std::fmt;

use super::NodeView;

/// What a node does.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Task {
    /// It refreshes the materialized view of this name.
    Refresh(String),
    /// It runs the query of this id.
    Query(i64),
    /// Dune does not say.
    Unknown,
}

impl NodeView<'_> {
    pub(crate) fn task(&self) -> Task {
        let view = self.body.materialized_view_refresh.as_ref();
        match (&self.body.query_execution, view) {
            (Some(query), _) => Task::Query(query.query_id),
            (None, Some(view)) => Task::Refresh(view.name.clone()),
            (None, None) => Task::Unknown,
        }
    }
}

impl Task {
    /// Whether it cannot be the same work. Dune may name a view in another form than it was given, so of views only the
    /// last part of the name counts.
    pub(crate) fn contradicts(&self, other: &Task) -> bool {
        let last = |name: &str| {
            let part = name.rsplit('.').next().unwrap_or(name);
            part.trim_matches('"').to_ascii_lowercase()
        };
        match (self, other) {
            (Task::Query(one), Task::Query(other)) => one != other,
            (Task::Refresh(one), Task::Refresh(other)) => last(one) != last(other),
            (Task::Unknown, _) | (_, Task::Unknown) => false,
            (Task::Query(_), Task::Refresh(_)) | (Task::Refresh(_), Task::Query(_)) => true,
        }
    }
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Task::Refresh(view) => write!(f, "refresh of {view}"),
            Task::Query(id) => write!(f, "query {id}"),
            Task::Unknown => f.write_str("unknown"),
        }
    }
}
