//! What those make of the drawings for whom they are written: an XML parser and Graphviz. Both have to find the same text in
//! the same boxes, and the same arrows. Where there is no Graphviz its test says so and does nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write as _};
use std::process::{Command, Stdio};
use std::thread;

use dune_pipeline::{Pipeline, pipeline};
use roxmltree::Document;
use serde_json::Value;

use crate::hostile::hostile;
use crate::{fan, mesh, three_layers};

/// What a reader finds in a drawing.
struct Seen {
    /// The lines of each box.
    boxes: BTreeSet<Vec<String>>,
    /// Who waits for whom: `trend after volume`.
    arrows: BTreeSet<String>,
}

fn examples() -> [(&'static str, Pipeline); 5] {
    let teams: Vec<String> = (0..8).map(|team| format!("team {team}")).collect();
    let eight_groups = pipeline![
        a = each(&teams, |it| query(1).parameters(of = it)),
        b = each(&teams, |it| query(2).parameters(of = it).after(a)),
        c = each(teams.iter().enumerate(), |(i, it)| {
            query(3).parameters(of = it).after(b[i])
        }),
        d = each(&teams, |it| query(4).parameters(of = it).after(a, c)),
        e = each(&teams, |it| query(5).parameters(of = it).after(d[0])),
        f = in_turn(&teams, |it| query(6).parameters(of = it)),
        g = in_turn(&teams, |it| query(7).parameters(of = it).after(f)),
        h = each(&teams, |it| query(8).parameters(of = it).after(e, g)),
    ];
    [
        ("hostile", hostile()),
        ("layers", three_layers()),
        ("hundred", mesh(100)),
        ("fan", fan(8)),
        ("eight_groups", eight_groups.into_erased()),
    ]
}

fn by_xml(svg: &str) -> Seen {
    let document = Document::parse(svg).unwrap();
    let with_role = |role: &'static str| {
        let nodes = document.descendants();
        nodes.filter(move |node| node.attribute("role") == Some(role))
    };
    let texts = |node: roxmltree::Node<'_, '_>, tag: &'static str| -> Vec<String> {
        let found = node
            .descendants()
            .filter(|node| node.has_tag_name(("http://www.w3.org/2000/svg", tag)));
        found.map(|node| node.text().unwrap().to_owned()).collect()
    };
    Seen {
        boxes: with_role("graphics-symbol")
            .map(|node| texts(node, "text"))
            .collect(),
        arrows: with_role("presentation")
            .flat_map(|node| texts(node, "title"))
            .collect(),
    }
}

/// `None` where there is no Graphviz.
fn by_graphviz(dot: &str) -> Option<Seen> {
    let mut graphviz = Command::new("dot");
    graphviz
        .arg("-Tjson")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut graphviz = match graphviz.stderr(Stdio::piped()).spawn() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
        spawned => spawned.unwrap(),
    };
    let mut input = graphviz.stdin.take().unwrap();
    let output = thread::scope(|scope| {
        scope.spawn(move || input.write_all(dot.as_bytes()).unwrap());
        graphviz.wait_with_output().unwrap()
    });
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let graph: Value = serde_json::from_slice(&output.stdout).unwrap();
    let all = |of: &Value| of.as_array().cloned().unwrap_or_default();
    let boxes: BTreeMap<u64, Vec<String>> = all(&graph["objects"])
        .iter()
        .map(|node| {
            let drawn = all(&node["_ldraw_"]).into_iter();
            let texts = drawn.filter(|what| what["op"] == "T");
            let texts = texts.map(|what| what["text"].as_str().unwrap().to_owned());
            (node["_gvid"].as_u64().unwrap(), texts.collect())
        })
        .collect();
    let arrow = |edge: &Value| {
        let [on, node] = ["tail", "head"].map(|end| &boxes[&edge[end].as_u64().unwrap()][0]);
        format!("{node} after {on}")
    };
    Some(Seen {
        arrows: all(&graph["edges"]).iter().map(arrow).collect(),
        boxes: boxes.into_values().collect(),
    })
}

/// A picture ends a long line with `…`; Graphviz makes its boxes as wide as they have to be.
fn is_that_or_cut(line: &str, whole: &str) -> bool {
    let cut = line.strip_suffix('…');
    line == whole || cut.is_some_and(|cut| whole.starts_with(cut))
}

fn number_of_nodes(pipeline: &Pipeline) -> usize {
    let request: Value = serde_json::from_str(&pipeline.to_json().unwrap()).unwrap();
    request["pipeline"]["nodes"].as_array().unwrap().len()
}

#[test]
fn graphviz_and_an_xml_parser_see_the_same() {
    for (name, pipeline) in examples() {
        let picture = by_xml(&pipeline.to_svg().unwrap());
        assert_eq!(picture.boxes.len(), number_of_nodes(&pipeline), "{name}");
        let Some(graph) = by_graphviz(&pipeline.to_dot().unwrap()) else {
            let how = "no Graphviz looked at the drawings, for there is no `dot` here\n";
            io::stderr().write_all(how.as_bytes()).unwrap();
            return;
        };
        assert_eq!(graph.boxes.len(), picture.boxes.len(), "{name}");
        assert_eq!(graph.arrows, picture.arrows, "{name}");
        for drawn in &graph.boxes {
            let is_same = |seen: &&Vec<String>| {
                let mut lines = seen.iter().zip(drawn);
                seen.len() == drawn.len() && lines.all(|(line, whole)| is_that_or_cut(line, whole))
            };
            let same = picture.boxes.iter().filter(is_same).count();
            assert_eq!(same, 1, "{name}: {drawn:#?}");
        }
    }
}
