//! Any declaration goes through the graph's rules. A second telling of the rules says whether it is good, petgraph whether it has
//! a ring; the plan and the faults have to fit what was declared.

use std::collections::HashMap;

use dune_pipeline_graph::{At, Fault, Name, Node, Part, Plan, Rule, Target, check};
use petgraph::algo::is_cyclic_directed;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::bytes::Bytes;

#[path = "../../graph/tests/oracle/mod.rs"]
mod oracle;

use oracle::{all_different, is_good, is_id};

/// Asks the graph's rules; a panic is a finding.
pub fn graph(data: &[u8]) {
    let nodes = nodes(&mut Bytes(data));
    let checked = check(&nodes);
    assert_eq!(checked.is_ok(), is_good(&nodes), "{nodes:#?}");
    match checked {
        Ok(plan) => plan_fits(&plan, &nodes),
        Err(faults) => {
            let faults: Vec<Fault> = faults.into_iter().collect();
            assert!(faults.is_sorted_by_key(|fault| fault.place), "{faults:#?}");
            faults.iter().for_each(|fault| fault_fits(fault, &nodes));
            let told = faults
                .iter()
                .any(|fault| matches!(fault.rule, Rule::Cycle { .. }));
            // Names that stand for two nodes, and what waits for itself or twice, are told as that.
            if all_different(nodes.iter().map(|node| &node.name.value)) {
                assert_eq!(told, is_cyclic_directed(&petgraph(&nodes)), "{nodes:#?}");
            }
        }
    }
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
        let node = &nodes[place.node];
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

fn name(bytes: &mut Bytes<'_>) -> Name {
    match bytes.next() {
        at @ ..=240 => Name::from(format!("n{}", at % 24)),
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
