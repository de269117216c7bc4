//! What is often handed over where one query node is needed, and is none: rustc then speaks of it, and not of refreshes.
//! The traits here are implemented for nothing; their bounds are there to be missed.

use super::group::{QueryNodes, RefreshNodes};
use super::handle::{NodeHandle, ReturnsRows};

/// A group in the place of one of its nodes.
#[diagnostic::on_unimplemented(
    message = "a group of nodes stands where one query node is needed",
    label = "these are the nodes of an `each`",
    note = "ask for all with `run.rows_of_each(&group)`, or for one of those that `group.iter()` and `group.get(index)` give"
)]
pub trait OneOfGroup: NodeHandle {}

/// A node that may be none.
#[diagnostic::on_unimplemented(
    message = "this node may not be there: it is an `Option`",
    label = "`get` gives `None` where there is no such node",
    note = "take it out first: `if let Some(node) = group.get(index)`"
)]
pub trait SurelyThere: NodeHandle {}

/// The groups that there are.
pub trait Group {}

impl Group for QueryNodes {}
impl Group for RefreshNodes {}
impl<G: Group> Group for &G {}

impl<G: Group + OneOfGroup> ReturnsRows for G {}
impl<N: NodeHandle> ReturnsRows for Option<N> where Option<N>: SurelyThere {}
