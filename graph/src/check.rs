//! All rules over one pipeline: either a plan comes out, or every fault there is.
//! Names come first, then what each node does and with which parameters, then what it waits for, then the rings among
//! what holds.

use std::collections::{HashMap, HashSet, hash_map::Entry};

use crate::cycles::{RingSearch, components};
use crate::names::{SHOWN, nearest};
use crate::values::{check_node_id, check_query_id, view_key};
use crate::{At, Declared, Edge, Fault, Faults, Kind, Name, Node, Part, Place, Rule, Target};

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

    fn names(&mut self) {
        for (i, node) in self.nodes.iter().enumerate() {
            let name = &node.name.value;
            let rule = match (self.by_name.entry(name), name) {
                (Entry::Occupied(first), _) => {
                    self.doubled.insert(name);
                    Some(declared_twice(
                        node,
                        *first.get(),
                        &self.nodes[*first.get()],
                    ))
                }
                (Entry::Vacant(free), name) => {
                    free.insert(i);
                    match name {
                        Name::Label(label) => label.is_empty().then_some(Rule::EmptyLabel),
                        Name::Id(id) => check_node_id(*id).err(),
                    }
                }
            };
            if let Some(rule) = rule {
                self.fault(i, Part::Name, rule);
            }
        }
    }

    fn targets(&mut self) {
        let mut refreshed: HashMap<String, (usize, At<()>)> = HashMap::new();
        for (i, node) in self.nodes.iter().enumerate() {
            let Some(first) = node.targets.first() else {
                self.fault(
                    i,
                    Part::Name,
                    Rule::NoKind {
                        node: node.name.value.clone(),
                    },
                );
                continue;
            };
            for (t, target) in node.targets.iter().enumerate() {
                if t > 0 {
                    self.fault(
                        i,
                        Part::Target(t),
                        two_kinds(&node.name.value, first, target),
                    );
                }
                let rule = match &target.value {
                    Target::Refresh { view: None } | Target::Query { id: None } => None,
                    Target::Query { id: Some(id) } => check_query_id(*id).err(),
                    Target::Refresh { view: Some(view) } => match view_key(view) {
                        Err(fault) => Some(Rule::ViewName {
                            view: view.clone(),
                            fault,
                        }),
                        Ok(key) => {
                            let (by, at) = refreshed.entry(key).or_insert((
                                i,
                                At {
                                    value: (),
                                    line: target.line,
                                },
                            ));
                            let by = &self.nodes[*by].name.value;
                            // One node twice, or two of one name: that is a fault already, and this one follows from it.
                            (*by != node.name.value).then(|| Rule::RefreshedTwice {
                                view: view.clone(),
                                by: by.clone(),
                                line: at.line,
                            })
                        }
                    },
                };
                if let Some(rule) = rule {
                    self.fault(i, Part::Target(t), rule);
                }
            }
        }
    }

    fn parameters(&mut self) {
        for (i, node) in self.nodes.iter().enumerate() {
            let mut set: HashMap<&str, Option<usize>> =
                HashMap::with_capacity(node.parameters.len());
            for (p, key) in node.parameters.iter().enumerate() {
                let rule = match set.entry(&key.value) {
                    Entry::Occupied(first) => Rule::ParameterTwice {
                        key: key.value.clone(),
                        line: *first.get(),
                    },
                    Entry::Vacant(free) => {
                        free.insert(key.line);
                        if !key.value.is_empty() {
                            continue;
                        }
                        Rule::EmptyKey
                    }
                };
                self.fault(i, Part::Parameter(p), rule);
            }
        }
    }

    /// What each node waits for, as far as the names hold: neither itself, nor anything twice, nor what may be either of two.
    fn dependencies(&mut self) -> Vec<Vec<usize>> {
        let mut near = None;
        // Where a node names another first. Marks instead of sets, so that nothing needs to be emptied between nodes.
        let mut named: Vec<(usize, usize)> = vec![(usize::MAX, 0); self.nodes.len()];
        let mut missed: HashMap<(usize, &Name), usize> = HashMap::new();
        let mut resolved = Vec::with_capacity(self.nodes.len());
        for (i, node) in self.nodes.iter().enumerate() {
            let own = &node.name.value;
            let mut waits = Vec::with_capacity(node.dependencies.len());
            for (d, dependency) in node.dependencies.iter().enumerate() {
                let name = &dependency.value;
                let on = self.by_name.get(name).copied();
                let before = match on {
                    Some(on) if named[on].0 == i => Some(named[on].1),
                    Some(on) => {
                        named[on] = (i, d);
                        None
                    }
                    None => match missed.entry((i, name)) {
                        Entry::Occupied(first) => Some(*first.get()),
                        Entry::Vacant(free) => {
                            free.insert(d);
                            None
                        }
                    },
                };
                let rule = match (before, on) {
                    (Some(first), _) => {
                        let line = node.dependencies[first].line;
                        Some(Rule::DependsTwice {
                            node: own.clone(),
                            on: name.clone(),
                            line,
                        })
                    }
                    (None, None) => {
                        let near = near
                            .get_or_insert_with(|| NearMisses::among(self.nodes, &self.by_name));
                        Some(near.dangling(name, own))
                    }
                    (None, Some(_)) if self.doubled.contains(name) => None,
                    (None, Some(on)) if on == i => {
                        Some(Rule::DependsOnItself { node: own.clone() })
                    }
                    (None, Some(on)) => {
                        waits.push(on);
                        None
                    }
                };
                if let Some(rule) = rule {
                    self.fault(i, Part::Dependency(d), rule);
                }
            }
            resolved.push(waits);
        }
        resolved
    }

    fn cycle(&mut self, ring: &[usize]) {
        let steps = ring
            .iter()
            .zip(ring.iter().cycle().skip(1))
            .map(|(&node, &on)| {
                let on = &self.nodes[on].name.value;
                let Node {
                    name, dependencies, ..
                } = &self.nodes[node];
                let dependency = dependencies
                    .iter()
                    .position(|dependency| dependency.value == *on)
                    .unwrap_or_default();
                let line = dependencies
                    .get(dependency)
                    .and_then(|dependency| dependency.line);
                Edge {
                    node,
                    dependency,
                    name: name.value.clone(),
                    line,
                }
            });
        let ring: Vec<Edge> = steps.collect();
        // The dependency that closes the ring is the one that leads back to where it is told from.
        if let Some(&Edge {
            node, dependency, ..
        }) = ring.last()
        {
            self.fault(node, Part::Dependency(dependency), Rule::Cycle { ring });
        }
    }
}

