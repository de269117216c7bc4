//! `each`: one node for each item, and the handle that names all of them in order.

use std::iter::Copied;
use std::slice;
use std::sync::Arc;
use std::vec;

use dune_pipeline_graph::{At, Group, Name};

use super::draft::{Declaration, Draft, Slot};
use super::handle::{NodeHandle, QueryNode, RefreshNode};
use super::node::NodeSpec;

/// The query nodes that one `each` of `pipeline!` declares, in the order of its items. It is a field of what the macro makes
/// (`daily.share`), or comes from [`Pipeline::queries`](crate::Pipeline::queries).
///
/// [`Run::rows_of_each`](crate::Run::rows_of_each) gives the rows of all, [`Run::rows`](crate::Run::rows) those of one:
///
/// ```no_run
/// use dune_pipeline::{Dune, pipeline};
///
/// # #[derive(serde::Deserialize)] struct Share {}
/// # async fn example() -> Result<(), dune_pipeline::Error> {
/// let chains = ["ethereum", "base"];
/// let daily = pipeline![
///     volume = refresh("dune.acme.result_dex_daily"),
///     share = each(chains, |chain| {
///         query(3101).parameters(blockchain = chain).after(volume)
///     }),
/// ];
/// let run = Dune::from_env()?.execute(&daily).await?;
/// run.wait().await?;
/// for (chain, node) in chains.iter().zip(&daily.share) {
///     let rows: Vec<Share> = run.rows(node).await?;
///     println!("{chain}: {} rows", rows.len());
/// }
/// let all: Vec<Vec<Share>> = run.rows_of_each(&daily.share).await?;
/// # Ok(())
/// # }
/// ```
pub type QueryNodes = NodeGroup<QueryNode>;

/// The nodes that one `each` of `pipeline!` declares where each refreshes a view, in the order of its items. It is a field of
/// what the macro makes, or comes from [`Pipeline::refreshes`](crate::Pipeline::refreshes).
pub type RefreshNodes = NodeGroup<RefreshNode>;

/// The nodes that one `each` declares, in the order of its items: [`QueryNodes`] or [`RefreshNodes`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NodeGroup<N>(Arc<[N]>);

impl<N: NodeHandle + Copy> NodeGroup<N> {
    pub(super) fn of(nodes: impl Iterator<Item = N>) -> Self {
        Self(nodes.collect())
    }

    /// How many there are: as many as the items that were gone through, and maybe none.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The node of an item, counted from 0.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<N> {
        self.0.get(index).copied()
    }

    /// The nodes in the order of the items.
    pub fn iter(&self) -> Copied<slice::Iter<'_, N>> {
        self.0.iter().copied()
    }
}

impl<N: NodeHandle + Copy> IntoIterator for NodeGroup<N> {
    type Item = N;
    type IntoIter = vec::IntoIter<N>;

    fn into_iter(self) -> Self::IntoIter {
        Vec::from(&*self.0).into_iter()
    }
}

impl<'g, N: NodeHandle + Copy> IntoIterator for &'g NodeGroup<N> {
    type Item = N;
    type IntoIter = Copied<slice::Iter<'g, N>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// What `each` and `in_turn` can go through, for items of this type: whatever a `for` can.
// The type of an item is a parameter, for by an associated one rustc would tell of the same mistake three times.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no list of items",
    label = "nothing to go through",
    note = "`each` and `in_turn` make a node of each item of a list, a range or another iterator, or of what is in an `Option`"
)]
pub trait Items<T> {
    /// All of them, in order.
    fn collected(self) -> Vec<T>;
}

impl<I: IntoIterator> Items<I::Item> for I {
    fn collected(self) -> Vec<I::Item> {
        self.into_iter().collect()
    }
}

impl Draft {
    /// Begins a group of nodes, which [`member`](Self::member) adds to. In turn, each waits for the one before it.
    pub(super) fn each(&mut self, name: At<Name>, in_turn: bool) {
        let start = self.nodes.len();
        self.slots.push(Slot::Group(self.groups.len()));
        self.groups.push(Group {
            name,
            nodes: start..start,
            in_turn,
        });
    }

    /// One more node of the group that was begun last. Its kind is written on this line.
    pub(super) fn member(&mut self, line: Option<usize>, mut spec: NodeSpec) {
        let Some(group) = self.groups.last_mut() else {
            return;
        };
        let name = At {
            value: Name::Label(format!("{}[{}]", group.name.value, group.nodes.len())),
            line: group.name.line,
        };
        if group.in_turn
            && !group.nodes.is_empty()
            && let Some(before) = self.nodes.last()
        {
            spec.wait_for(&before.name);
        }
        self.nodes.push(Declaration { name, line, spec });
        group.nodes.end = self.nodes.len();
    }
}
