//! All that code written by `pipeline!` names. Not for use by anything else: it changes without notice.

pub use dune_api::types::Performance;
pub use dune_pipeline_macros::pipeline;

pub use super::handle::{Handles, QueryNode, RefreshNode};
pub use super::node::{query, refresh};

use dune_pipeline_graph::{At, Name};

use super::body::Declaration;
use super::node::NodeSpec;
use super::parameter::{Parameter, ParameterValue};
use super::{Content, Pipeline};

/// The nodes of one `pipeline!` while it is evaluated.
#[derive(Debug, Default)]
pub struct Nodes(Vec<Declaration>);

impl Nodes {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// One more, whose kind is written on this line; 0 where the line is not known.
    pub fn push(&mut self, name: Written, line: usize, spec: impl Into<NodeSpec>) {
        self.0.push(Declaration {
            name: name.into(),
            line: known(line),
            spec: spec.into(),
        });
    }

    /// All of them, and the struct of their handles.
    pub fn assemble<L>(self, labels: impl FnOnce(Handles) -> L) -> Pipeline<L> {
        Pipeline::of(Content::new(self.0), labels)
    }
}

/// What a node is called by and the line it is written on. Such values cost the compiler less than calls do.
#[derive(Debug)]
pub enum Written {
    /// A label.
    Label(&'static str, usize),
    /// An id.
    Id(i64, usize),
}

impl From<Written> for At<Name> {
    fn from(written: Written) -> Self {
        let (value, line) = match written {
            Written::Label(label, line) => (Name::from(label), line),
            Written::Id(id, line) => (Name::from(id), line),
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

/// A number as it was written.
pub fn number(digits: &str) -> Parameter {
    Parameter::text(digits)
}

fn known(line: usize) -> Option<usize> {
    (line > 0).then_some(line)
}
