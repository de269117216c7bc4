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
    "fa:fa-car",
    "1. list",
    "- item",
    "_under_ www.dune.com",
    "[link](javascript:alert(1))",
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

pub(crate) fn hostile() -> Pipeline {
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

/// By the grammar of flowcharts: a quoted text holds no quote, nothing but numbers begins with `#`, and no line begins a list.
fn is_mermaid(text: &str) -> bool {
    let is_id = |id: &str| {
        id.strip_prefix('n')
            .is_some_and(|id| id.parse::<i64>().is_ok())
    };
    let is_text = |text: &str| {
        let mut rest = text;
        while let Some((before, number)) = rest.split_once('#') {
            let Some((digits, after)) = number.split_once(';') else {
                return false;
            };
            let code = digits.parse::<u32>().ok();
            if before.contains(is_special) || code.and_then(char::from_u32).is_none() {
                return false;
            }
            rest = after;
        }
        let first = text.split(' ').next().unwrap_or(text);
        !rest.contains(is_special) && !first.ends_with(['-', '+', '.'])
    };
    // Every second piece is a text.
    let pieces: Vec<&str> = text.split('"').collect();
    let texts = pieces.iter().skip(1).step_by(2);
    let outside: String = pieces.iter().step_by(2).copied().collect();
    let mut lines = outside.lines();
    pieces.len() % 2 == 1
        && texts.flat_map(|text| text.split('\n')).all(is_text)
        && lines.next() == Some("flowchart LR")
        && lines.all(|line| {
            let Some(line) = line.strip_prefix("    ") else {
                return false;
            };
            match line.split_once(" --> ") {
                Some((on, node)) => is_id(on) && is_id(node),
                None => ["[]", "[()]"]
                    .iter()
                    .any(|shape| line.strip_suffix(shape).is_some_and(is_id)),
            }
        })
}

fn is_special(c: char) -> bool {
    "\"`<>&%$;:\\|{}()*~^ﬂ°¶".contains(c)
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

/// Well-formed, and shown as it is.
fn is_xml(text: &str) -> bool {
    roxmltree::Document::parse(text).is_ok() && is_visible(text)
}

#[test]
fn the_judges_know_what_is_wrong() {
    assert!(!is_mermaid("flowchart LR\n    n1[\"a\"b\"]\n"));
    assert!(!is_mermaid("flowchart LR\n    n1[\"a\n- b\"]\n"));
    assert!(!is_mermaid("flowchart LR\n    n1[\"a<br>b\"]\n"));
    assert!(!is_mermaid("flowchart LR\n    n1[\"#nope\"]\n"));
    assert!(!is_dot("n1 [label=\"a\"b\"];"));
    assert!(!is_dot("n1 [label=\"\\N\"];"));
    assert!(!is_xml("<svg>\u{202e}</svg>"));
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
        std::fs::write(format!("{folder}/hostile.mmd"), &mermaid).unwrap();
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
