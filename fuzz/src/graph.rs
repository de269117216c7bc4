//! Any declaration goes through the graph's rules. A second telling of the rules says whether it is good, petgraph whether it has
//! a ring; the plan and the faults have to fit what was declared. A group is judged as if who waits for it named its nodes.

use std::collections::HashMap;

use dune_pipeline_graph::{
    At, Fault, Group, Name, Node, Part, Plan, Rule, Target, check_with_groups,
};
use petgraph::algo::is_cyclic_directed;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::bytes::Bytes;

#[path = "../../graph/tests/oracle/mod.rs"]
mod oracle;

use oracle::{all_different, is_good, is_id};

/// Asks the graph's rules; a panic is a finding.
pub fn graph(data: &[u8]) {
    let mut bytes = Bytes(data);
    let shapes: Vec<[u8; 3]> = (0..bytes.next() % 4)
        .map(|_| [bytes.next(), bytes.next(), bytes.next()])
        .collect();
    let mut nodes = nodes(&mut bytes);
    let groups = groups(&shapes, &mut nodes);
    let written_out = written_out(&nodes, &groups);
    let names = || {
        let groups = groups.iter().map(|group| &group.name.value);
        nodes.iter().map(|node| &node.name.value).chain(groups)
    };
    let checked = check_with_groups(&nodes, &groups);
    let is_good = is_good(&written_out) && all_different(names()) && waits_well(&nodes, &groups);
    assert_eq!(checked.is_ok(), is_good, "{nodes:#?} {groups:#?}");
    match checked {
        Ok(plan) => plan_fits(&plan, &written_out),
        Err(faults) => {
            let faults: Vec<Fault> = faults.into_iter().collect();
            assert!(faults.is_sorted_by_key(|fault| fault.place), "{faults:#?}");
            faults.iter().for_each(|fault| fault_fits(fault, &nodes));
            let told = faults
                .iter()
                .any(|fault| matches!(fault.rule, Rule::Cycle { .. }));
            // Names that stand for two nodes, and what waits for itself or twice, are told as that.
            if all_different(names()) {
                let is_cyclic = is_cyclic_directed(&petgraph(&written_out));
                assert_eq!(told, is_cyclic, "{nodes:#?} {groups:#?}");
            }
        }
    }
}

/// Whether no node waits for the group it is in, nor twice for anything.
fn waits_well(nodes: &[Node], groups: &[Group]) -> bool {
    nodes.iter().enumerate().all(|(i, node)| {
        let waits_for = || node.dependencies.iter().map(|on| &on.value);
        let mut own = groups.iter().filter(|group| group.nodes.contains(&i));
        all_different(waits_for()) && !own.any(|own| waits_for().any(|on| *on == own.name.value))
    })
}

/// The same nodes, each waiting for the nodes of a group instead of for the group, and not for its own.
fn written_out(nodes: &[Node], groups: &[Group]) -> Vec<Node> {
    let mut written_out = nodes.to_vec();
    for (i, node) in written_out.iter_mut().enumerate() {
        let mut waits_for: Vec<At<Name>> = Vec::new();
        for on in std::mem::take(&mut node.dependencies) {
            match groups.iter().find(|group| group.name.value == on.value) {
                Some(own) if own.nodes.contains(&i) => {}
                Some(group) if group.in_turn => {
                    let last = nodes[group.nodes.clone()].last();
                    waits_for.extend(last.map(|last| last.name.clone()));
                }
                Some(group) => {
                    waits_for.extend(nodes[group.nodes.clone()].iter().map(|it| it.name.clone()));
                }
                None => waits_for.push(on),
            }
        }
        for on in waits_for {
            if node
                .dependencies
                .iter()
                .all(|before| before.value != on.value)
            {
                node.dependencies.push(on);
            }
        }
    }
    written_out
}

fn plan_fits(plan: &Plan, nodes: &[Node]) {
    assert!(
        all_different(&plan.ids) && plan.ids.iter().all(|&id| is_id(id.into())),
        "{plan:#?}"
    );
    assert!(
        [plan.ids.len(), plan.order.len(), plan.dependencies.len()] == [nodes.len(); 3],
        "{plan:#?}"
    );
    let place: HashMap<usize, usize> = plan
        .order
        .iter()
        .enumerate()
        .map(|(place, &node)| (node, place))
        .collect();
    assert_eq!(place.len(), nodes.len(), "{plan:#?}");
    for ((i, node), waits) in nodes.iter().enumerate().zip(&plan.dependencies) {
        let named: Vec<&Name> = node.dependencies.iter().map(|on| &on.value).collect();
        let meant: Vec<&Name> = waits.iter().map(|&on| &nodes[on].name.value).collect();
        assert_eq!(named, meant, "{plan:#?}");
        assert!(waits.iter().all(|on| place[on] < place[&i]), "{plan:#?}");
    }
}

