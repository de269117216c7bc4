//! Mermaid: <https://mermaid.js.org/syntax/flowchart.html>. Views are cylinders, queries are boxes.
//! A text stands in quotes, and in it each character that means anything to anybody as its number, `#34;`.

use std::fmt::Write;

use super::{Drawing, Kind};

pub(super) fn draw(drawing: &Drawing) -> String {
    let mut out = String::from("flowchart LR\n");
    for node in &drawing.nodes {
        let (open, close) = match node.kind {
            Kind::Refresh => ("[(", ")]"),
            Kind::Query => ("[", "]"),
        };
        let lines: Vec<String> = node.lines().iter().map(|line| escaped(line)).collect();
        let text = lines.join("<br>");
        _ = writeln!(out, "    n{}{open}\"{text}\"{close}", node.id);
    }
    for node in &drawing.nodes {
        for on in node.after.iter().filter_map(|&on| drawing.nodes.get(on)) {
            _ = writeln!(out, "    n{} --> n{}", on.id, node.id);
        }
    }
    out
}

/// Whatever is not harmless is a number, for Mermaid looks into quoted texts too: for HTML, Markdown, formulas,
/// `%%{` directives, and, before it parses anything, for lines with `style`, a colon and a semicolon.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_alphanumeric() || " _-.,=()[]/+…".contains(c) {
            out.push(c);
        } else {
            _ = write!(out, "#{};", u32::from(c));
        }
    }
    out
}
