//! A pipeline while it is declared: its nodes in the order written, and which of them each item of the list stands for.
//! `pipeline!` and the builder fill the same one, so that what they make is the same.

use std::collections::HashSet;
use std::ops::Range;
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
    /// Nodes that wait for all of a pipeline that is taken in, until all items are there.
    pub(super) after_all: Vec<AfterAll>,
    /// The variables that hold the pipelines that were taken in, as far as they are known: taken for labels by mistake.
    pub(super) variables: Vec<&'static str>,
    /// The nodes that came in twice, which was told: nothing more is said of the second.
    pub(super) copies: HashSet<usize>,
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

/// `.after(..base)` of one node.
#[derive(Debug, Clone, Copy)]
pub(super) struct AfterAll {
    pub(super) node: usize,
    /// The item that takes that pipeline in.
    pub(super) item: usize,
    pub(super) line: Option<usize>,
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

    /// The nodes that an item stands for.
    pub(super) fn nodes_of(&self, item: usize) -> Range<usize> {
        let begin = |item: usize| match self.slots.get(item) {
            Some(Slot::Node(node)) => *node,
            Some(Slot::Group(group)) => self.groups[*group].nodes.start,
            Some(Slot::Base { first, .. }) => first.node,
            None => self.nodes.len(),
        };
        begin(item)..begin(item + 1)
    }
}

impl Declaration {
    pub(super) fn is_query(&self) -> bool {
        matches!(self.spec, NodeSpec::Query(_))
    }
}
