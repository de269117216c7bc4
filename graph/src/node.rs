//! What a pipeline declares, as far as its graph is concerned.
//! Tiers and the values of parameters are not here: the types generated from Dune's document judge those.

use std::fmt;
use std::ops::Range;

use crate::names::OneLine;

/// What a node is called by, where it is declared and where others depend on it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Name {
    /// A word of the author's; the node gets the lowest id that is free.
    Label(String),
    /// The id itself, as Dune's API has it. Wider than an id may be, so that a wrong one can be held and told.
    Id(i128),
}

/// The label as written, or the digits of the id.
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Name::Label(label) => OneLine(label).fmt(f),
            Name::Id(id) => write!(f, "{id}"),
        }
    }
}

impl From<&str> for Name {
    fn from(label: &str) -> Name {
        Name::Label(label.to_owned())
    }
}

impl From<&String> for Name {
    fn from(label: &String) -> Name {
        Name::Label(label.clone())
    }
}

impl From<String> for Name {
    fn from(label: String) -> Name {
        Name::Label(label)
    }
}

impl From<i64> for Name {
    fn from(id: i64) -> Name {
        Name::Id(id.into())
    }
}

/// A value and the line of the source it was written on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At<T> {
    /// What was written.
    pub value: T,
    /// The line, counted from 1; none where there is no source to point into (JSON, a builder).
    pub line: Option<usize>,
}

impl<T> At<T> {
    /// A value that was written on this line, counted from 1.
    pub fn on_line<V: Into<T>>(value: V, line: usize) -> At<T> {
        At {
            value: value.into(),
            line: Some(line),
        }
    }
}

impl<V: Into<Name>> From<V> for At<Name> {
    fn from(value: V) -> At<Name> {
        At {
            value: value.into(),
            line: None,
        }
    }
}

impl From<&str> for At<String> {
    fn from(value: &str) -> At<String> {
        At {
            value: value.to_owned(),
            line: None,
        }
    }
}

impl From<&&str> for At<String> {
    fn from(value: &&str) -> At<String> {
        (*value).into()
    }
}

impl From<&String> for At<String> {
    fn from(value: &String) -> At<String> {
        value.as_str().into()
    }
}

impl From<String> for At<String> {
    fn from(value: String) -> At<String> {
        At { value, line: None }
    }
}

impl From<Target> for At<Target> {
    fn from(value: Target) -> At<Target> {
        At { value, line: None }
    }
}

/// What a node does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Refreshes a materialized view.
    Refresh {
        /// The view's name; none where it is an expression whose value is not known yet.
        view: Option<String>,
    },
    /// Executes a saved query.
    Query {
        /// The query's id; none where it is an expression whose value is not known yet.
        id: Option<i128>,
    },
}

impl Target {
    /// The refresh of a view whose name is known.
    pub fn refresh(view: impl Into<String>) -> Target {
        Target::Refresh {
            view: Some(view.into()),
        }
    }

    /// The execution of a query whose id is known.
    pub fn query(id: impl Into<i128>) -> Target {
        Target::Query {
            id: Some(id.into()),
        }
    }
}

/// A node as declared, right or wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// What it is called.
    pub name: At<Name>,
    /// What it does. One of them is right; none and several are faults that [`check`](crate::check) names.
    pub targets: Vec<At<Target>>,
    /// The keys of the parameters it sets, in the order written.
    pub parameters: Vec<At<String>>,
    /// The nodes it waits for, in the order written.
    pub dependencies: Vec<At<Name>>,
}

/// Nodes that were declared together, under one name: who waits for it waits for all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// What they are called together. Each has a name of its own as well.
    pub name: At<Name>,
    /// The nodes by their index, as declared; there may be none.
    pub nodes: Range<usize>,
    /// Whether each of them waits for the one before it, which is among its [dependencies](Node::dependencies). Who waits for
    /// the group then waits for the last of them.
    pub in_turn: bool,
}

impl Node {
    /// A node that does nothing yet and waits for nothing.
    pub fn new(name: impl Into<At<Name>>) -> Node {
        Node {
            name: name.into(),
            targets: Vec::new(),
            parameters: Vec::new(),
            dependencies: Vec::new(),
        }
    }

    /// The same node, doing this (too).
    #[must_use]
    pub fn target(mut self, target: impl Into<At<Target>>) -> Node {
        self.targets.push(target.into());
        self
    }

    /// The same node, setting this parameter (too).
    #[must_use]
    pub fn parameter(mut self, key: impl Into<At<String>>) -> Node {
        self.parameters.push(key.into());
        self
    }

    /// The same node, waiting for this one (too).
    #[must_use]
    pub fn after(mut self, dependency: impl Into<At<Name>>) -> Node {
        self.dependencies.push(dependency.into());
        self
    }
}
