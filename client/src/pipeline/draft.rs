//! A pipeline while it is declared: its nodes in the order written, and which of them each item of the list stands for.
//! `pipeline!` and the builder fill the same one, so that what they make is the same.

use std::sync::Arc;

use dune_pipeline_graph::{At, Group, Name};

use super::fault::PipelineFault;
use super::node::NodeSpec;

/// A node as it was declared, right or wrong.
#[derive(Debug, Clone)]
pub(super) struct Declaration {
    pub(super) name: At<Name>,
    /// The line of its kind, where it comes from `pipeline!`.
    pub(super) line: Option<usize>,
    pub(super) spec: NodeSpec,
}

/// All that was declared so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft {
    pub(super) nodes: Vec<Declaration>,
    /// Those that were declared together.
    pub(super) groups: Vec<Group>,
    /// One for each item of the list, in the order written.
    pub(super) slots: Vec<Slot>,
    /// What was wrong with pipelines that were taken in, before they were.
    pub(super) carried: Vec<PipelineFault>,
}

/// What an item stands for, by index.
#[derive(Debug, Clone)]
pub(super) enum Slot {
    /// `label = node`
    Node(usize),
    /// `label = each(..)`: one of the groups.
    Group(usize),
    /// `..base`: the items of that pipeline, whose nodes and groups begin at these here.
    Base { items: Arc<[Slot]>, first: First },
}

/// The indices from which on the nodes and groups of one pipeline stand in another.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct First {
    pub(super) node: usize,
    pub(super) group: usize,
}

impl Draft {
    pub(super) fn node(&mut self, name: At<Name>, line: Option<usize>, spec: NodeSpec) {
        self.slots.push(Slot::Node(self.nodes.len()));
        self.nodes.push(Declaration { name, line, spec });
    }
}

impl Declaration {
    pub(super) fn is_query(&self) -> bool {
        matches!(self.spec, NodeSpec::Query(_))
    }
}
