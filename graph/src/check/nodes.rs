//! The rules of single nodes: what they are called, what they do, which parameters they set.
//! Two nodes meet here only where they claim the same name or the same view.

use std::collections::{HashMap, hash_map::Entry};

use super::Pipeline;
use crate::values::{check_node_id, check_query_id, view_key};
use crate::{At, Kind, Name, Node, Part, Rule, Target};

impl Pipeline<'_> {
    pub(super) fn names(&mut self) {
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

    pub(super) fn targets(&mut self) {
        let mut refreshed: HashMap<String, (usize, Option<usize>)> = HashMap::new();
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
                            let &mut (by, line) = refreshed.entry(key).or_insert((i, target.line));
                            let by = &self.nodes[by].name.value;
                            // One node twice, or two of one name: that is a fault already, and this one follows from it.
                            (*by != node.name.value).then(|| Rule::RefreshedTwice {
                                view: view.clone(),
                                by: by.clone(),
                                line,
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

    pub(super) fn parameters(&mut self) {
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
