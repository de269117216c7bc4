//! What a run remembers of the pipeline it was started from: labels, and who waits for whom.
//! A run that is picked up by its id alone has none of it, and names nodes by id and by what they do.

use std::collections::HashMap;

use super::NodeStatus;
use crate::pipeline::{Identity, InvalidPipeline, Pipeline, Task};

/// The nodes of a pipeline, by id.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pipeline: Option<Identity>,
    /// Whether somebody said that it is the run's pipeline, rather than that the run was started from it.
    attached: bool,
    nodes: HashMap<i64, Planned>,
}

/// A node of it.
#[derive(Debug)]
pub(crate) struct Planned {
    pub(crate) label: Option<String>,
    /// What tells it from its siblings, where it is a member of a group.
    pub(crate) detail: Option<String>,
    pub(crate) task: Task,
    pub(crate) dependencies: Vec<i64>,
}

impl Plan {
    /// That of a pipeline which breaks no rule.
    pub(crate) fn of<L>(pipeline: &Pipeline<L>) -> Result<Plan, InvalidPipeline> {
        let mut details = pipeline.members_told_apart();
        let nodes = pipeline.nodes_in_order()?.into_iter().map(|node| {
            let planned = Planned {
                task: node.task(),
                label: Some(node.name.to_string()),
                detail: details.remove(&node.body.id),
                dependencies: node.body.dependencies.clone(),
            };
            (node.body.id, planned)
        });
        Ok(Plan {
            pipeline: Some(pipeline.identity()),
            attached: false,
            nodes: nodes.collect(),
        })
    }

    /// The same, for a run that was not started from it here.
    pub(crate) fn attached(self) -> Plan {
        Plan {
            attached: true,
            ..self
        }
    }

    /// Whether a node of this id cannot be what was found in the run.
    pub(super) fn denies(&self, found: &NodeStatus) -> bool {
        match self.node(found.id()) {
            Some(planned) => planned.task.contradicts(found.task()),
            None => self.attached,
        }
    }

    /// Whose handles are handles of the run.
    pub(crate) fn pipeline(&self) -> Option<Identity> {
        self.pipeline
    }

    /// How many nodes the pipeline has; `None` where it is not at hand.
    pub(crate) fn count(&self) -> Option<u64> {
        self.pipeline?;
        u64::try_from(self.nodes.len()).ok()
    }

    pub(crate) fn node(&self, id: i64) -> Option<&Planned> {
        self.nodes.get(&id)
    }

    /// What messages call a node of which nothing but its id may be known.
    pub(crate) fn name_of(&self, id: i64) -> String {
        let node = self.node(id);
        match node.and_then(|node| Some((node.label.as_deref()?, node.detail.as_deref()))) {
            Some((label, detail)) => labelled(label, detail),
            None => format!("`{id}`"),
        }
    }
}

/// What messages call a node with a label, and what tells it from its siblings.
pub(super) fn labelled(label: &str, detail: Option<&str>) -> String {
    match detail {
        Some(detail) => format!("`{label}` ({detail})"),
        None => format!("`{label}`"),
    }
}
