//! Which node stands under which in the live view: under the nearest one without which it cannot run, as in the drawings
//! of the client. It is made when the nodes of a run are known, and stays while their states change.

use std::collections::{HashMap, HashSet};

use dune_pipeline::RunStatus;

/// How many levels are indented; what lies deeper stands at the last of them.
const LEVELS: usize = 10;

/// A row of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// The node, by its place in the status.
    pub(crate) node: usize,
    /// What stands before its name.
    pub(crate) branch: String,
}

/// The nodes of a status, each below all that it waits for.
pub(crate) fn rows(status: &RunStatus) -> Vec<Row> {
    let nodes = status.nodes();
    let places: HashMap<i64, usize> = nodes.iter().map(|node| node.id()).zip(0..).collect();
    let after = nodes.iter().map(|node| {
        let ids = node.dependencies().iter();
        ids.filter_map(|id| places.get(id).copied()).collect()
    });
    lay(&after.collect::<Vec<_>>())
}

/// Rows for nodes that wait for these.
fn lay(after: &[Vec<usize>]) -> Vec<Row> {
    let mut parents: Vec<Option<usize>> = vec![None; after.len()];
    let mut depths = vec![0_usize; after.len()];
    let (order, ring) = in_order(after);
    let mut children = vec![Vec::new(); after.len()];
    let mut roots = Vec::new();
    for &node in &order {
        let mut on = after.get(node).into_iter().flatten().copied();
        let first = on.next();
        let parent = on.fold(first, |met, on| meet(&parents, &depths, met, Some(on)));
        match parent.filter(|_| !ring.contains(&node)) {
            Some(parent) => {
                let depth = get(&depths, parent) + 1;
                set(&mut depths, node, depth);
                if let Some(children) = children.get_mut(parent) {
                    children.push(node);
                }
                set(&mut parents, node, Some(parent));
            }
            None => roots.push(node),
        }
    }
    let mut rows = Vec::with_capacity(after.len());
    let mut stack = Vec::new();
    push(&mut stack, &roots, 0, "");
    while let Some(next) = stack.pop() {
        let (corner, bar) = match (next.level, next.last) {
            (0, _) => ("", ""),
            (_, false) => ("├─ ", "│  "),
            (_, true) => ("└─ ", "   "),
        };
        let below = match next.level < LEVELS {
            true => format!("{}{bar}", next.bars),
            false => next.bars.clone(),
        };
        rows.push(Row {
            node: next.node,
            branch: format!("{}{corner}", next.bars),
        });
        let under = children.get(next.node).map_or(&[][..], Vec::as_slice);
        push(&mut stack, under, next.level + 1, &below);
    }
    rows
}

/// The nodes, each after those it waits for, and those that wait for themselves in a ring, which come last. Dune runs no
/// pipeline that has one, but whoever draws should not depend on it.
fn in_order(after: &[Vec<usize>]) -> (Vec<usize>, HashSet<usize>) {
    let mut missing: Vec<usize> = after.iter().map(Vec::len).collect();
    let mut waiting = vec![Vec::new(); after.len()];
    for (node, on) in after.iter().enumerate() {
        for &on in on {
            if let Some(waiting) = waiting.get_mut(on) {
                waiting.push(node);
            }
        }
    }
    let free = missing.iter().enumerate().filter(|(_, count)| **count == 0);
    let mut order: Vec<usize> = free.map(|(node, _)| node).collect();
    let mut next = 0;
    while let Some(&node) = order.get(next) {
        next += 1;
        for &waiter in waiting.get(node).into_iter().flatten() {
            let left = get(&missing, waiter).saturating_sub(1);
            set(&mut missing, waiter, left);
            if left == 0 {
                order.push(waiter);
            }
        }
    }
    let ring = (0..after.len()).filter(|node| get(&missing, *node) > 0);
    let ring: HashSet<usize> = ring.collect();
    order.extend(&ring);
    (order, ring)
}

/// The deepest node that both stand under, or are.
fn meet(
    parents: &[Option<usize>],
    depths: &[usize],
    a: Option<usize>,
    b: Option<usize>,
) -> Option<usize> {
    let (mut a, mut b) = (a?, b?);
    let up = |node: usize| parents.get(node).copied().flatten();
    while a != b {
        let (above, below) = (get(depths, a), get(depths, b));
        if above >= below {
            a = up(a)?;
        }
        if below >= above {
            b = up(b)?;
        }
    }
    Some(a)
}

fn get(values: &[usize], at: usize) -> usize {
    values.get(at).copied().unwrap_or_default()
}

fn set<T>(values: &mut [T], at: usize, value: T) {
    if let Some(place) = values.get_mut(at) {
        *place = value;
    }
}

struct Next {
    node: usize,
    level: usize,
    bars: String,
    last: bool,
}

/// The first of them on top.
fn push(stack: &mut Vec<Next>, nodes: &[usize], level: usize, bars: &str) {
    let last = nodes.len().saturating_sub(1);
    let next = nodes.iter().enumerate().rev().map(|(i, &node)| Next {
        node,
        level,
        bars: bars.to_owned(),
        last: i == last,
    });
    stack.extend(next);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(after: &[Vec<usize>]) -> Vec<String> {
        let rows = lay(after).into_iter();
        rows.map(|row| format!("{}{}", row.branch, row.node))
            .collect()
    }

    #[test]
    fn a_node_stands_under_the_one_it_waits_for_and_below_all_of_several() {
        let diamond = [vec![], vec![0], vec![0], vec![1, 2], vec![], vec![3, 4]];
        assert_eq!(drawn(&diamond), ["0", "├─ 1", "├─ 2", "└─ 3", "4", "5"]);
    }

    #[test]
    fn nodes_listed_before_what_they_wait_for_are_drawn_below_it() {
        assert_eq!(drawn(&[vec![2], vec![0], vec![]]), ["2", "└─ 0", "   └─ 1"]);
    }

    #[test]
    fn a_long_chain_is_indented_to_a_bound_and_a_ring_is_no_trap() {
        let chain: Vec<Vec<usize>> = (0..2_000)
            .map(|node: usize| node.checked_sub(1).into_iter().collect())
            .collect();
        let rows = lay(&chain);
        assert_eq!(rows.len(), 2_000);
        assert!(
            rows.iter()
                .all(|row| row.branch.chars().count() <= 3 * (LEVELS + 1))
        );
        assert_eq!(lay(&[vec![1], vec![0], vec![7]]).len(), 3);
    }
}
