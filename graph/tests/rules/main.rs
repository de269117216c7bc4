//! The rules of a pipeline graph as whoever breaks them reads them: each with its full text.
//! The compiler shows the same sentences, and the local server answers with them.

mod dependencies;
mod groups;
mod nodes;
mod pipelines;

use dune_pipeline_graph::{At, Fault, Name, Node, Part, Place, Target, check};

/// A node on a line of its own, which waits for others on the same line.
fn node(line: usize, name: impl Into<Name>, target: Target, after: &[&str]) -> Node {
    let node = Node::new(At::on_line(name, line)).target(At::on_line(target, line));
    after
        .iter()
        .fold(node, |node, label| node.after(At::on_line(*label, line)))
}

fn refresh(view: &str) -> Target {
    Target::refresh(view)
}

fn query(id: i64) -> Target {
    Target::query(id)
}

fn faults(nodes: &[Node]) -> Vec<Fault> {
    check(nodes).err().into_iter().flatten().collect()
}

/// The only fault of a pipeline.
fn fault(nodes: &[Node]) -> Fault {
    let mut faults = faults(nodes);
    assert_eq!(faults.len(), 1, "{faults:#?}");
    faults.remove(0)
}

fn at(node: usize, part: Part) -> Option<Place> {
    Some(Place { node, part })
}

#[track_caller]
fn reads(fault: &Fault, text: &[&str]) {
    assert_eq!(fault.to_string().lines().collect::<Vec<_>>(), text);
}
