//! What holds for a drawing of any pipeline: every node once, every dependency once, and what is waited for comes first.

use std::collections::{BTreeSet, HashMap};

use dune_pipeline::{Pipeline, query};
use proptest::prelude::*;

type Edges = BTreeSet<(usize, usize)>;

/// Who waits for whom among so many nodes, declared in any order.
fn pipelines() -> impl Strategy<Value = (usize, Edges)> {
    (1_usize..40).prop_flat_map(|size| {
        let edges = prop::collection::vec((0..size, 0..size), 0..(2 * size));
        let names = Just((0..size).collect::<Vec<_>>()).prop_shuffle();
        (edges, names).prop_map(move |(edges, names)| {
            let forward = edges.into_iter().filter(|(on, node)| on < node);
            (
                size,
                forward.map(|(on, node)| (names[on], names[node])).collect(),
            )
        })
    })
}

fn built(size: usize, edges: &Edges) -> Pipeline {
    let mut pipeline = Pipeline::builder();
    for node in 0..size {
        let after = edges.iter().filter(|(_, waits)| *waits == node);
        let after = after.map(|(on, _)| format!("n{on}x"));
        pipeline.node(format!("n{node}x"), query(1).after(after));
    }
    pipeline.build().unwrap()
}

/// Reads a tree as a person does: a node waits for the one it stands under, unless it says for which.
fn read_tree(tree: &str) -> (Vec<usize>, Vec<(usize, usize)>) {
    let (mut order, mut edges) = (Vec::new(), Vec::new());
    let mut path: Vec<usize> = Vec::new();
    let number = |name: &str| -> usize { name[1..name.len() - 1].parse().unwrap() };
    for node in tree.split('\n').collect::<Vec<_>>() {
        let start = node.find('n').unwrap();
        let level = node[..start].chars().count() / 3;
        let (name, text) = node[start..].split_once(' ').unwrap();
        let name = number(name);
        order.push(name);
        path.truncate(level);
        match text.split_once(" after ") {
            Some((_, after)) => edges.extend(after.split(", ").map(|on| (number(on), name))),
            None => edges.extend(path.last().map(|&on| (on, name))),
        }
        path.push(name);
    }
    (order, edges)
}

/// A tree's broken lines put together again.
fn unbroken(tree: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in tree.lines() {
        let start = line.find(|c: char| c.is_ascii_alphanumeric()).unwrap();
        match lines.last_mut() {
            Some(last) if last.ends_with(',') => {
                last.push(' ');
                last.push_str(&line[start..]);
            }
            _ => lines.push(line.to_owned()),
        }
    }
    lines.join("\n")
}

fn each_once(
    order: &[usize],
    drawn: &[(usize, usize)],
    size: usize,
    edges: &Edges,
) -> Result<(), TestCaseError> {
    let place: HashMap<usize, usize> = order
        .iter()
        .zip(0..)
        .map(|(&node, place)| (node, place))
        .collect();
    prop_assert_eq!(order.len(), size);
    prop_assert_eq!(place.len(), size);
    prop_assert_eq!(drawn.len(), edges.len());
    prop_assert_eq!(&drawn.iter().copied().collect::<Edges>(), edges);
    for (on, node) in edges {
        prop_assert!(place[on] < place[node], "{} before {}", on, node);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_tree_has_every_node_once_and_every_dependency_once((size, edges) in pipelines()) {
        let tree = built(size, &edges).to_string();
        let (order, drawn) = read_tree(&unbroken(&tree));
        each_once(&order, &drawn, size, &edges)?;
    }

    #[test]
    fn mermaid_and_dot_have_every_node_once_and_every_dependency_once((size, edges) in pipelines()) {
        let pipeline = built(size, &edges);
        // The ids of labels follow the order written.
        let number = |name: &str| name[1..].parse::<usize>().unwrap() - 1;
        for (text, arrow) in [(pipeline.to_mermaid().unwrap(), " --> "), (pipeline.to_dot().unwrap(), " -> ")] {
            let (mut order, mut drawn) = (Vec::new(), Vec::new());
            for line in text.lines().map(|line| line.trim().trim_end_matches(';')) {
                if let Some((on, node)) = line.split_once(arrow) {
                    drawn.push((number(on), number(node)));
                } else if let Some((name, _)) = line.strip_prefix('n').and_then(|_| line.split_once([' ', '['])).filter(|(name, _)| *name != "node") {
                    order.push(number(name));
                }
            }
            each_once(&order, &drawn, size, &edges)?;
        }
    }

    #[test]
    fn a_picture_has_every_node_once_and_every_dependency_once((size, edges) in pipelines()) {
        let svg = built(size, &edges).to_svg().unwrap();
        let titles: Vec<&str> = svg.split("<title>").skip(2).filter_map(|rest| rest.split("</title>").next()).collect();
        let number = |name: &str| name[1..name.len() - 1].parse::<usize>().unwrap();
        let nodes: Vec<usize> = titles.iter().filter_map(|title| title.split_once(": ")).map(|(name, _)| number(name)).collect();
        let arrows = titles.iter().filter(|title| !title.contains(": ")).filter_map(|title| title.split_once(" after "));
        let arrows: Vec<(usize, usize)> = arrows.map(|(node, on)| (number(on), number(node))).collect();
        each_once(&nodes, &arrows, size, &edges)?;
    }
}
