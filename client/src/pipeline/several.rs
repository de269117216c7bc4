//! A group where one node is meant. It "implements" the traits of handles under a bound that nothing meets, for then the compiler
//! tells the bound's own message. Every such impl is also listed as a type that could stand there, so nothing else has one.

use super::group::NodeGroup;
use super::handle::sealed::Sealed;
use super::handle::{Identity, NodeHandle, ReturnsRows};

/// What is asked for. The bounds are on it, for one on the type itself would not be told.
pub struct OneNode;

/// Never implemented.
#[diagnostic::on_unimplemented(
    message = "`{T}` is the handle of several nodes, and one is meant here",
    label = "several nodes",
    note = "one of them, by the place of its item: `if let Some(node) = group.get(index)`, or `for node in &group`",
    note = "all of them: `run.rows_of_each(&group)` for rows, `status.nodes_of(&group)` for how they stand"
)]
pub trait SeveralNodes<T> {
    /// Cannot be called.
    fn never<A>() -> A;
}

// Written out, for of a macro's the compiler would speak. As in `parameter/refused.rs`, the bounds are for all lifetimes.

impl<N> Sealed for NodeGroup<N>
where
    for<'a> OneNode: SeveralNodes<NodeGroup<N>>,
{
    fn identity(&self) -> Identity {
        <OneNode as SeveralNodes<NodeGroup<N>>>::never()
    }
}

#[doc(hidden)]
impl<N> NodeHandle for NodeGroup<N>
where
    for<'a> OneNode: SeveralNodes<NodeGroup<N>>,
{
    fn id(self) -> i64 {
        <OneNode as SeveralNodes<NodeGroup<N>>>::never()
    }
}

#[doc(hidden)]
impl<N> ReturnsRows for NodeGroup<N> where for<'a> OneNode: SeveralNodes<NodeGroup<N>> {}

impl<N> Sealed for &NodeGroup<N>
where
    for<'a> OneNode: SeveralNodes<NodeGroup<N>>,
{
    fn identity(&self) -> Identity {
        <OneNode as SeveralNodes<NodeGroup<N>>>::never()
    }
}

#[doc(hidden)]
impl<N> NodeHandle for &NodeGroup<N>
where
    for<'a> OneNode: SeveralNodes<NodeGroup<N>>,
{
    fn id(self) -> i64 {
        <OneNode as SeveralNodes<NodeGroup<N>>>::never()
    }
}

#[doc(hidden)]
impl<N> ReturnsRows for &NodeGroup<N> where for<'a> OneNode: SeveralNodes<NodeGroup<N>> {}
