//! The rules of a pipeline graph, from ten nodes to a million, against petgraph's toposort of the same graph.
//! Once against the sort alone, on a graph that stands ready, and once with what it takes to come from names to that graph.

use std::collections::HashMap;
use std::io;

use dune_pipeline_benches::{Pair, profile, table};
use dune_pipeline_graph::{Name, Node, Target, check};
use petgraph::algo::toposort;
use petgraph::graph::{DiGraph, NodeIndex};

const SIZES: [usize; 6] = [10, 100, 1_000, 10_000, 100_000, 1_000_000];

/// Labelled queries, each after up to three of the nodes before it: the last one, one half as far, and one near the beginning.
fn pipeline(size: usize) -> Vec<Node> {
    let label = |i: usize| format!("node_{i}");
    let node = |i: usize| {
        let mut after = vec![i.wrapping_sub(1), i / 2, i % 7];
        after.retain(|&on| on < i);
        after.sort_unstable();
        after.dedup();
        let node = Node::new(label(i)).target(Target::query(3101));
        after
            .into_iter()
            .fold(node, |node, on| node.after(label(on)))
    };
    (0..size).map(node).collect()
}

/// What a program with petgraph would do with the same declaration.
fn graph(nodes: &[Node]) -> DiGraph<(), ()> {
    let mut graph = DiGraph::with_capacity(nodes.len(), 3 * nodes.len());
    let by_name: HashMap<&Name, NodeIndex> = nodes
        .iter()
        .map(|node| (&node.name.value, graph.add_node(())))
        .collect();
    for node in nodes {
        for dependency in &node.dependencies {
            graph.add_edge(by_name[&dependency.value], by_name[&node.name.value], ());
        }
    }
    graph
}

fn rows<'a>(
    baseline: impl Fn(&[Node], &DiGraph<(), ()>) -> usize + Copy + 'a,
) -> impl Iterator<Item = (String, Pair)> + 'a {
    SIZES.into_iter().map(move |size| {
        let nodes = pipeline(size);
        let ready = graph(&nodes);
        let pair = Pair::measure(|| check(&nodes), || baseline(&nodes, &ready));
        (format!("{size} nodes"), pair)
    })
}

fn main() -> io::Result<()> {
    let sort = |graph: &DiGraph<(), ()>| toposort(graph, None).map_or(0, |order| order.len());
    let title = format!("graph: all rules, {}", profile());
    table(&title, "toposort", rows(|_, ready| sort(ready)))?;
    table(&title, "names + sort", rows(|nodes, _| sort(&graph(nodes))))
}
