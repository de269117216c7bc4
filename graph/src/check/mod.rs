//! All rules over one pipeline: either a plan comes out, or every fault there is.
//! The nodes are judged one by one, then what they wait for, then the rings among what holds.

mod edges;
mod groups;
mod nodes;

use crate::cycles::{RingSearch, components};
use crate::values::check_node_id;
use crate::{Fault, Faults, Firsts, Group, Name, Node, Part, Place, Rule};
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
    for ring in &components.rings() {
        pipeline.cycle(&search.shortest(ring));
    }
    match pipeline.into_faults() {
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
    // Those that labels get are never above the number of nodes. Nothing gets 0, which is no id.
    let mut taken = vec![false; nodes.len() + 1];
    taken[0] = true;
    for node in nodes {
        if let Some(id) = own(node)
            && let Ok(id) = usize::try_from(id)
            && let Some(taken) = taken.get_mut(id)
        {
            *taken = true;
        }
    }
    let mut free = 0;
    let mut taken = taken.iter();
    let mut ids = Vec::with_capacity(nodes.len());
    for node in nodes {
        if let Some(id) = own(node) {
            ids.push(id);
            continue;
        }
        while let Some(true) = taken.next() {
            free += 1;
        }
        ids.push(free);
        free += 1;
    }
    ids
}

struct Pipeline<'a> {
    nodes: &'a [Node],
    groups: &'a [Group],
    /// The group of each node that is in one.
    group_of: Vec<Option<usize>>,
    /// Who has which name, view, key. Whose it is is told by a number that depends on what it is.
    firsts: Firsts<'a>,
    /// All names that are written anywhere, by the number that they have there.
    names: Vec<Named>,
    /// The faults of each node, by part, and last those of what is behind all nodes.
    faults: Vec<Vec<Fault>>,
    /// The node that a part of a group was told of last, by the number that it has there.
    told: Vec<usize>,
}

impl<'a> Pipeline<'a> {
    fn of(nodes: &'a [Node], groups: &'a [Group]) -> Pipeline<'a> {
        let mut group_of = vec![None; nodes.len()];
        for (index, group) in groups.iter().enumerate() {
            if let Some(members) = group_of.get_mut(group.nodes.clone()) {
                members.fill(Some(index));
            }
        }
        let mut faults = Vec::with_capacity(nodes.len() + 1);
        for _ in 0..=nodes.len() {
            faults.push(Vec::new());
        }
        Pipeline {
            nodes,
            groups,
            group_of,
            firsts: Firsts::with_capacity(nodes.len() + groups.len()),
            names: Vec::with_capacity(nodes.len() + groups.len()),
            faults,
            told: Vec::new(),
        }
    }

    fn fault(&mut self, node: usize, part: Part, rule: Rule) {
        if self.is_told(node, part, &rule) {
            return;
        }
        let place = Some(Place { node, part });
        let faults = &mut self.faults[node.min(self.nodes.len())];
        faults.insert(behind(faults, place), Fault { place, rule });
    }

    /// By place; none if there are none.
    fn into_faults(mut self) -> Option<Faults> {
        let mut faults = Vec::new();
        if self.nodes.is_empty() {
            faults.push(Fault {
                place: None,
                rule: Rule::Empty,
            });
        }
        for of_node in &mut self.faults {
            faults.append(of_node);
        }
        (!faults.is_empty()).then_some(Faults(faults))
    }
}

/// How many of these faults come before and at this place.
fn behind(faults: &[Fault], place: Option<Place>) -> usize {
    faults.partition_point(|fault| fault.place <= place)
}
