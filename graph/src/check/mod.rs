//! All rules over one pipeline: either a plan comes out, or every fault there is.
//! The nodes are judged one by one, then what they wait for, then the rings among what holds.

mod edges;
mod groups;
mod nodes;

use std::collections::HashMap;

use crate::cycles::{RingSearch, components};
use crate::values::check_node_id;
use crate::{Fault, Faults, Group, Name, Node, Part, Place, Rule};
use groups::Named;

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
    check_with_groups(nodes, &[])
}

/// Judges a pipeline in which some nodes were declared together, under a name that others can wait for. No node is in two
/// groups. What is wrong with all nodes of a group in the same way is told of one.
///
/// # Errors
/// As [`check`].
pub fn check_with_groups(nodes: &[Node], groups: &[Group]) -> Result<Plan, Faults> {
    let mut pipeline = Pipeline::of(nodes, groups);
    pipeline.names();
    pipeline.targets();
    pipeline.parameters();
    let dependencies = pipeline.dependencies();
    let components = components(&dependencies);
    let mut search = RingSearch::new(&dependencies);
    for group in components.rings() {
        pipeline.cycle(&search.shortest(&group));
    }
    let faults = std::mem::take(&mut pipeline.faults);
    match Faults::sorted(pipeline.told_once(faults)) {
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
    // Those that labels get are never above the number of nodes.
    let mut taken = vec![false; nodes.len() + 1];
    for id in nodes.iter().filter_map(own) {
        if let Ok(id) = usize::try_from(id)
            && let Some(taken) = taken.get_mut(id)
        {
            *taken = true;
        }
    }
    let mut free = (1_i64..).zip(&taken[1..]).filter(|(_, taken)| !**taken);
    let given = |node| own(node).or_else(|| free.next().map(|(id, _)| id));
    nodes.iter().map_while(given).collect()
}

struct Pipeline<'a> {
    nodes: &'a [Node],
    groups: &'a [Group],
    /// The group of each node that is in one.
    group_of: Vec<Option<usize>>,
    by_name: HashMap<&'a Name, Named>,
    faults: Vec<Fault>,
}

impl<'a> Pipeline<'a> {
    fn of(nodes: &'a [Node], groups: &'a [Group]) -> Pipeline<'a> {
        let mut group_of = vec![None; nodes.len()];
        for (index, group) in groups.iter().enumerate() {
            let members = group_of.get_mut(group.nodes.clone());
            members
                .into_iter()
                .flatten()
                .for_each(|of| *of = Some(index));
        }
        let mut faults = Vec::new();
        if nodes.is_empty() {
            faults.push(Fault {
                place: None,
                rule: Rule::Empty,
            });
        }
        Pipeline {
            nodes,
            groups,
            group_of,
            by_name: HashMap::with_capacity(nodes.len() + groups.len()),
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
