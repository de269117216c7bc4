//! Names and values that mean something in the language of a drawing.

use dune_pipeline::{Pipeline, query, refresh};
use proptest::prelude::*;

const HOSTILE: &[&str] = &[
    "\"] --> n9[\"",
    "a\nb --> c",
    "<script>alert(1)</script>",
    "</text></svg>",
    "&lt;b&gt; & ]]>",
    "%%{init: {\"theme\": \"dark\"}}%%",
    "style x fill:#f00;",
    "`**bold**` $$x$$",
    "\\N \\\" \\l",
    "\u{1b}[31mred\u{7}",
    "\u{202e}right to left\u{2066}",
    "\u{0}\u{fffe}\u{ffff}\u{feff}",
    "日本語 🦀 ß",
    "ﬂ°°34¶ß",
    "#quot; #34;",
    "end",
    "   ",
];

fn pipeline(texts: &[String]) -> Pipeline {
    let mut pipeline = Pipeline::builder();
    pipeline.node("start", refresh("dune.\"<b>&\".result_x"));
    for (i, text) in texts.iter().enumerate() {
        let key = format!("{text}{i}");
        pipeline.node(
            format!("{i}{text}"),
            query(1).parameter(key, text).after(["start"]),
        );
    }
    pipeline.build().unwrap()
}

fn hostile() -> Pipeline {
    pipeline(
        &HOSTILE
            .iter()
            .map(|text| (*text).to_owned())
            .collect::<Vec<_>>(),
    )
}

/// Nothing that a terminal obeys, that hides, or that turns the direction of writing.
fn is_visible(text: &str) -> bool {
    let hidden = |c: char| {
        (c.is_control() && c != '\n')
            || "\u{202e}\u{2066}\u{200b}\u{feff}\u{2028}\u{fffe}\u{ffff}".contains(c)
    };
    !text.contains(hidden)
}

/// By the grammar of flowcharts: a quoted text holds no quote, and nothing but numbers begins with `#`.
fn is_mermaid(text: &str) -> bool {
    let mut lines = text.lines();
    let is_id = |id: &str| {
        id.strip_prefix('n')
            .is_some_and(|id| id.parse::<i64>().is_ok())
    };
    let is_text = |text: &str| {
        text.split("<br>").all(|line| {
            let mut rest = line;
            while let Some((before, number)) = rest.split_once('#') {
                let Some((digits, after)) = number.split_once(';') else {
                    return false;
                };
                if before.contains(is_special)
                    || digits
                        .parse::<u32>()
                        .ok()
                        .and_then(char::from_u32)
                        .is_none()
                {
                    return false;
                }
                rest = after;
            }
            !rest.contains(is_special)
        })
    };
    lines.next() == Some("flowchart LR")
        && lines.all(|line| {
            let Some(line) = line.strip_prefix("    ") else {
                return false;
            };
            if let Some((on, node)) = line.split_once(" --> ") {
                return is_id(on) && is_id(node);
            }
            let (id, shape) = line.split_once('[').unwrap_or_default();
            let shape = shape.strip_suffix(']').unwrap_or_default();
            let shape = shape
                .strip_prefix('(')
                .and_then(|shape| shape.strip_suffix(')'))
                .unwrap_or(shape);
            let text = shape
                .strip_prefix('"')
                .and_then(|text| text.strip_suffix('"'));
            is_id(id) && text.is_some_and(is_text)
        })
}

fn is_special(c: char) -> bool {
    "\"`<>&%$;:\\|{}*~^ﬂ°¶".replace('ﬂ', "").contains(c)
}

/// By the grammar of DOT: outside of quotes nothing but what we write, and every quote closed on its line.
fn is_dot(text: &str) -> bool {
    text.lines().all(|line| {
        let (mut outside, mut quoted) = (String::new(), false);
        let mut chars = line.chars();
        while let Some(c) = chars.next() {
            match (quoted, c) {
                (true, '\\') => {
                    if !chars.next().is_some_and(|c| "\\\"n".contains(c)) {
                        return false;
                    }
                }
                (_, '"') => quoted = !quoted,
                (true, _) => {}
                (false, c) => outside.push(c),
            }
        }
        !quoted
            && outside
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || " {}[]=,;->".contains(c))
    })
}

/// Well-formed: tags nest, and text holds no markup, no entity but the five and no character that XML forbids.
fn is_xml(text: &str) -> bool {
    let mut open = Vec::new();
    let mut pieces = text.split('<');
    if pieces.next() != Some("") {
        return false;
    }
    for piece in pieces {
        let Some((tag, content)) = piece.split_once('>') else {
            return false;
        };
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop() != Some(name) {
                return false;
            }
        } else if !tag.ends_with('/') {
            open.push(tag.split(' ').next().unwrap_or(tag));
        }
        if tag.matches('"').count() % 2 == 1 || content.contains('>') {
            return false;
        }
        let known = |rest: &str| {
            ["amp;", "lt;", "gt;"]
                .iter()
                .any(|name| rest.starts_with(name))
        };
        if !content.split('&').skip(1).all(known) {
            return false;
        }
    }
    open.is_empty() && is_visible(text)
}

#[test]
fn the_judges_know_what_is_wrong() {
    assert!(!is_mermaid("flowchart LR\n    n1[\"a\"b\"]\n"));
    assert!(!is_mermaid("flowchart LR\n    n1[\"a\nb\"]\n"));
    assert!(!is_mermaid("flowchart LR\n    n1[\"#nope\"]\n"));
    assert!(!is_dot("n1 [label=\"a\"b\"];"));
    assert!(!is_dot("n1 [label=\"\\N\"];"));
    assert!(!is_xml("<svg><text>a & b</text></svg>"));
    assert!(!is_xml("<svg><text></svg>"));
    assert!(!is_xml("<svg>\u{1}</svg>"));
}

#[test]
fn hostile_names_and_values_stay_text_in_every_form() {
    let hostile = hostile();
    let mermaid = hostile.to_mermaid().unwrap();
    assert!(is_mermaid(&mermaid), "{mermaid}");
    let dot = hostile.to_dot().unwrap();
    assert!(is_dot(&dot), "{dot}");
    let svg = hostile.to_svg().unwrap();
    assert!(is_xml(&svg), "{svg}");
    let tree = hostile.to_string();
    assert!(is_visible(&tree), "{tree}");
    assert_eq!(
        tree.lines().filter(|line| line.contains("query 1")).count(),
        HOSTILE.len(),
        "{tree}"
    );
    let debug = format!("{hostile:?}");
    assert!(is_visible(&debug) && !debug.contains('\n'), "{debug}");
    if let Ok(folder) = std::env::var("DUNE_PIPELINE_PICTURES") {
        std::fs::write(format!("{folder}/hostile.svg"), &svg).unwrap();
    }
}

proptest! {
    #[test]
    fn any_text_stays_text_in_every_form(texts in prop::collection::vec(".*|[\"\\\\<>&#;%\n]*", 1..5)) {
        let pipeline = pipeline(&texts);
        prop_assert!(is_mermaid(&pipeline.to_mermaid().unwrap()));
        prop_assert!(is_dot(&pipeline.to_dot().unwrap()));
        prop_assert!(is_xml(&pipeline.to_svg().unwrap()));
        prop_assert!(is_visible(&pipeline.to_string()));
    }
}
