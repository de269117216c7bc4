//! Mermaid: <https://mermaid.js.org/syntax/flowchart.html>. Views are cylinders, queries are boxes.
//! A text stands in quotes, and in it each character that means anything to anybody as its number, `#34;`. Its lines are broken
//! as they are: where there is a tag, such as `<br>`, Mermaid reads those numbers first, and then finds formulas, icons and `\n`.

use std::fmt::Write;

use super::{Drawing, Kind};

/// Mermaid writes `ﬂ°` and `¶ß` for the two ends of a number while it works, and makes a number of whatever looks like it. They
/// are shown as what cannot be seen is.
const PLACEHOLDERS: &str = "ﬂ¶";

pub(super) fn draw(drawing: &Drawing) -> String {
    let mut out = String::from("flowchart LR\n");
    for node in &drawing.nodes {
        let (open, close) = match node.kind {
            Kind::Refresh => ("[(", ")]"),
            Kind::Query => ("[", "]"),
        };
        let lines: Vec<String> = node.lines().iter().map(|line| escaped(line)).collect();
        let text = lines.join("\n");
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
    for (at, c) in text.char_indices() {
        let (before, from) = text.split_at(at);
        let after = &from[c.len_utf8()..];
        if PLACEHOLDERS.contains(c) {
            _ = write!(out, "#92;u#123;{:x}#125;", u32::from(c));
        } else if is_harmless(before, c, after) {
            out.push(c);
        } else {
            _ = write!(out, "#{};", u32::from(c));
        }
    }
    out
}

fn is_harmless(before: &str, c: char, after: &str) -> bool {
    let begins_an_item = || after.is_empty() || after.starts_with(' ');
    match c {
        '-' | '+' => !begins_an_item(),
        '.' => !begins_an_item() && !before.to_ascii_lowercase().ends_with("www"),
        // Beside a word it would be emphasis.
        '_' => [before.chars().next_back(), after.chars().next()]
            .iter()
            .all(|beside| beside.is_some_and(char::is_alphanumeric)),
        c => c.is_alphanumeric() || " ,=[]/…".contains(c),
    }
}
