//! All that code written by `pipeline!` names. Not for use by anything else: it changes without notice.

pub use dune_api::types::Performance;
pub use dune_pipeline_macros::pipeline;

pub use super::editor;
pub use super::group::{Items, QueryNodes, RefreshNodes};
pub use super::handle::{Handles, QueryNode, RefreshNode};
pub use super::include::{Base, Included};
pub use super::named::ParameterMap;
pub use super::node::{query, refresh};

use std::sync::Arc;
use std::vec;

use dune_pipeline_graph::{At, Name};

use super::draft::Draft;
use super::node::NodeSpec;
use super::parameter::{Parameter, ParameterValue};
use super::{Content, Pipeline};

/// The nodes of one `pipeline!` while it is evaluated.
#[derive(Debug, Default)]
pub struct Nodes(Draft);

impl Nodes {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// One more, whose kind is written on this line; 0 where the line is not known.
    pub fn push(&mut self, name: Written, line: usize, spec: impl Into<NodeSpec>) {
        self.0.node(name.into(), known(line), spec.into());
    }

    /// A group of nodes, those that [`member`](Self::member) adds from now on.
    pub fn each(&mut self, name: Written) {
        self.0.each(name.into(), false);
    }

    /// The same, each of which waits for the one before it.
    pub fn in_turn(&mut self, name: Written) {
        self.0.each(name.into(), true);
    }

    /// One more node of the group that was begun last, whose kind is written on this line.
    pub fn member(&mut self, line: usize, spec: impl Into<NodeSpec>) {
        self.0.member(known(line), spec.into());
    }

    /// The node that was added last waits for all nodes of the pipeline that this item takes in.
    pub fn after_all_of(&mut self, item: usize, line: usize) {
        self.0.after_all_of(item, known(line));
    }

    /// All of them, and the struct of their handles.
    pub fn assemble<L>(
        mut self,
        labels: impl Fn(Handles<'_>) -> L + Send + Sync + 'static,
    ) -> Pipeline<L> {
        self.0.wait_for_bases();
        Pipeline::of(Content::new(self.0), Arc::new(labels))
    }
}

/// What an `each` or `in_turn` goes through.
pub fn items<T, I: Items<T>>(items: I) -> vec::IntoIter<T> {
    items.collected().into_iter()
}

/// Takes in all nodes of another pipeline, which is in this variable, if it is in one, and named on this line; 0 where the line
/// is not known.
pub fn base<L, B: Base<L>>(
    nodes: &mut Nodes,
    base: B,
    variable: &'static str,
    line: usize,
) -> Included<L> {
    let base = base.pipeline();
    nodes.0.variables.push(variable);
    Included {
        slot: nodes.0.include(&base.content, known(line)),
        labels: base.relabel.clone(),
    }
}

/// What a node is called by and the line it is written on. Such values cost the compiler less than calls do.
#[derive(Debug)]
pub enum Written {
    /// A label.
    Label(&'static str, usize),
    /// An id.
    Id(i64, usize),
    /// One of those that an `each` declares.
    Member(&'static str, usize, usize),
}

/// One node of a group, by its index, counted from 0.
pub fn member(label: &'static str, index: usize, line: usize) -> Written {
    Written::Member(label, index, line)
}

impl From<Written> for At<Name> {
    fn from(written: Written) -> Self {
        let (value, line) = match written {
            Written::Label(label, line) => (Name::from(label), line),
            Written::Id(id, line) => (Name::from(id), line),
            Written::Member(label, index, line) => (Name::Label(format!("{label}[{index}]")), line),
        };
        Self {
            value,
            line: known(line),
        }
    }
}

/// The key of a parameter and the line it is written on.
#[derive(Debug)]
pub struct Key(pub &'static str, pub usize);

impl From<Key> for At<String> {
    fn from(Key(key, line): Key) -> Self {
        Self {
            value: key.to_owned(),
            line: known(line),
        }
    }
}

/// The value of a parameter.
pub fn value<V: ParameterValue>(value: V) -> Parameter {
    value.to_parameter()
}

/// The parameters in a map that is named on this line; 0 where the line is not known.
pub fn map<P, M: ParameterMap<P>>(map: M, line: usize) -> Vec<(At<String>, Parameter)> {
    map.on_line(known(line))
}

/// A number as it was written.
pub fn number(digits: &str) -> Parameter {
    Parameter::text(digits)
}

fn known(line: usize) -> Option<usize> {
    (line > 0).then_some(line)
}
