//! Where in the picture each slot stands: columns side by side, and in each the slots at the height of their neighbours,
//! as near as their order and the gaps between them let them be.

use super::columns::Columns;
use super::float;

/// Between two columns, for the arrows.
const BETWEEN: f64 = 64.0;
/// Between two boxes of a column.
const GAP: f64 = 18.0;
/// How often slots move towards their neighbours at the left and at the right.
const SWEEPS: usize = 4;

#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    pub(super) width: f64,
    pub(super) height: f64,
}

/// The places of all slots. The top left corner is 0, 0.
pub(super) struct Places {
    slots: Vec<Place>,
    pub(super) width: f64,
    pub(super) height: f64,
}

struct Place {
    left: f64,
    middle: f64,
    size: Size,
}

impl Places {
    /// Of nodes of these sizes.
    pub(super) fn of(columns: &Columns, sizes: &[Size]) -> Self {
        let lane = Size {
            width: 0.0,
            height: 0.0,
        };
        let slot = |slot| Place {
            left: 0.0,
            middle: 0.0,
            size: sizes.get(slot).copied().unwrap_or(lane),
        };
        let mut places = Self {
            slots: (0..columns.left.len()).map(slot).collect(),
            width: 0.0,
            height: 0.0,
        };
        places.across(columns);
        places.down(columns);
        places
    }

    pub(super) fn left_of(&self, slot: usize) -> (f64, f64) {
        let place = &self.slots[slot];
        (place.left, place.middle)
    }

    pub(super) fn right_of(&self, slot: usize) -> (f64, f64) {
        let place = &self.slots[slot];
        (place.left + place.size.width, place.middle)
    }

    pub(super) fn size_of(&self, slot: usize) -> Size {
        self.slots[slot].size
    }

    /// All boxes of a column are as wide as its widest.
    fn across(&mut self, columns: &Columns) {
        let mut left = 0.0;
        for column in &columns.columns {
            let widths = column.iter().map(|&slot| self.slots[slot].size.width);
            let width = widths.fold(0.0, f64::max);
            for &slot in column {
                self.slots[slot].left = left;
                self.slots[slot].size.width = width;
            }
            self.width = left + width;
            left += width + BETWEEN;
        }
    }

    fn down(&mut self, columns: &Columns) {
        for column in &columns.columns {
            let stacked = self.stacked(column);
            let half = stacked.last().copied().unwrap_or(0.0) / 2.0;
            for (&slot, middle) in column.iter().zip(stacked) {
                self.slots[slot].middle = middle - half;
            }
        }
        for _ in 0..SWEEPS {
            for column in &columns.columns {
                self.settle(column, &columns.left);
            }
            for column in columns.columns.iter().rev() {
                self.settle(column, &columns.right);
            }
        }
        let ends = |place: &Place| {
            let half = place.size.height / 2.0;
            (place.middle - half, place.middle + half)
        };
        let ends = self.slots.iter().map(ends);
        let (top, bottom) = ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(top, bottom), end| {
            (end.0.min(top), end.1.max(bottom))
        });
        if top > bottom {
            return;
        }
        self.height = bottom - top;
        for place in &mut self.slots {
            place.middle = (place.middle - top).round();
        }
    }

    /// How far below the first each slot of a column stands when they stand as near to one another as they may.
    fn stacked(&self, column: &[usize]) -> Vec<f64> {
        let mut at = 0.0;
        let mut above: Option<f64> = None;
        let place = |&slot: &usize| {
            let height = self.slots[slot].size.height;
            at += above.map_or(0.0, |above| f64::midpoint(above, height) + GAP);
            above = Some(height);
            at
        };
        column.iter().map(place).collect()
    }

    /// Moves the slots of a column to the mean height of their neighbours.
    fn settle(&mut self, column: &[usize], neighbours: &[Vec<usize>]) {
        let stacked = self.stacked(column);
        let wanted = column.iter().zip(&stacked).map(|(&slot, stacked)| {
            let near = &neighbours[slot];
            let wanted = if near.is_empty() {
                self.slots[slot].middle
            } else {
                let sum: f64 = near.iter().map(|&near| self.slots[near].middle).sum();
                sum / float(near.len())
            };
            wanted - stacked
        });
        let settled = rising(wanted.collect());
        for ((&slot, stacked), settled) in column.iter().zip(stacked).zip(settled) {
            self.slots[slot].middle = settled + stacked;
        }
    }
}

/// The numbers nearest to these, by the sum of squares, of which none is below the one before it: neighbours in the wrong order
/// are pooled and stand at their mean.
fn rising(wanted: Vec<f64>) -> Vec<f64> {
    let mut pools: Vec<(f64, usize)> = Vec::with_capacity(wanted.len());
    for mean in wanted {
        let mut pool = (mean, 1);
        while let Some(&(above, count)) = pools.last().filter(|(above, _)| *above > pool.0) {
            let sum = above * float(count) + pool.0 * float(pool.1);
            pool = (sum / float(count + pool.1), count + pool.1);
            pools.pop();
        }
        pools.push(pool);
    }
    let pools = pools.into_iter();
    pools
        .flat_map(|(mean, count)| std::iter::repeat_n(mean, count))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rises_stays_and_what_falls_meets_in_the_middle() {
        assert_eq!(rising(vec![1.0, 2.0, 3.0]), [1.0, 2.0, 3.0]);
        assert_eq!(rising(vec![3.0, 1.0]), [2.0, 2.0]);
        assert_eq!(
            rising(vec![0.0, 6.0, 3.0, 0.0, 9.0]),
            [0.0, 3.0, 3.0, 3.0, 9.0]
        );
    }
}
