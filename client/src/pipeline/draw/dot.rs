//! DOT: <https://graphviz.org/doc/info/lang.html>. Views are cylinders, queries are boxes.

use std::fmt::Write;

use super::{Drawing, Kind};

pub(super) fn draw(drawing: &Drawing) -> String {
    let mut out = String::from(
        "digraph pipeline {\n    rankdir=LR;\n    node [shape=box, fontname=monospace, fontsize=10];\n",
    );
    for node in &drawing.nodes {
        let shape = match node.kind {
            Kind::Refresh => ", shape=cylinder",
            Kind::Query => "",
        };
        let lines: Vec<String> = node.lines().iter().map(|line| escaped(line)).collect();
        let text = lines.join("\\n");
        _ = writeln!(out, "    n{} [label=\"{text}\"{shape}];", node.id);
    }
    for node in &drawing.nodes {
        for on in node.after.iter().filter_map(|&on| drawing.nodes.get(on)) {
            _ = writeln!(out, "    n{} -> n{};", on.id, node.id);
        }
    }
    out.push_str("}\n");
    out
}

/// For a label in quotes: a backslash begins an escape there, and an ampersand an entity of HTML.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('&', "&amp;")
}
