//! The graph's answers on any graph, judged by petgraph and by their own definition.
//! Graphs are drawn small and dense as well as wide, so that rings share nodes.

use std::collections::{HashMap, HashSet, VecDeque};

use dune_pipeline_graph::{Edge, Node, Rule, Target, check};
use petgraph::algo::{is_cyclic_directed, tarjan_scc};
use petgraph::graph::{DiGraph, NodeIndex};
use proptest::prelude::*;

/// Who waits for whom, without waiting for oneself and without saying anything twice: those have rules of their own.
type Waits = Vec<Vec<usize>>;

fn waits() -> impl Strategy<Value = Waits> {
    (1usize..40).prop_flat_map(|size| {
        let edges = prop::collection::vec((0..size, 0..size), 0..(2 * size));
        edges.prop_map(move |edges| {
            let mut waits = vec![Vec::new(); size];
            let mut seen = HashSet::new();
            for (node, on) in edges {
                if node != on && seen.insert((node, on)) {
                    waits[node].push(on);
                }
            }
            waits
        })
    })
}

fn nodes(waits: &Waits) -> Vec<Node> {
    let label = |i: usize| format!("n{i}");
    let node = |(i, on): (usize, &Vec<usize>)| {
        on.iter()
            .fold(Node::new(label(i)).target(Target::query(1)), |node, &on| {
                node.after(label(on))
            })
    };
    waits.iter().enumerate().map(node).collect()
}

fn petgraph(waits: &Waits) -> DiGraph<(), ()> {
    let mut graph = DiGraph::new();
    let indices: Vec<NodeIndex> = waits.iter().map(|_| graph.add_node(())).collect();
    for (node, on) in waits.iter().enumerate() {
        for &on in on {
            graph.add_edge(indices[node], indices[on], ());
        }
    }
    graph
}

fn rings(waits: &Waits) -> Vec<Vec<Edge>> {
    let rule = |fault: dune_pipeline_graph::Fault| match fault.rule {
        Rule::Cycle { ring } => Some(ring),
        _ => None,
    };
    check(&nodes(waits))
        .err()
        .into_iter()
        .flatten()
        .filter_map(rule)
        .collect()
}

/// The length of the shortest ring through a node.
fn girth_at(waits: &Waits, start: usize) -> Option<usize> {
    let mut distance = HashMap::from([(start, 0)]);
    let mut queue = VecDeque::from([start]);
    while let Some(node) = queue.pop_front() {
        for &on in &waits[node] {
            if on == start {
                return Some(distance[&node] + 1);
            }
            if !distance.contains_key(&on) {
                distance.insert(on, distance[&node] + 1);
                queue.push_back(on);
            }
        }
    }
    None
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_pipeline_is_good_exactly_when_petgraph_finds_no_cycle(waits in waits()) {
        prop_assert_eq!(check(&nodes(&waits)).is_err(), is_cyclic_directed(&petgraph(&waits)));
    }

    #[test]
    fn the_order_has_every_node_once_and_after_what_it_waits_for(waits in waits()) {
        if let Ok(plan) = check(&nodes(&waits)) {
            let place: HashMap<usize, usize> = plan.order.iter().enumerate().map(|(place, &node)| (node, place)).collect();
            prop_assert_eq!(plan.order.len(), waits.len());
            prop_assert_eq!(place.len(), waits.len());
            for (node, on) in waits.iter().enumerate() {
                for on in on {
                    prop_assert!(place[on] < place[&node], "{} before {}", on, node);
                }
            }
            prop_assert_eq!(&plan.dependencies, &waits);
        }
    }

    #[test]
    fn what_can_run_as_written_runs_as_written(waits in waits()) {
        let backwards: Waits = waits.iter().enumerate().map(|(node, on)| on.iter().copied().filter(|&on| on < node).collect()).collect();
        prop_assert_eq!(check(&nodes(&backwards)).map(|plan| plan.order), Ok((0..waits.len()).collect()));
    }

    #[test]
    fn every_component_is_told_once_by_its_shortest_ring(waits in waits()) {
        let mut groups: Vec<HashSet<usize>> = tarjan_scc(&petgraph(&waits))
            .into_iter()
            .map(|group| group.into_iter().map(NodeIndex::index).collect())
            .filter(|group: &HashSet<usize>| group.len() > 1)
            .collect();
        for ring in rings(&waits) {
            let members: HashSet<usize> = ring.iter().map(|edge| edge.node).collect();
            prop_assert_eq!(members.len(), ring.len(), "a node stands in its ring once");
            for (edge, next) in ring.iter().zip(ring.iter().cycle().skip(1)) {
                prop_assert_eq!(waits[edge.node][edge.dependency], next.node, "a ring's steps are dependencies");
            }
            prop_assert_eq!(ring.first().map(|edge| edge.node), members.iter().min().copied(), "it is told from its first declared node");
            let Some(at) = groups.iter().position(|group| group.is_superset(&members)) else {
                return Err(TestCaseError::fail("a ring lies in a component that no other ring is told of"));
            };
            let group = groups.swap_remove(at);
            let shortest = group.iter().filter_map(|&node| girth_at(&waits, node)).min();
            prop_assert_eq!(Some(ring.len()), shortest, "it is the shortest");
        }
        prop_assert!(groups.is_empty(), "components without a ring: {:?}", groups);
    }
}
