//! All rules over one pipeline: either a plan comes out, or every fault there is.
//! The nodes are judged one by one, then what they wait for, then the rings among what holds.

mod edges;
mod nodes;

use std::collections::{HashMap, HashSet};

use crate::cycles::{RingSearch, components};
use crate::values::check_node_id;
use crate::{Fault, Faults, Name, Node, Part, Place, Rule};

/// A pipeline that breaks no rule, and what follows from its declaration. Nodes are meant by their index, as declared.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Plan {
    /// The id of each node: its own where it has one, else the lowest free, in the order declared.
    pub ids: Vec<i64>,
    /// The nodes in an order to run them in: as declared, except that what a node waits for comes before it.
    pub order: Vec<usize>,
    /// The nodes that each node waits for, in the order written.
    pub dependencies: Vec<Vec<usize>>,
}

/// Judges a pipeline by every rule.
///
/// # Errors
/// All its faults, sorted by place, without those that only follow from others.
pub fn check(nodes: &[Node]) -> Result<Plan, Faults> {
    let mut pipeline = Pipeline::of(nodes);
    pipeline.names();
    pipeline.targets();
    pipeline.parameters();
    let dependencies = pipeline.dependencies();
    let components = components(&dependencies);
    let mut search = RingSearch::new(&dependencies);
    for group in components.rings() {
        pipeline.cycle(&search.shortest(&group));
    }
    match Faults::sorted(pipeline.faults) {
        Some(faults) => Err(faults),
        None => Ok(Plan {
            ids: ids(nodes),
            order: components.order,
            dependencies,
        }),
    }
}

/// Ids as declared, and the lowest free ones for labels.
fn ids(nodes: &[Node]) -> Vec<i64> {
    let own = |node: &Node| match node.name.value {
        Name::Id(id) => check_node_id(id).ok(),
        Name::Label(_) => None,
    };
    let taken: HashSet<i64> = nodes.iter().filter_map(own).collect();
    let mut free = (1..).filter(|id| !taken.contains(id));
    nodes
        .iter()
        .map_while(|node| own(node).or_else(|| free.next()))
        .collect()
}

struct Pipeline<'a> {
    nodes: &'a [Node],
    /// The first node of each name.
    by_name: HashMap<&'a Name, usize>,
    /// The names that stand for several nodes: who depends on such a name may mean any of them.
    doubled: HashSet<&'a Name>,
    faults: Vec<Fault>,
}

impl<'a> Pipeline<'a> {
    fn of(nodes: &'a [Node]) -> Pipeline<'a> {
        let mut faults = Vec::new();
        if nodes.is_empty() {
            faults.push(Fault {
                place: None,
                rule: Rule::Empty,
            });
        }
        Pipeline {
            nodes,
            by_name: HashMap::with_capacity(nodes.len()),
            doubled: HashSet::new(),
            faults,
        }
    }

    fn fault(&mut self, node: usize, part: Part, rule: Rule) {
        self.faults.push(Fault {
            place: Some(Place { node, part }),
            rule,
        });
    }
}
