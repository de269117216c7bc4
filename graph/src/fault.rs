//! What can be wrong with a pipeline, where, and with which names in it.
//! The sentences made of it are in `words`.

use std::slice;

use crate::{Name, ViewFault};

/// A part of a node that a fault is at. In the order in which a node's faults are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// What the node is called.
    Name,
    /// What it does: the index into [`Node::targets`](crate::Node::targets).
    Target(usize),
    /// A parameter it sets: the index into [`Node::parameters`](crate::Node::parameters).
    Parameter(usize),
    /// What it waits for: the index into [`Node::dependencies`](crate::Node::dependencies).
    Dependency(usize),
}

/// Where in a pipeline a fault is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The index of the node, as declared.
    pub node: usize,
    /// The part of that node.
    pub part: Part,
}

/// The kinds of nodes there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Refreshes a materialized view.
    Refresh,
    /// Executes a saved query.
    Query,
}

/// The first few of a pipeline's nodes, and how many more it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// The first of them, at most [`names::SHOWN`](crate::names::SHOWN).
    pub shown: Vec<Name>,
    /// How many others there are.
    pub others: usize,
}

/// A step of a ring: the node waits for the one of the next step, and the last one's for the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// The index of the waiting node, as declared.
    pub node: usize,
    /// Which of its dependencies is meant: the index into [`Node::dependencies`](crate::Node::dependencies).
    pub dependency: usize,
    /// What the waiting node is called.
    pub name: Name,
    /// The line that dependency is written on.
    pub line: Option<usize>,
}

/// A rule that a pipeline breaks, with the names and lines that tell how.
/// Its sentences come from [`headline`](Rule::headline), [`notes`](Rule::notes) and [`help`](Rule::help).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rule {
    /// A pipeline has nodes.
    Empty,
    /// A label is not empty.
    EmptyLabel,
    /// The id of a node is between 1 and [`i64::MAX`].
    NodeId {
        /// The id as written.
        id: i128,
    },
    /// A name stands for one node.
    DeclaredTwice {
        /// The name.
        name: Name,
        /// The index of the node that has it already.
        first: usize,
        /// The line that one is written on.
        line: Option<usize>,
    },
    /// A node does something.
    NoKind {
        /// The node that does not.
        node: Name,
    },
    /// A node does one thing.
    TwoKinds {
        /// The node that does two.
        node: Name,
        /// What it did already, and the line of it.
        first: (Kind, Option<usize>),
        /// What it does as well, and the line of it.
        second: (Kind, Option<usize>),
    },
    /// The name of a view has one part or three and no blanks.
    ViewName {
        /// The name as written.
        view: String,
        /// What is wrong with it.
        fault: ViewFault,
    },
    /// The id of a query is between 1 and [`i64::MAX`].
    QueryId {
        /// The id as written.
        id: i128,
    },
    /// A view is refreshed by one node.
    RefreshedTwice {
        /// The view, as the second node writes it.
        view: String,
        /// The node that refreshes it already.
        by: Name,
        /// The line of that refresh.
        line: Option<usize>,
    },
    /// The key of a parameter is not empty.
    EmptyKey,
    /// A parameter is set once.
    ParameterTwice {
        /// The key of the parameter.
        key: String,
        /// The line it is first set on.
        line: Option<usize>,
    },
    /// A dependency is a node of the same pipeline.
    Dangling {
        /// What is called for and not there.
        name: Name,
        /// The node that was probably meant.
        nearest: Option<Name>,
        /// The line that one is written on.
        line: Option<usize>,
        /// The nodes that are there.
        declared: Declared,
    },
    /// A member of a group that is waited for is there: `volume[8]` of eight is not.
    NoMember {
        /// What the group is called.
        group: Name,
        /// What is asked for, counted from 0.
        index: String,
        /// How many members there are.
        members: usize,
    },
    /// Only a group has members.
    NoGroup {
        /// The node that is one node.
        node: Name,
    },
    /// A node does not wait for itself.
    DependsOnItself {
        /// The node that does.
        node: Name,
    },
    /// A dependency is written once.
    DependsTwice {
        /// The node that writes it twice.
        node: Name,
        /// The dependency.
        on: Name,
        /// The line it is first written on.
        line: Option<usize>,
    },
    /// Nodes do not wait for each other in a ring.
    Cycle {
        /// The ring, from the first declared of its nodes on.
        ring: Vec<Edge>,
    },
}

/// A broken rule and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where it is; none where it is the pipeline as a whole.
    pub place: Option<Place>,
    /// Which rule is broken, and how.
    pub rule: Rule,
}

impl Fault {
    /// One line: what is wrong, in the names of whoever wrote it.
    pub fn headline(&self) -> String {
        self.rule.headline()
    }

    /// Why, one line each, with the lines of the source where they are known.
    pub fn notes(&self) -> Vec<String> {
        self.rule.notes()
    }

    /// What to do about it.
    pub fn help(&self) -> Option<String> {
        self.rule.help()
    }
}

/// Everything that is wrong with a pipeline, sorted by place; at least one fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults(pub(crate) Vec<Fault>);

impl Faults {
    /// The faults by place.
    pub fn iter(&self) -> slice::Iter<'_, Fault> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a Faults {
    type Item = &'a Fault;
    type IntoIter = slice::Iter<'a, Fault>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for Faults {
    type Item = Fault;
    type IntoIter = std::vec::IntoIter<Fault>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
