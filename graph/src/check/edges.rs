//! The rules of dependencies: each is a node of the pipeline, another one, named once, and they lead round in no ring.
//! What is at fault is left out of the graph, so that nothing is told that only follows from it.

use std::collections::HashMap;

use super::Pipeline;
use super::groups::Meant;
use crate::names::{SHOWN, nearest};
use crate::{Declared, Edge, Name, Node, Part, Rule};

impl Pipeline<'_> {
    /// What each node waits for, as far as the names hold: neither itself, nor anything twice, nor what may be either of two.
    pub(super) fn dependencies(&mut self) -> Vec<Vec<usize>> {
        let mut near = None;
        // Where a node names another first. Marks instead of sets, so that nothing needs to be emptied between nodes.
        let mut named: Vec<(usize, usize)> = vec![(usize::MAX, 0); self.nodes.len()];
        let mut named_groups = vec![(usize::MAX, 0); self.groups.len()];
        // The last node that waits for each: a group and a node of it may both be named.
        let mut waited_for = vec![usize::MAX; self.nodes.len()];
        let mut missed: HashMap<&Name, (usize, usize)> = HashMap::new();
        let mut resolved = Vec::with_capacity(self.nodes.len());
        for (i, node) in self.nodes.iter().enumerate() {
            let own = self.written_name(i);
            let mut waits = Vec::with_capacity(node.dependencies.len());
            for (d, dependency) in node.dependencies.iter().enumerate() {
                let name = &dependency.value;
                let on = self.by_name.get(name).copied();
                let mark = match on.map(|on| on.first) {
                    Some(Meant::Node(on)) => &mut named[on],
                    Some(Meant::Group(on)) => &mut named_groups[on],
                    None => missed.entry(name).or_insert((usize::MAX, 0)),
                };
                let before = (mark.0 == i).then_some(mark.1);
                if before.is_none() {
                    *mark = (i, d);
                }
                let rule = match (before, on) {
                    (Some(first), _) => {
                        let line = node.dependencies[first].line;
                        Some(Rule::DependsTwice {
                            node: own.clone(),
                            on: name.clone(),
                            line,
                        })
                    }
                    (None, None) => Some(self.no_such_member(name).unwrap_or_else(|| {
                        // Of a member of what is not there, the whole is missing.
                        let whole = member(name).map(|(whole, _)| Name::from(whole));
                        let name = whole.as_ref().unwrap_or(name);
                        let near = near.get_or_insert_with(|| NearMisses::among(self));
                        let (nearest, declared) = near.of(name, own);
                        let meant = nearest.as_ref().and_then(|near| self.by_name.get(near));
                        let line = meant.and_then(|meant| match meant.first {
                            Meant::Node(node) => self.nodes[node].name.line,
                            Meant::Group(group) => self.groups[group].name.line,
                        });
                        Rule::Dangling {
                            name: name.clone(),
                            nearest,
                            line,
                            declared,
                        }
                    })),
                    (None, Some(on)) if on.is_doubled => None,
                    (None, Some(on)) if self.members(on.first).contains(&i) => {
                        Some(Rule::DependsOnItself { node: own.clone() })
                    }
                    (None, Some(on)) => {
                        for on in self.awaited(on.first) {
                            if waited_for[on] != i {
                                waited_for[on] = i;
                                waits.push(on);
                            }
                        }
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

    pub(super) fn cycle(&mut self, ring: &[usize]) {
        let steps = ring
            .iter()
            .zip(ring.iter().cycle().skip(1))
            .map(|(&node, &on)| {
                let Node {
                    name, dependencies, ..
                } = &self.nodes[node];
                let dependency = dependencies
                    .iter()
                    .position(|dependency| self.means(&dependency.value, on))
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

    /// What is wrong with `volume[8]` where there is a `volume`.
    fn no_such_member(&self, name: &Name) -> Option<Rule> {
        let (whole, index) = member(name)?;
        let whole = Name::from(whole);
        Some(match self.by_name.get(&whole)?.first {
            Meant::Node(_) => Rule::NoGroup { node: whole },
            Meant::Group(group) => Rule::NoMember {
                group: whole,
                index: index.to_owned(),
                members: self.members(Meant::Group(group)).len(),
            },
        })
    }

    /// Whether a name stands for this node, or for others as well.
    fn means(&self, name: &Name, node: usize) -> bool {
        let meant = self.by_name.get(name);
        meant.is_some_and(|meant| self.members(meant.first).contains(&node))
    }
}

/// The group and the index in `volume[8]`.
fn member(name: &Name) -> Option<(&str, &str)> {
    let Name::Label(label) = name else {
        return None;
    };
    let (whole, index) = label.strip_suffix(']')?.rsplit_once('[')?;
    let is_index = !index.is_empty() && index.bytes().all(|digit| digit.is_ascii_digit());
    is_index.then_some((whole, index))
}

/// What a name that is not there may have been meant for.
struct NearMisses<'a> {
    labels: Vec<&'a str>,
    declared: Declared,
    /// Each search looks at every label. Where thousands are missing in thousands, the first of them have to do.
    searches: usize,
}

impl<'a> NearMisses<'a> {
    fn among(pipeline: &Pipeline<'a>) -> NearMisses<'a> {
        let name = |declared| match declared {
            // It was declared as one of a group.
            Meant::Node(node) if pipeline.group_of[node].is_some() => None,
            Meant::Node(node) => Some(&pipeline.nodes[node].name.value),
            Meant::Group(group) => Some(&pipeline.groups[group].name.value),
        };
        let firsts = pipeline.declared().into_iter().filter_map(|declared| {
            let name = name(declared)?;
            let first = pipeline.by_name.get(name)?.first;
            (first == declared).then_some(name)
        });
        let firsts: Vec<&'a Name> = firsts.collect();
        let shown: Vec<Name> = firsts.iter().take(SHOWN).copied().cloned().collect();
        let label = |name: &'a Name| match name {
            Name::Label(label) => Some(label.as_str()),
            Name::Id(_) => None,
        };
        let labels: Vec<&str> = firsts.iter().copied().filter_map(label).collect();
        let searches = (1_000_000 / labels.len().max(1)).max(1);
        NearMisses {
            declared: Declared {
                others: firsts.len() - shown.len(),
                shown,
            },
            labels,
            searches,
        }
    }

    /// `own` is the node that asks: a suggestion that it wait for itself would help nobody.
    fn of(&mut self, name: &Name, own: &Name) -> (Option<Name>, Declared) {
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
        (near, self.declared.clone())
    }
}
