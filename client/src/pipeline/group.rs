//! `each`: one node for each item, and the handle that names all of them in order.

use std::iter::Copied;
use std::slice;
use std::sync::Arc;
use std::vec;

use dune_pipeline_graph::{At, Group, Name};

use super::draft::{Declaration, Draft, Slot};
use super::handle::{QueryNode, RefreshNode};
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
///     share = each(chains, |chain| query(3101).parameters(blockchain = chain).after(volume)),
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
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct QueryNodes(Arc<[QueryNode]>);

/// The nodes that one `each` of `pipeline!` declares where each refreshes a view, in the order of its items. It is a field of
/// what the macro makes, or comes from [`Pipeline::refreshes`](crate::Pipeline::refreshes).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RefreshNodes(Arc<[RefreshNode]>);

macro_rules! groups {
    ($($group:ident of $node:ident),*) => {$(
        impl $group {
            pub(super) fn of(nodes: impl Iterator<Item = $node>) -> Self {
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
            pub fn get(&self, index: usize) -> Option<$node> {
                self.0.get(index).copied()
            }

            /// The nodes in the order of the items.
            pub fn iter(&self) -> Copied<slice::Iter<'_, $node>> {
                self.0.iter().copied()
            }
        }

        impl IntoIterator for $group {
            type Item = $node;
            type IntoIter = vec::IntoIter<$node>;

            fn into_iter(self) -> Self::IntoIter {
                self.0.to_vec().into_iter()
            }
        }

        impl<'g> IntoIterator for &'g $group {
            type Item = $node;
            type IntoIter = Copied<slice::Iter<'g, $node>>;

            fn into_iter(self) -> Self::IntoIter {
                self.iter()
            }
        }
    )*};
}
groups!(QueryNodes of QueryNode, RefreshNodes of RefreshNode);

impl Draft {
    /// Begins a group of nodes, which [`member`](Self::member) adds to.
    pub(super) fn each(&mut self, name: At<Name>) {
        let start = self.nodes.len();
        self.slots.push(Slot::Group(self.groups.len()));
        self.groups.push(Group {
            name,
            nodes: start..start,
        });
    }

    /// One more node of the group that was begun last. Its kind is written on this line.
    pub(super) fn member(&mut self, line: Option<usize>, spec: NodeSpec) {
        let Some(group) = self.groups.last_mut() else {
            return;
        };
        let name = At {
            value: Name::Label(format!("{}[{}]", group.name.value, group.nodes.len())),
            line: group.name.line,
        };
        self.nodes.push(Declaration { name, line, spec });
        group.nodes.end = self.nodes.len();
    }
}
