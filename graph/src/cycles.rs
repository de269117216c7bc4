//! Which nodes wait for each other in a ring, and in which order the others can run.
//! One walk answers both; it keeps its own stack, so that no chain is too deep for it.

/// A graph's nodes, each after the ones it waits for, and those that wait for each other in one group.
pub(crate) struct Components {
    /// Every node once. A group's nodes stand side by side; where nothing forces another order, nodes stand as declared.
    pub(crate) order: Vec<usize>,
    /// The number of each node's group, in the order they were closed in.
    group: Vec<usize>,
    /// How many nodes each group has; most have one.
    sizes: Vec<usize>,
}

impl Components {
    /// The groups of two nodes or more: each holds a ring. The nodes of a group as declared.
    pub(crate) fn rings(&self) -> Vec<Vec<usize>> {
        let mut rings: Vec<Vec<usize>> = Vec::new();
        // Not one for each group: most have one node.
        let mut number = vec![usize::MAX; self.sizes.len()];
        for (group, &size) in self.sizes.iter().enumerate() {
            if size > 1 {
                number[group] = rings.len();
                rings.push(Vec::with_capacity(size));
            }
        }
        for (node, &group) in self.group.iter().enumerate() {
            if let Some(ring) = rings.get_mut(number[group]) {
                ring.push(node);
            }
        }
        rings
    }
}

/// Tarjan's algorithm over `edges[node]`, the nodes that a node waits for (itself not among them). It closes a group once all that
/// the group waits for is closed, which is an order to run them in.
pub(crate) fn components(edges: &[Vec<usize>]) -> Components {
    const NONE: usize = usize::MAX;
    let mut number = vec![NONE; edges.len()];
    let mut lowest = vec![NONE; edges.len()];
    let mut open = Vec::new();
    let mut path: Vec<(usize, usize)> = Vec::new();
    let mut found = Components {
        order: Vec::with_capacity(edges.len()),
        group: vec![NONE; edges.len()],
        sizes: Vec::new(),
    };
    let mut count = 0;

    for root in 0..edges.len() {
        if number[root] != NONE {
            continue;
        }
        path.push((root, 0));
        while let Some((node, next)) = path.pop() {
            if next == 0 {
                (number[node], lowest[node]) = (count, count);
                count += 1;
                open.push(node);
            } else {
                // Back from the one before `next`: what that one reaches, this one reaches.
                let child = edges[node][next - 1];
                if found.group[child] == NONE {
                    lowest[node] = lowest[node].min(lowest[child]);
                }
            }
            let mut next = next;
            let unseen = loop {
                let Some(&child) = edges[node].get(next) else {
                    break None;
                };
                next += 1;
                if number[child] == NONE {
                    break Some(child);
                }
                if found.group[child] == NONE {
                    lowest[node] = lowest[node].min(number[child]);
                }
            };
            if let Some(child) = unseen {
                path.push((node, next));
                path.push((child, 0));
                continue;
            }
            if lowest[node] == number[node] {
                let from = open.iter().rposition(|&n| n == node).unwrap_or(0);
                found.sizes.push(open.len() - from);
                for &member in &open[from..] {
                    found.group[member] = found.sizes.len() - 1;
                    found.order.push(member);
                }
                open.truncate(from);
            }
        }
    }
    found
}

/// How many edges the search for shortest rings may look at beyond one look at each, for each edge and node there is.
const LOOKS: usize = 8;

/// The search for the shortest ring of each group, in bounds.
///
/// A ring is searched from its first declared node on, by a walk in breadth over what is declared after it. Such a walk from every
/// node finds the shortest ring there is; on a hostile graph that is work without end, so all searches together may look at [`LOOKS`]
/// times as many edges as there are, and small graphs at some thousands. Where that does not suffice the ring is the shortest of those
/// seen, at the least the shortest through the first node of its group.
pub(crate) struct RingSearch<'a> {
    edges: &'a [Vec<usize>],
    group: Vec<usize>,
    came_from: Vec<usize>,
    seen: Vec<usize>,
    walks: usize,
    looks: usize,
}

impl<'a> RingSearch<'a> {
    pub(crate) fn new(edges: &'a [Vec<usize>]) -> RingSearch<'a> {
        let mut size = edges.len();
        for waits in edges {
            size += waits.len();
        }
        RingSearch {
            edges,
            group: vec![0; edges.len()],
            came_from: vec![0; edges.len()],
            seen: vec![0; edges.len()],
            walks: 0,
            looks: size.saturating_mul(LOOKS).max(1 << 16),
        }
    }

    /// The shortest ring of a group, as said above; of equally short ones the one that starts first.
    pub(crate) fn shortest(&mut self, group: &[usize]) -> Vec<usize> {
        let mark = group.first().map_or(0, |first| first + 1);
        for &node in group {
            self.group[node] = mark;
        }
        let mut best = Vec::new();
        for &start in group {
            if best.len() == 2 || (self.looks == 0 && !best.is_empty()) {
                break;
            }
            let longest = if best.is_empty() {
                group.len()
            } else {
                best.len() - 1
            };
            if let Some(ring) = self.through(start, longest) {
                best = ring;
            }
        }
        best
    }

    /// The shortest ring that starts at this node, has no node declared before it, and has at most so many nodes.
    fn through(&mut self, start: usize, longest: usize) -> Option<Vec<usize>> {
        self.walks += 1;
        self.seen[start] = self.walks;
        let mut level = vec![start];
        for _ in 0..longest {
            let mut next = Vec::new();
            for &node in &level {
                for &on in &self.edges[node] {
                    self.looks = self.looks.saturating_sub(1);
                    if on == start {
                        return Some(self.way_back(start, node));
                    }
                    if on > start
                        && self.group[on] == self.group[start]
                        && self.seen[on] != self.walks
                    {
                        self.seen[on] = self.walks;
                        self.came_from[on] = node;
                        next.push(on);
                    }
                }
            }
            level = next;
        }
        None
    }

    fn way_back(&self, start: usize, last: usize) -> Vec<usize> {
        let mut ring = vec![last];
        let mut node = last;
        while node != start {
            node = self.came_from[node];
            ring.push(node);
        }
        ring.reverse();
        ring
    }
}
