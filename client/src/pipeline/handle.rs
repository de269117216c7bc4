//! Handles: what a node of a pipeline is called by in Rust, once the pipeline is built.
//! Small copies that know their node and their pipeline, so that a run can tell its own from another's.

use std::slice;
use std::sync::atomic::{AtomicU64, Ordering};

use dune_pipeline_graph::Group;

use super::draft::{First, Slot};
use super::group::{QueryNodes, RefreshNodes};

/// The node of a pipeline that refreshes a materialized view. It is a field of what `pipeline!` makes
/// (`daily.volume`), or comes from [`Pipeline::refresh`](crate::Pipeline::refresh).
///
/// Such a node returns no rows: a query that reads the view does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RefreshNode {
    id: i64,
    identity: Identity,
}

/// The node of a pipeline that executes a query. It is a field of what `pipeline!` makes (`daily.share`), or comes from
/// [`Pipeline::query`](crate::Pipeline::query). A run gives its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct QueryNode {
    id: i64,
    identity: Identity,
}

/// A handle of either kind.
// Not `Copy`, for groups are not, and what is said of one that stands where a node is meant is said under this trait.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no handle of a node",
    label = "no handle",
    note = "a handle is a field of what `pipeline!` makes, as `daily.share`, or comes from `pipeline.query(\"share\")`"
)]
pub trait NodeHandle: sealed::Sealed {
    /// The id that the node has in the pipeline's JSON.
    fn id(self) -> i64;
}

/// A handle whose node returns rows: a [`QueryNode`].
///
/// Asking any other for rows does not compile:
///
/// ```compile_fail,E0277
/// # fn rows<N: dune_pipeline::ReturnsRows>(_: N) {}
/// let daily = dune_pipeline::pipeline![volume = refresh("dune.acme.result_dex_daily")];
/// rows(daily.volume);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no query node, and returns no rows",
    label = "no query node",
    note = "rows come from nodes declared with `query(id)`: read a view in a query that comes `.after(..)` its refresh",
    note = "of a group, `get` gives a node if the group has it: `if let Some(node) = group.get(index)`"
)]
pub trait ReturnsRows: NodeHandle {}

impl ReturnsRows for QueryNode {}

impl RefreshNode {
    /// The id that the node has in the pipeline's JSON.
    pub fn id(self) -> i64 {
        self.id
    }
}

impl QueryNode {
    /// The id that the node has in the pipeline's JSON.
    pub fn id(self) -> i64 {
        self.id
    }
}

impl NodeHandle for RefreshNode {
    fn id(self) -> i64 {
        self.id
    }
}

impl NodeHandle for QueryNode {
    fn id(self) -> i64 {
        self.id
    }
}

/// Tells one pipeline from every other of this process; its clones are the same one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Identity(u64);

impl Identity {
    pub(super) fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// Makes the handles of one pipeline. An item of its list is meant by its place among them: which id its node has turns out
/// when the pipeline is built, and is another one where `..base` takes it in.
#[derive(Debug, Clone, Copy)]
pub struct Handles<'p> {
    pub(super) identity: Identity,
    pub(super) ids: &'p [i64],
    pub(super) groups: &'p [Group],
    pub(super) items: &'p [Slot],
    /// From where on the items mean nodes and groups.
    pub(super) first: First,
}

impl<'p> Handles<'p> {
    /// The handle of this item, a node that refreshes a view.
    pub fn refresh(self, item: usize) -> RefreshNode {
        self.refresh_with(self.id(item))
    }

    /// The handle of this item, a node that executes a query.
    pub fn query(self, item: usize) -> QueryNode {
        self.query_with(self.id(item))
    }

    /// The handles of this item, an `each` of nodes that refresh views.
    pub fn refreshes(self, item: usize) -> RefreshNodes {
        RefreshNodes::of(self.ids_of_each(item).map(|&id| self.refresh_with(id)))
    }

    /// The handles of this item, an `each` of nodes that execute queries.
    pub fn queries(self, item: usize) -> QueryNodes {
        QueryNodes::of(self.ids_of_each(item).map(|&id| self.query_with(id)))
    }

    /// The handles of the pipeline that this item took in, as nodes of this one.
    pub(super) fn of_base(self, item: usize) -> Handles<'p> {
        match self.items.get(item) {
            Some(Slot::Base { items, first }) => Handles {
                items,
                first: First {
                    node: self.first.node + first.node,
                    group: self.first.group + first.group,
                },
                ..self
            },
            _ => Handles { items: &[], ..self },
        }
    }

    pub(super) fn refresh_with(self, id: i64) -> RefreshNode {
        let identity = self.identity;
        RefreshNode { id, identity }
    }

    pub(super) fn query_with(self, id: i64) -> QueryNode {
        let identity = self.identity;
        QueryNode { id, identity }
    }

    /// The macro counts the items as it writes them down; one that were not there would get an id that no node can have.
    fn id(self, item: usize) -> i64 {
        let id = match self.items.get(item) {
            Some(Slot::Node(node)) => self.ids.get(self.first.node + node),
            _ => None,
        };
        id.copied().unwrap_or_default()
    }

    fn ids_of_each(self, item: usize) -> slice::Iter<'p, i64> {
        let group = match self.items.get(item) {
            Some(Slot::Group(group)) => self.groups.get(self.first.group + group),
            _ => None,
        };
        let ids = group.and_then(|group| self.ids.get(group.nodes.clone()));
        ids.unwrap_or_default().iter()
    }
}

pub(crate) mod sealed {
    use super::{Identity, QueryNode, RefreshNode};

    pub trait Sealed {
        /// Which pipeline the handle belongs to.
        #[doc(hidden)]
        fn identity(&self) -> Identity;
    }

    impl Sealed for RefreshNode {
        fn identity(&self) -> Identity {
            self.identity
        }
    }

    impl Sealed for QueryNode {
        fn identity(&self) -> Identity {
            self.identity
        }
    }
}
