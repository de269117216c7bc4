//! `..base`: all nodes of one pipeline become nodes of another. Labels get new ids there, handles are issued anew, and
//! what was wrong before stays wrong.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use dune_pipeline_graph::{At, Group, Name, Place};

use super::draft::{AfterAll, Declaration, Draft, First, Slot};
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

impl<L> Pipeline<L> {
    /// The names of the nodes that no other one waits for: whoever comes after them comes after all. With them a node that
    /// is added at run time waits for a pipeline that is taken in, as `.after(..base)` does in `pipeline!`.
    ///
    /// ```
    /// use dune_pipeline::{Pipeline, pipeline, query};
    ///
    /// let common = pipeline![
    ///     volume = refresh("dune.acme.result_dex_daily"),
    ///     trend = query(3103).after(volume),
    ///     prices = query(3104),
    /// ];
    /// let daily = Pipeline::builder()
    ///     .include(&common)
    ///     .node("report", query(3106).after(common.last_nodes()))
    ///     .build()?;
    ///
    /// let declared = pipeline![..common, report = query(3106).after(..common)];
    /// assert_eq!(daily.to_json()?, declared.to_json()?);
    /// # Ok::<(), dune_pipeline::InvalidPipeline>(())
    /// ```
    #[must_use]
    pub fn last_nodes(&self) -> Vec<Name> {
        let draft = &self.content.draft;
        draft.last_of(0..draft.nodes.len())
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
        let copies = base.draft.copies.iter();
        self.copies.extend(copies.map(|node| node + first.node));
        self.slots.push(Slot::Base {
            items: base.slots.clone(),
            first,
        });
        self.slots.len() - 1
    }

    /// The node that was declared last waits for all nodes of the pipeline that an item takes in, here or further down.
    pub(super) fn after_all_of(&mut self, item: usize, line: Option<usize>) {
        let node = self.nodes.len().saturating_sub(1);
        self.after_all.push(AfterAll { node, item, line });
    }

    /// Once all items are there. Who waits for all of a pipeline waits for those of its nodes that no other of them waits
    /// for: they come after the rest.
    pub(super) fn wait_for_bases(&mut self) {
        for AfterAll { node, item, line } in std::mem::take(&mut self.after_all) {
            let last = self.last_of(self.nodes_of(item));
            if let Some(waiting) = self.nodes.get_mut(node) {
                for value in last {
                    waiting.spec.wait_for(&At { value, line });
                }
            }
        }
    }

    /// The names of those nodes that none of the others waits for.
    fn last_of(&self, nodes: Range<usize>) -> Vec<Name> {
        let among = self.nodes.get(nodes.clone()).unwrap_or_default();
        let awaited = among.iter().flat_map(|node| node.spec.waits_for());
        let awaited: HashSet<&Name> = awaited.map(|on| &on.value).collect();
        let mut is_last: Vec<bool> = among
            .iter()
            .map(|node| !awaited.contains(&node.name.value))
            .collect();
        for group in &self.groups {
            let members = group.nodes.start.checked_sub(nodes.start);
            let members = members.map(|start| start..start + group.nodes.len());
            if awaited.contains(&group.name.value)
                && let Some(members) = members.and_then(|members| is_last.get_mut(members))
            {
                members.fill(false);
            }
        }
        let names = among.iter().map(|node| &node.name.value);
        let last = names.zip(is_last).filter(|(_, is_last)| *is_last);
        last.map(|(name, _)| name.clone()).collect()
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