fn fault_fits(fault: &Fault, nodes: &[Node]) {
    let there = fault.place.is_none_or(|place| {
        let Some(node) = nodes.get(place.node) else {
            // An empty group behind all nodes.
            return place.part == Part::Name;
        };
        match place.part {
            Part::Name => true,
            Part::Target(at) => at < node.targets.len(),
            Part::Parameter(at) => at < node.parameters.len(),
            Part::Dependency(at) => at < node.dependencies.len(),
        }
    });
    assert!(there, "{fault:#?}");
    let said = [fault.headline()]
        .into_iter()
        .chain(fault.notes())
        .chain(fault.help());
    for line in said {
        assert!(
            !line.trim().is_empty() && line.lines().count() == 1,
            "{fault:#?}"
        );
    }
}

/// Who waits for whom, without waiting for oneself.
fn petgraph(nodes: &[Node]) -> DiGraph<(), ()> {
    let mut graph = DiGraph::new();
    let by_name: HashMap<&Name, NodeIndex> = nodes
        .iter()
        .map(|node| (&node.name.value, graph.add_node(())))
        .collect();
    for node in nodes {
        let own = by_name[&node.name.value];
        let others = node
            .dependencies
            .iter()
            .filter_map(|on| by_name.get(&on.value));
        for &on in others.filter(|&&on| on != own) {
            graph.add_edge(own, on, ());
        }
    }
    graph
}

/// Mostly names that are all right, and one right target, so that whole pipelines are.
fn nodes(bytes: &mut Bytes<'_>) -> Vec<Node> {
    let mut nodes = Vec::new();
    while !bytes.is_empty() && nodes.len() < 64 {
        let targets = bytes.next();
        let targets = if targets < 240 {
            1
        } else {
            usize::from(targets) % 4
        };
        let shape = bytes.next();
        let own = match bytes.next() {
            250.. => name(bytes),
            // Different from the others, mostly.
            at => Name::from(format!(
                "n{}",
                if at < 230 {
                    nodes.len()
                } else {
                    usize::from(at) % 8
                }
            )),
        };
        nodes.push(Node {
            name: at(own, bytes),
            targets: (0..targets).map(|_| at(target(bytes), bytes)).collect(),
            parameters: (0..shape & 3)
                .map(|_| at((*bytes.choose(&["k", "l", "m", "n", ""])).to_owned(), bytes))
                .collect(),
            dependencies: (0..(shape >> 2) & 3)
                .map(|_| at(name(bytes), bytes))
                .collect(),
        });
    }
    nodes
}

/// Some nodes that stand together, by how many stand before them, how many they are, and what else.
fn groups(shapes: &[[u8; 3]], nodes: &mut [Node]) -> Vec<Group> {
    let mut end = 0;
    let mut groups = Vec::new();
    for (i, [before, size, kind]) in shapes.iter().enumerate() {
        let start = (end + usize::from(before % 8)).min(nodes.len());
        end = (start + usize::from(size % 6)).min(nodes.len());
        let in_turn = kind % 2 == 1;
        if in_turn {
            for at in (start..end).skip(1) {
                let before = nodes[at - 1].name.clone();
                nodes[at].dependencies.push(before);
            }
        }
        let name = match kind {
            // The name of another, mostly.
            240.. => format!("n{}", kind % 8),
            230.. => "g0".to_owned(),
            _ => format!("g{i}"),
        };
        groups.push(Group {
            name: At::from(name.as_str()),
            nodes: start..end,
            in_turn,
        });
    }
    groups
}

fn name(bytes: &mut Bytes<'_>) -> Name {
    match bytes.next() {
        at @ ..=209 => Name::from(format!("n{}", at % 24)),
        at @ 210..=240 => Name::from(format!("g{}", at % 3)),
        241..=247 => {
            Name::Id(*bytes.choose(&[-1, 0, 1, 2, 3, i64::MAX.into(), i128::MAX, i128::MIN]))
        }
        _ => Name::from(*bytes.choose(&["", "x\ny", "N1", "größe", "n"])),
    }
}

fn target(bytes: &mut Bytes<'_>) -> Target {
    match bytes.next() {
        at @ ..=100 => Target::refresh(format!("dune.acme.result_{at}")),
        101..=110 => Target::refresh(*bytes.choose(&[
            "result_a",
            "RESULT_A",
            "a.b",
            "",
            "\"",
            "dune.acme.result_1",
        ])),
        111..=115 => Target::Refresh { view: None },
        116..=120 => Target::Query { id: None },
        121..=125 => Target::Query {
            id: Some(*bytes.choose(&[0, -7, i128::MAX, i128::MIN])),
        },
        id => Target::query(i128::from(id)),
    }
}

fn at<T>(value: T, bytes: &mut Bytes<'_>) -> At<T> {
    let line = usize::from(bytes.next() % 9);
    At {
        value,
        line: (line > 0).then_some(line),
    }
}
