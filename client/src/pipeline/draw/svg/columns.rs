//! Which column each node stands in and in which order from the top, so that few arrows cross: the layers and the
//! barycentres of Sugiyama's method. An arrow over several columns has a lane of its own through those between.

use super::float;

/// How often the order is worked over, from the left and from the right.
const SWEEPS: usize = 6;
/// How much way in lanes all arrows have together, for each node and dependency. The longest beyond it run straight.
const WAY: usize = 6;

/// Nodes and lanes in columns. Both are slots; the first slots are the nodes.
pub(super) struct Columns {
    /// The slots of each column from the top down.
    pub(super) columns: Vec<Vec<usize>>,
    /// The neighbours of each slot in the column before its own.
    pub(super) left: Vec<Vec<usize>>,
    /// The neighbours of each slot in the column behind its own.
    pub(super) right: Vec<Vec<usize>>,
    pub(super) routes: Vec<Route>,
}

/// The way of an arrow from a node to one that waits for it.
pub(super) struct Route {
    pub(super) from: usize,
    pub(super) to: usize,
    /// Through the columns between them, from the left.
    pub(super) lanes: Vec<usize>,
}

impl Columns {
    /// Of what each node waits for; nodes come after what they wait for.
    pub(super) fn of(after: &[&[usize]]) -> Self {
        let mut columns = Self::new(after);
        columns.untangle();
        columns
    }

    fn new(after: &[&[usize]]) -> Self {
        let nodes = after.len();
        let mut column_of: Vec<usize> = Vec::with_capacity(nodes);
        for on in after {
            let column = on.iter().map(|&on| column_of[on] + 1).max();
            column_of.push(column.unwrap_or(0));
        }
        let mut routes: Vec<Route> = Vec::new();
        for (to, on) in after.iter().enumerate() {
            routes.extend(on.iter().map(|&from| Route {
                from,
                to,
                lanes: Vec::new(),
            }));
        }
        let mut made = Self {
            columns: Vec::new(),
            left: vec![Vec::new(); nodes],
            right: vec![Vec::new(); nodes],
            routes: Vec::new(),
        };
        // Lanes are given out from the shortest arrow on. All arrows of a node share the lane that leads away from it.
        let span = |route: &Route| column_of[route.to] - column_of[route.from];
        let mut shortest_first: Vec<usize> = (0..routes.len()).collect();
        shortest_first.sort_by_key(|&route| span(&routes[route]));
        let mut way = WAY * (nodes + routes.len());
        let mut lanes: Vec<Vec<usize>> = vec![Vec::new(); nodes];
        // Lanes are kept beside what they start from.
        let mut origin: Vec<usize> = (0..nodes).collect();
        let mut slot_column = column_of.clone();
        for route in shortest_first {
            let between = span(&routes[route]) - 1;
            let Route { from, to, .. } = routes[route];
            let Some(rest) = way.checked_sub(between) else {
                break;
            };
            way = rest;
            while lanes[from].len() < between {
                let before = lanes[from].last().copied().unwrap_or(from);
                let slot = made.left.len();
                made.left.push(vec![before]);
                made.right.push(Vec::new());
                made.right[before].push(slot);
                slot_column.push(slot_column[before] + 1);
                origin.push(from);
                lanes[from].push(slot);
            }
            let taken = &lanes[from][..between];
            let before = taken.last().copied().unwrap_or(from);
            made.right[before].push(to);
            made.left[to].push(before);
            routes[route].lanes = taken.to_vec();
        }
        made.routes = routes;
        made.columns = vec![Vec::new(); column_of.iter().max().map_or(0, |last| last + 1)];
        let mut slots: Vec<usize> = (0..slot_column.len()).collect();
        slots.sort_by_key(|&slot| origin[slot]);
        for slot in slots {
            made.columns[slot_column[slot]].push(slot);
        }
        made
    }

