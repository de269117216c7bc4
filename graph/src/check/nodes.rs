//! The rules of single nodes: what they are called, what they do, which parameters they set.
//! Two nodes meet here only where they claim the same name or the same view.

use super::Pipeline;
use super::groups::Meant;
use crate::firsts::Claim;
use crate::values::{check_node_id, check_query_id, view_key};
use crate::{At, Kind, Name, Node, Part, Rule, Target};

impl Pipeline<'_> {
    pub(super) fn names(&mut self) {
        for &declared in &self.declared() {
            let name = self.name_of(declared);
            let named = self.named(name);
            let first = named.first;
            named.first = first.or(Some(declared));
            named.is_doubled = first.is_some();
            match (declared, first) {
                (Meant::Group(group), Some(first)) => self.group_declared_twice(group, first),
                (Meant::Node(node), Some(first)) => self.node_declared_twice(node, first),
                (_, None) => {
                    let rule = match name {
                        Name::Label(label) => label.is_empty().then_some(Rule::EmptyLabel),
                        Name::Id(id) => check_node_id(*id).err(),
                    };
                    if let (Some(rule), Some(node)) = (rule, self.members(declared).next()) {
                        self.fault(node, Part::Name, rule);
                    }
                }
            }
        }
    }

    fn node_declared_twice(&mut self, again: usize, first: Meant) {
        let node = &self.nodes[again];
        let rule = match first {
            Meant::Node(first) => {
                // Two groups of one name: that was told of the groups.
                let groups = (self.group_of[again], self.group_of[first]);
                if let (Some(one), Some(other)) = groups
                    && one != other
                    && self.written_name(again) == self.written_name(first)
                {
                    return;
                }
                declared_twice(node, first, &self.nodes[first])
            }
            Meant::Group(group) => {
                let group = &self.groups[group];
                Rule::DeclaredTwice {
                    name: node.name.value.clone(),
                    first: group.nodes.start,
                    line: group.name.line,
                }
            }
        };
        self.fault(again, Part::Name, rule);
    }

    pub(super) fn targets(&mut self) {
        let mut refreshes: Vec<(usize, Option<usize>)> = Vec::new();
        for (i, node) in self.nodes.iter().enumerate() {
            let Some(first) = node.targets.first() else {
                self.fault(
                    i,
                    Part::Name,
                    Rule::NoKind {
                        node: self.written_name(i).clone(),
                    },
                );
                continue;
            };
            for (t, target) in node.targets.iter().enumerate() {
                if t > 0 {
                    self.fault(
                        i,
                        Part::Target(t),
                        two_kinds(self.written_name(i), first, target),
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
                            let number = self.firsts.text(key, refreshes.len());
                            if number == refreshes.len() {
                                refreshes.push((i, target.line));
                            }
                            let (by, line) = refreshes[number];
                            // One node twice, or two of one name: that is a fault already, and this one follows from it.
                            let is_new = self.nodes[by].name.value != node.name.value;
                            is_new.then(|| Rule::RefreshedTwice {
                                view: view.clone(),
                                by: self.written_name(by).clone(),
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
            for (p, key) in node.parameters.iter().enumerate() {
                let first = self.firsts.claim(Claim::Parameter(i, &key.value), p);
                if first < p {
                    let rule = Rule::ParameterTwice {
                        key: key.value.clone(),
                        line: node.parameters[first].line,
                    };
                    self.fault(i, Part::Parameter(p), rule);
                } else if key.value.is_empty() {
                    self.fault(i, Part::Parameter(p), Rule::EmptyKey);
                }
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
