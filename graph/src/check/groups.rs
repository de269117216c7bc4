//! Groups of nodes: whom a name stands for, and which of many equal faults is told.
//! A node of a group is spoken of by the name of the group, which is what its author wrote.

use std::collections::HashMap;

use super::Pipeline;
use crate::{Fault, Name, Part, Place, Rule};

/// What a name stands for: one node or a group, by index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meant {
    Node(usize),
    Group(usize),
}

/// What has a name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Named {
    pub(super) first: Meant,
    /// Others have it as well: who depends on it may mean any of them.
    pub(super) is_doubled: bool,
}

impl<'a> Pipeline<'a> {
    /// Nodes and groups in the order declared; a group comes before its nodes.
    pub(super) fn declared(&self) -> Vec<Meant> {
        let mut begins = vec![Vec::new(); self.nodes.len() + 1];
        for (index, group) in self.groups.iter().enumerate() {
            if let Some(here) = begins.get_mut(group.nodes.start) {
                here.push(index);
            }
        }
        let mut declared = Vec::with_capacity(self.nodes.len() + self.groups.len());
        for (node, groups) in begins.into_iter().enumerate() {
            for group in groups {
                declared.push(Meant::Group(group));
            }
            if node < self.nodes.len() {
                declared.push(Meant::Node(node));
            }
        }
        declared
    }

    /// The nodes that are meant.
    pub(super) fn members(&self, meant: Meant) -> std::ops::Range<usize> {
        match meant {
            Meant::Node(node) => node..node + 1,
            Meant::Group(group) => {
                let nodes = &self.groups[group].nodes;
                nodes.start.min(self.nodes.len())..nodes.end.min(self.nodes.len())
            }
        }
    }

    /// Those of them that a node waits for: of a group in turn, the last waits for all others.
    pub(super) fn awaited(&self, meant: Meant) -> std::ops::Range<usize> {
        let members = self.members(meant);
        match meant {
            Meant::Group(group) if self.groups[group].in_turn => {
                members.end.saturating_sub(1).max(members.start)..members.end
            }
            Meant::Group(_) | Meant::Node(_) => members,
        }
    }

    /// What a node was called by whoever wrote it.
    pub(super) fn written_name(&self, node: usize) -> &'a Name {
        match self.group_of[node] {
            Some(group) => &self.groups[group].name.value,
            None => &self.nodes[node].name.value,
        }
    }

    /// A group whose name is taken.
    pub(super) fn group_declared_twice(&mut self, group: usize, first: Meant) {
        let (index, line) = match first {
            Meant::Node(node) => (node, self.nodes[node].name.line),
            Meant::Group(group) => {
                let group = &self.groups[group];
                (group.nodes.start, group.name.line)
            }
        };
        let rule = Rule::DeclaredTwice {
            name: self.groups[group].name.value.clone(),
            first: index,
            line,
        };
        self.fault(self.groups[group].nodes.start, Part::Name, rule);
    }

    /// What is wrong with each node of a group in the same way was written once, and is told once.
    pub(super) fn told_once(&self, faults: Vec<Fault>) -> Vec<Fault> {
        if self.groups.is_empty() {
            return faults;
        }
        let mut told: HashMap<(usize, Part), usize> = HashMap::new();
        let mut kept: Vec<Fault> = Vec::with_capacity(faults.len());
        for fault in faults {
            let at = |Place { node, part }| Some(((*self.group_of.get(node)?)?, part));
            if let Some(at) = fault.place.and_then(at) {
                let last = told.insert(at, kept.len());
                if let Some(last) = last
                    && kept.get(last).is_some_and(|last| last.rule == fault.rule)
                {
                    told.insert(at, last);
                    continue;
                }
            }
            kept.push(fault);
        }
        kept
    }
}