    /// Works over the order from the left and from the right, and keeps the best.
    fn untangle(&mut self) {
        let mut position = vec![0; self.left.len()];
        for column in &self.columns {
            number(column, &mut position);
        }
        let mut fewest = self.crossings(&position);
        let mut best = self.columns.clone();
        for _ in 0..SWEEPS {
            if fewest == 0 {
                break;
            }
            for column in &mut self.columns {
                arrange(column, &self.left, &mut position);
            }
            for column in self.columns.iter_mut().rev() {
                arrange(column, &self.right, &mut position);
            }
            let crossings = self.crossings(&position);
            if crossings < fewest {
                fewest = crossings;
                best.clone_from(&self.columns);
            }
        }
        self.columns = best;
    }

    fn crossings(&self, position: &[usize]) -> u64 {
        let columns = self.columns.windows(2);
        let crossings = columns.map(|pair| match pair {
            [left, right] => {
                let ends = left.iter().flat_map(|&slot| {
                    let mut ends: Vec<usize> =
                        self.right[slot].iter().map(|&to| position[to]).collect();
                    ends.sort_unstable();
                    ends
                });
                inversions(ends, right.len())
            }
            _ => 0,
        });
        crossings.sum()
    }
}

/// Each slot to the mean of its neighbours; those without stay about where they are.
fn arrange(column: &mut [usize], neighbours: &[Vec<usize>], position: &mut [usize]) {
    let mean = |slot: usize| match neighbours[slot].as_slice() {
        [] => float(position[slot]),
        near => near.iter().map(|&near| float(position[near])).sum::<f64>() / float(near.len()),
    };
    let mut keyed: Vec<(f64, usize)> = column.iter().map(|&slot| (mean(slot), slot)).collect();
    keyed.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    for (place, (_, slot)) in column.iter_mut().zip(keyed) {
        *place = slot;
    }
    number(column, position);
}

fn number(column: &[usize], position: &mut [usize]) {
    for (i, &slot) in column.iter().enumerate() {
        position[slot] = i;
    }
}

/// How many pairs stand in the wrong order, of numbers below `bound`, by a Fenwick tree.
fn inversions(numbers: impl Iterator<Item = usize>, bound: usize) -> u64 {
    let mut tree = vec![0_u64; bound + 1];
    let mut found = 0;
    for (seen, number) in (0_u64..).zip(numbers) {
        let mut not_greater = 0;
        let mut i = number + 1;
        while i > 0 {
            not_greater += tree[i];
            i &= i - 1;
        }
        found += seen - not_greater;
        let mut i = number + 1;
        while i <= bound {
            tree[i] += 1;
            i += i & i.wrapping_neg();
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_stands_right_of_all_it_waits_for() {
        let columns = Columns::of(&[&[], &[0], &[], &[1, 2]]);
        assert_eq!(columns.columns.len(), 3);
        let column_of = |slot| {
            columns
                .columns
                .iter()
                .position(|column| column.contains(&slot))
        };
        assert_eq!(
            [0, 1, 2, 3].map(column_of),
            [Some(0), Some(1), Some(0), Some(2)]
        );
        let route = &columns.routes[2];
        assert_eq!((route.from, route.to, route.lanes.len()), (2, 3, 1));
    }

    #[test]
    fn arrows_that_need_not_cross_do_not() {
        // Two pairs, declared crosswise.
        let after: [&[usize]; 4] = [&[], &[], &[1], &[0]];
        let columns = Columns::of(&after);
        assert_eq!(columns.columns, [[0, 1], [3, 2]]);
    }

    #[test]
    fn inversions_are_counted() {
        assert_eq!(inversions([0, 1, 2].into_iter(), 3), 0);
        assert_eq!(inversions([2, 1, 0].into_iter(), 3), 3);
        assert_eq!(inversions([1, 1, 0, 0].into_iter(), 2), 4);
    }

    #[test]
    fn lanes_grow_with_the_pipeline_and_not_with_its_square() {
        // A chain whose first node every other waits for as well.
        let size = 2_000;
        let after: Vec<Vec<usize>> = (0..size)
            .map(|i: usize| match i {
                0 => vec![],
                1 => vec![0],
                _ => vec![i - 1, 0],
            })
            .collect();
        let after: Vec<&[usize]> = after.iter().map(Vec::as_slice).collect();
        let columns = Columns::of(&after);
        let way: usize = columns.routes.iter().map(|route| route.lanes.len()).sum();
        assert!(way <= WAY * 3 * size, "{way}");
        assert_eq!(columns.routes.len(), 2 * size - 3);
    }
}
