//! Which node another stands under in the tree: the nearest one without which it cannot run.
//! (Its immediate dominator, in the words of compilers, found in one walk because the nodes stand in an order to run in.)

use super::Drawing;

/// The node that each stands under, by its place in the drawing; none for those that stand at the margin.
///
/// A node that waits for one stands under that one. A node that waits for several stands under the nearest node that all of
/// them come after, or under none where there is no such node. So whatever stands under a node runs after it, and whatever
/// reaches into a subtree from outside goes to its topmost node: written from the top down, every node comes after all
/// that it waits for.
pub(super) fn parents(drawing: &Drawing) -> Vec<Option<usize>> {
    let mut forest = Forest::default();
    for node in &drawing.nodes {
        let mut after = node.after.iter().map(|&on| on + 1);
        let first = after.next().unwrap_or(ROOT);
        let parent = after.fold(first, |met, on| forest.meet(met, on));
        forest.grow(parent);
    }
    let parents = forest.nodes.iter().skip(1);
    parents.map(|node| node.parent.checked_sub(1)).collect()
}

/// The one that all others stand under, and that is not drawn.
const ROOT: usize = 0;

/// A tree that grows by leaves and in which one can go far up in few steps: each node knows, besides its parent, one
/// ancestor at a distance that doubles the further down it is, so that a chain of a million nodes costs twenty steps.
struct Forest {
    nodes: Vec<Grown>,
}

#[derive(Clone, Copy)]
struct Grown {
    parent: usize,
    ancestor: usize,
    depth: usize,
}

impl Default for Forest {
    fn default() -> Self {
        let root = Grown {
            parent: ROOT,
            ancestor: ROOT,
            depth: 0,
        };
        Self { nodes: vec![root] }
    }
}

impl Forest {
    fn grow(&mut self, parent: usize) {
        let above = self.nodes[parent];
        let far = self.nodes[above.ancestor];
        let farther = self.nodes[far.ancestor];
        let ancestor = if above.depth - far.depth == far.depth - farther.depth {
            far.ancestor
        } else {
            parent
        };
        self.nodes.push(Grown {
            parent,
            ancestor,
            depth: above.depth + 1,
        });
    }

    /// The deepest node that both stand under, or are.
    fn meet(&self, a: usize, b: usize) -> usize {
        let (mut a, mut b) = (
            self.up_to(a, self.nodes[b].depth),
            self.up_to(b, self.nodes[a].depth),
        );
        while a != b {
            let (left, right) = (self.nodes[a], self.nodes[b]);
            // Of the same depth, so that their far ancestors are of the same depth too.
            (a, b) = if left.ancestor == right.ancestor {
                (left.parent, right.parent)
            } else {
                (left.ancestor, right.ancestor)
            };
        }
        a
    }

    fn up_to(&self, mut node: usize, depth: usize) -> usize {
        while self.nodes[node].depth > depth {
            let here = self.nodes[node];
            node = if self.nodes[here.ancestor].depth >= depth {
                here.ancestor
            } else {
                here.parent
            };
        }
        node
    }
}
