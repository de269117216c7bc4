//! `..base`: all nodes of one pipeline become nodes of another. Labels get new ids there, handles are issued anew, and
//! what was wrong before stays wrong.

use std::sync::Arc;

use dune_pipeline_graph::{At, Group, Place};

use super::draft::{Declaration, Draft, First, Slot};
use super::handle::Handles;
use super::node::NodeSpec;
use super::{Content, Pipeline};

/// Makes the handles of a pipeline, and once more those of each pipeline that takes it in.
pub(super) type Labels<L> = Arc<dyn Fn(Handles<'_>) -> L + Send + Sync>;

/// What can stand behind `..` in `pipeline!`: a pipeline, or a reference to one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no pipeline",
    label = "`..` takes all nodes of another pipeline in",
    note = "behind `..` stands a `Pipeline`, or a reference to one: what `pipeline!` gives, or a function that returns it"
)]
pub trait Base<L> {
    /// The pipeline, whose handles are in a type `L`.
    fn pipeline(&self) -> &Pipeline<L>;
}

impl<L> Base<L> for Pipeline<L> {
    fn pipeline(&self) -> &Pipeline<L> {
        self
    }
}

impl<L> Base<L> for &Pipeline<L> {
    fn pipeline(&self) -> &Pipeline<L> {
        self
    }
}

/// A pipeline that another one has taken in: it gives the labels of the first as handles of the second.
pub struct Included<L> {
    pub(super) slot: usize,
    pub(super) labels: Labels<L>,
}

impl<L> Included<L> {
    /// The labels it was declared with, of the pipeline whose handles these are.
    pub fn labels(&self, handles: Handles<'_>) -> L {
        (self.labels)(handles.of_base(self.slot))
    }
}

impl Draft {
    /// Takes in all nodes of a pipeline, as if they were written on this line. Gives the slot they have.
    pub(super) fn include(&mut self, base: &Content, line: Option<usize>) -> usize {
        let first = First {
            node: self.nodes.len(),
            group: self.groups.len(),
        };
        let nodes = base.draft.nodes.iter().cloned();
        self.nodes.extend(nodes.map(|node| node.on_line(line)));
        let groups = base.draft.groups.iter().map(|group| Group {
            name: At {
                value: group.name.value.clone(),
                line,
            },
            nodes: group.nodes.start + first.node..group.nodes.end + first.node,
            in_turn: group.in_turn,
        });
        self.groups.extend(groups);
        let faults = base.faults().iter().filter_map(|fault| {
            // That it has no nodes is no fault of a pipeline that has others.
            let place = fault.place?;
            let node = place.node + first.node;
            let mut fault = fault.clone();
            fault.place = Some(Place { node, ..place });
            Some(fault)
        });
        self.carried.extend(faults);
        self.slots.push(Slot::Base {
            items: base.slots.clone(),
            first,
        });
        self.slots.len() - 1
    }
}

impl Declaration {
    /// What was written elsewhere, maybe in another file, comes in where this pipeline is named.
    fn on_line(mut self, line: Option<usize>) -> Self {
        self.line = line;
        self.name.line = line;
        let after = match &mut self.spec {
            NodeSpec::Refresh(refresh) => &mut refresh.after,
            NodeSpec::Query(query) => {
                let keys = query.parameters.iter_mut();
                keys.for_each(|(key, _)| key.line = line);
                &mut query.after
            }
        };
        let lines = after.iter_mut().map(|At { line, .. }| line);
        lines.for_each(|own| *own = line);
        self
    }
}
