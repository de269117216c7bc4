//! Whose rows are asked for: the node of a handle, or the one that runs a query.

use crate::error::Error;
use crate::pipeline::{Identity, Task};
use crate::run::{NodeStatus, Plan, RunStatus};

/// Whose rows they are.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// Those of the node of a handle, with the pipeline it belongs to.
    Node(i64, Identity),
    /// Those of the node that runs a query.
    Query(i64),
}

impl Source {
    /// The node in a status of its run.
    pub(super) fn node_in<'s>(
        &self,
        status: &'s RunStatus,
        plan: &Plan,
    ) -> Result<&'s NodeStatus, Error> {
        let run = || status.run_id().to_owned();
        match self {
            Source::Node(id, _) => status.node_by_id(*id).ok_or_else(|| Error::UnknownNode {
                run: run(),
                node: plan.name_of(*id),
            }),
            Source::Query(query) => {
                let nodes = status.nodes().iter();
                let nodes: Vec<_> = nodes
                    .filter(|node| *node.task() == Task::Query(*query))
                    .collect();
                match nodes.as_slice() {
                    [node] => Ok(node),
                    [] => Err(Error::UnknownQuery {
                        run: run(),
                        query: *query,
                    }),
                    several => Err(Error::AmbiguousQuery {
                        run: run(),
                        query: *query,
                        nodes: several.iter().map(|node| node.name()).collect(),
                    }),
                }
            }
        }
    }
}
