//! Handles: what a node of a pipeline is called by in Rust, once the pipeline is built.
//! Small copies that know their node and their pipeline, so that a run can tell its own from another's.

use std::sync::atomic::{AtomicU64, Ordering};

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
pub trait NodeHandle: sealed::Sealed + Copy {
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
    message = "this node refreshes a view; it returns no rows",
    label = "`{Self}` returns no rows",
    note = "rows come from nodes declared with `query(id)`: read the view in a query that comes `.after(..)` its refresh"
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

/// Makes the handles of one pipeline.
#[derive(Debug, Clone, Copy)]
pub struct Handles {
    pub(super) identity: Identity,
}

impl Handles {
    /// The handle of the node with this id, which refreshes a view.
    pub fn refresh(self, id: i64) -> RefreshNode {
        let identity = self.identity;
        RefreshNode { id, identity }
    }

    /// The handle of the node with this id, which executes a query.
    pub fn query(self, id: i64) -> QueryNode {
        let identity = self.identity;
        QueryNode { id, identity }
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
