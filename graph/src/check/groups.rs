//! Groups of nodes: whom a name stands for, and which of many equal faults is told.
//! A node of a group is spoken of by the name of the group, which is what its author wrote.

use super::{Pipeline, behind};
use crate::firsts::Claim;
use crate::{Name, Part, Place, Rule};

/// What a name stands for: one node or a group, by index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meant {
    Node(usize),
    Group(usize),
}

/// What is known of a name.
#[derive(Default)]
pub(super) struct Named {
    /// Who was declared by it first; nobody, where it is only waited for.
    pub(super) first: Option<Meant>,
    /// Others were too: who depends on it may mean any of them.
    pub(super) is_doubled: bool,
    /// The last node that waits for it, and which of its dependencies says so first. A mark instead of a set for each node.
    pub(super) waited_for: Option<(usize, usize)>,
}

impl<'a> Pipeline<'a> {
    /// What is known of this name so far.
    pub(super) fn named(&mut self, name: &'a Name) -> &mut Named {
        let number = self.firsts.claim(Claim::Name(name), self.names.len());
        if number == self.names.len() {
            self.names.push(Named::default());
        }
        &mut self.names[number]
    }

    /// Whom a name stands for.
    pub(super) fn meant(&self, name: &Name) -> Option<Meant> {
        let number = self.firsts.of(&Claim::Name(name))?;
        self.names.get(number)?.first
    }

    /// Nodes and groups in the order declared; a group comes before its nodes.
    pub(super) fn declared(&self) -> Vec<Meant> {
        let mut begins = Vec::with_capacity(self.nodes.len() + 1);
        for _ in 0..=self.nodes.len() {
            begins.push(Vec::new());
        }
        for (index, group) in self.groups.iter().enumerate() {
            if let Some(here) = begins.get_mut(group.nodes.start) {
                here.push(index);
            }
        }
        let mut declared = Vec::with_capacity(self.nodes.len() + self.groups.len());
        for (node, groups) in begins.iter().enumerate() {
            for &group in groups {
                declared.push(Meant::Group(group));
            }
            if node < self.nodes.len() {
                declared.push(Meant::Node(node));
            }
        }
        declared
    }

    pub(super) fn name_of(&self, declared: Meant) -> &'a Name {
        match declared {
            Meant::Node(node) => &self.nodes[node].name.value,
            Meant::Group(group) => &self.groups[group].name.value,
        }
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
    pub(super) fn is_told(&mut self, node: usize, part: Part, rule: &Rule) -> bool {
        let Some(&Some(group)) = self.group_of.get(node) else {
            return false;
        };
        let number = self.firsts.claim(Claim::Part(group, part), self.told.len());
        let Some(&before) = self.told.get(number) else {
            self.told.push(node);
            return false;
        };
        let faults = &self.faults[before];
        let (so_far, _) = faults.split_at(behind(faults, Some(Place { node: before, part })));
        let is_told = so_far.last().is_some_and(|last| last.rule == *rule);
        if !is_told {
            self.told[number] = node;
        }
        is_told
    }
}