fn kind(target: &Target) -> Kind {
    match target {
        Target::Refresh { .. } => Kind::Refresh,
        Target::Query { .. } => Kind::Query,
    }
}

fn two_kinds(node: &Name, first: &At<Target>, second: &At<Target>) -> Rule {
    Rule::TwoKinds {
        node: node.clone(),
        first: (kind(&first.value), first.line),
        second: (kind(&second.value), second.line),
    }
}

/// A label that is a query here and a refresh there was meant as one node; else two nodes were given one name.
fn declared_twice(again: &Node, first: usize, node: &Node) -> Rule {
    match (
        &again.name.value,
        node.targets.as_slice(),
        again.targets.as_slice(),
    ) {
        (label @ Name::Label(_), [one], [other]) if kind(&one.value) != kind(&other.value) => {
            two_kinds(label, one, other)
        }
        (name, ..) => Rule::DeclaredTwice {
            name: name.clone(),
            first,
            line: node.name.line,
        },
    }
}

/// What a name that is not there may have been meant for.
struct NearMisses<'a> {
    labels: Vec<&'a str>,
    declared: Declared,
    /// Each search looks at every label. Where thousands are missing in thousands, the first of them have to do.
    searches: usize,
}

impl<'a> NearMisses<'a> {
    fn among(nodes: &'a [Node], by_name: &HashMap<&'a Name, usize>) -> NearMisses<'a> {
        let firsts = || {
            nodes
                .iter()
                .enumerate()
                .filter(|(i, node)| by_name.get(&node.name.value) == Some(i))
                .map(|(_, node)| &node.name.value)
        };
        let shown: Vec<Name> = firsts().take(SHOWN).cloned().collect();
        let label = |name: &'a Name| match name {
            Name::Label(label) => Some(label.as_str()),
            Name::Id(_) => None,
        };
        let labels: Vec<&str> = firsts().filter_map(label).collect();
        let searches = (1_000_000 / labels.len().max(1)).max(1);
        NearMisses {
            declared: Declared {
                others: by_name.len() - shown.len(),
                shown,
            },
            labels,
            searches,
        }
    }

    /// `own` is the node that asks: a suggestion that it wait for itself would help nobody.
    fn dangling(&mut self, name: &Name, own: &Name) -> Rule {
        let near = match (name, self.searches.checked_sub(1)) {
            // Ids are numbers, and every number is near another.
            (Name::Id(_), _) | (_, None) => None,
            (Name::Label(label), Some(left)) => {
                self.searches = left;
                let others = self
                    .labels
                    .iter()
                    .copied()
                    .filter(|&other| !matches!(own, Name::Label(own) if own == other));
                nearest(label, others).map(Name::from)
            }
        };
        Rule::Dangling {
            name: name.clone(),
            nearest: near,
            declared: self.declared.clone(),
        }
    }
}
