//! The rules of dependencies: each is a node of the pipeline, another one, named once, and they lead round in no ring.
//! What is at fault is left out of the graph, so that nothing is told that only follows from it.

use super::Pipeline;
use super::groups::Meant;
use crate::names::{SHOWN, nearest};
use crate::{Declared, Edge, Name, Node, Part, Rule};

impl Pipeline<'_> {
    /// What each node waits for, as far as the names hold: neither itself, nor anything twice, nor what may be either of two.
    pub(super) fn dependencies(&mut self) -> Vec<Vec<usize>> {
        let mut near = None;
        // The last node that waits for each: a group and a node of it may both be named.
        let mut waited_for = vec![usize::MAX; self.nodes.len()];
        let mut resolved = Vec::with_capacity(self.nodes.len());
        for (i, node) in self.nodes.iter().enumerate() {
            let own = self.written_name(i);
            let mut waits = Vec::with_capacity(node.dependencies.len());
            for (d, dependency) in node.dependencies.iter().enumerate() {
                let name = &dependency.value;
                let named = self.named(name);
                let before = named.waited_for.filter(|(node, _)| *node == i);
                if before.is_none() {
                    named.waited_for = Some((i, d));
                }
                let (on, is_doubled) = (named.first, named.is_doubled);
                let rule = match (before, on) {
                    (Some((_, first)), _) => Some(Rule::DependsTwice {
                        node: own.clone(),
                        on: name.clone(),
                        line: node.dependencies[first].line,
                    }),
                    (None, None) => Some(self.no_such_member(name).unwrap_or_else(|| {
                        // Of a member of what is not there, the whole is missing.
                        let whole = member(name).map(|(whole, _)| Name::from(whole));
                        let name = whole.as_ref().unwrap_or(name);
                        let near = near.get_or_insert_with(|| NearMisses::among(self));
                        let (nearest, declared) = near.of(name, own);
                        let meant = nearest.as_ref().and_then(|near| self.meant(near));
                        let line = meant.and_then(|meant| match meant {
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
                    (None, Some(_)) if is_doubled => None,
                    (None, Some(on)) if self.members(on).contains(&i) => {
                        Some(Rule::DependsOnItself { node: own.clone() })
                    }
                    (None, Some(on)) => {
                        for on in self.awaited(on) {
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
        let mut steps = Vec::with_capacity(ring.len());
        for (step, &node) in ring.iter().enumerate() {
            let on = ring[(step + 1) % ring.len()];
            let Node {
                name, dependencies, ..
            } = &self.nodes[node];
            for (dependency, at) in dependencies.iter().enumerate() {
                if self.means(&at.value, on) {
                    steps.push(Edge {
                        node,
                        dependency,
                        name: name.value.clone(),
                        line: at.line,
                    });
                    break;
                }
            }
        }
        // The dependency that closes the ring is the one that leads back to where it is told from.
        if let Some(&Edge {
            node, dependency, ..
        }) = steps.last()
        {
            let rule = Rule::Cycle { ring: steps };
            self.fault(node, Part::Dependency(dependency), rule);
        }
    }

    /// What is wrong with `volume[8]` where there is a `volume`.
    fn no_such_member(&self, name: &Name) -> Option<Rule> {
        let (whole, index) = member(name)?;
        let whole = Name::from(whole);
        Some(match self.meant(&whole)? {
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
        let meant = self.meant(name);
        meant.is_some_and(|meant| self.members(meant).contains(&node))
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
        let (mut labels, mut shown, mut others) = (Vec::new(), Vec::new(), 0);
        for &declared in &pipeline.declared() {
            let name = pipeline.name_of(declared);
            // One of a group is called by it.
            let is_member =
                matches!(declared, Meant::Node(node) if pipeline.group_of[node].is_some());
            if is_member || pipeline.meant(name) != Some(declared) {
                continue;
            }
            if let Name::Label(label) = name {
                labels.push(label.as_str());
            }
            if shown.len() < SHOWN {
                shown.push(name.clone());
            } else {
                others += 1;
            }
        }
        NearMisses {
            searches: (1_000_000 / labels.len().max(1)).max(1),
            declared: Declared { shown, others },
            labels,
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
