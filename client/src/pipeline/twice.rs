//! Nodes that come in with two pipelines, mostly because both took in a third. It is one mistake and told as one: what else
//! the rules find of these nodes, one by one, only follows from it.

use std::collections::HashMap;
use std::ops::Range;

use dune_pipeline_graph::{Group, Name, Part, Place, names};

use super::draft::{Draft, First, Slot};
use super::fault::PipelineFault;

/// A node, or a group of them, that came in with a pipeline.
#[derive(Clone)]
struct Included<'d> {
    /// The item that takes the pipeline in, and its line.
    item: usize,
    line: Option<usize>,
    name: &'d Name,
    nodes: Range<usize>,
    in_turn: Option<bool>,
}

/// All that comes in with two items.
struct Shared<'d> {
    first: Included<'d>,
    second: Included<'d>,
    names: Vec<&'d Name>,
}

impl Draft {
    /// Finds what comes in twice, as it is there already, and reports it.
    pub(super) fn find_copies(&mut self) {
        let (mut copies, mut faults) = (Vec::new(), Vec::new());
        let mut firsts: HashMap<&Name, Included<'_>> = HashMap::new();
        for item in 0..self.slots.len() {
            let mut shared: Vec<Shared<'_>> = Vec::new();
            let mut is_all = true;
            for second in self.included(item) {
                let first = firsts
                    .get(second.name)
                    .filter(|first| self.is_same(first, &second));
                let Some(first) = first.cloned() else {
                    is_all = false;
                    firsts.entry(second.name).or_insert(second);
                    continue;
                };
                copies.extend(second.nodes.clone());
                match shared
                    .iter_mut()
                    .find(|shared| shared.first.item == first.item)
                {
                    Some(shared) => shared.names.push(second.name),
                    None => shared.push(Shared {
                        names: vec![second.name],
                        first,
                        second,
                    }),
                }
            }
            faults.extend(shared.iter().map(|shared| shared.fault(is_all)));
        }
        // What was wrong with them before is told of the first.
        self.carried.retain(|fault| {
            fault
                .place
                .is_none_or(|place| !copies.contains(&place.node))
        });
        self.copies.extend(copies);
        self.carried.extend(faults);
    }

    /// What comes in with an item, if it takes a pipeline in.
    fn included(&self, item: usize) -> Vec<Included<'_>> {
        let mut found = Vec::new();
        let Some(Slot::Base { items, first }) = self.slots.get(item) else {
            return found;
        };
        let mut open = vec![(items, *first)];
        while let Some((items, first)) = open.pop() {
            for slot in items.iter() {
                match slot {
                    Slot::Node(node) => {
                        let node = node + first.node;
                        found.extend(self.nodes.get(node).map(|declared| Included {
                            item,
                            line: declared.name.line,
                            name: &declared.name.value,
                            nodes: node..node + 1,
                            in_turn: None,
                        }));
                    }
                    Slot::Group(group) => {
                        let group = self.groups.get(group + first.group);
                        found.extend(group.map(
                            |Group {
                                 name,
                                 nodes,
                                 in_turn,
                             }| Included {
                                item,
                                line: name.line,
                                name: &name.value,
                                nodes: nodes.clone(),
                                in_turn: Some(*in_turn),
                            },
                        ));
                    }
                    Slot::Base {
                        items,
                        first: below,
                    } => open.push((
                        items,
                        First {
                            node: first.node + below.node,
                            group: first.group + below.group,
                        },
                    )),
                }
            }
        }
        found.sort_by_key(|included| included.nodes.start);
        found
    }

    /// Whether they came in with different pipelines, and are the same.
    fn is_same(&self, first: &Included<'_>, second: &Included<'_>) -> bool {
        let specs = |nodes: &Range<usize>| {
            let nodes = self.nodes.get(nodes.clone()).unwrap_or_default();
            nodes.iter().map(|node| &node.spec)
        };
        first.item != second.item
            && first.in_turn == second.in_turn
            && first.nodes.len() == second.nodes.len()
            && specs(&first.nodes)
                .zip(specs(&second.nodes))
                .all(|(one, other)| one.is_same(other))
    }
}

impl Shared<'_> {
    /// `is_all`: nothing else comes in with the second item.
    fn fault(&self, is_all: bool) -> PipelineFault {
        let (s, them) = match self.names.len() {
            1 => ("s", "it"),
            _ => ("", "them"),
        };
        let place = Place {
            node: self.second.nodes.start,
            part: Part::Name,
        };
        let note = match (self.first.line, self.second.line) {
            (Some(first), Some(second)) if first == second => {
                format!("two of the pipelines that are taken in on line {first} have {them}")
            }
            (Some(first), Some(second)) => format!(
                "the pipeline that is taken in on line {first} has {them}, and so has the one on line {second}"
            ),
            _ => format!("two of the pipelines that are taken in have {them}"),
        };
        let help = match is_all {
            true => "take that pipeline in once",
            false => {
                "let one of the two take the other in, where it takes in what they share; then only that one is taken in here"
            }
        };
        PipelineFault::comes_in_twice(
            place,
            self.names[0].to_string(),
            format!("{} come{s} in twice", names::list(&self.names)),
            note,
            help,
        )
    }
}
