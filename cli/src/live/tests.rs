//! The live view in every width and height: what a status that Dune gave looks like.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use dune_pipeline::{Dune, Pipeline, RunStatus};

use super::layout::{Frame, lines};
use super::scene::Scene;
use super::{text, tree};
use crate::cost::Cost;
use crate::terminal::Size;

const PIPELINE: &str = r#"{"nodes": [
    {"id": 1, "materialized_view_refresh": {"name": "dune.acme.result_dex_daily"}},
    {"id": 2, "dependencies": [1], "query_execution": {"query_id": 3101}},
    {"id": 3, "dependencies": [1], "materialized_view_refresh": {"name": "dune.acme.result_漢字漢字漢字"}},
    {"id": 4, "dependencies": [2, 3], "query_execution": {"query_id": 3103}}
]}"#;

const STATUS: &str = r#"{"status": "executing", "node_executions": [
    {"id": 1, "materialized_view_refresh_status": {"name": "dune.acme.result_dex_daily", "status": "completed", "execution_id": "01A"}},
    {"id": 2, "query_execution_status": {"query_id": 3101, "status": "failed", "execution_id": "01B",
        "error": "line 1:8:\n Column 'x\u001b[2J' cannot be resolved, and much more that nobody reads to its end"}},
    {"id": 3, "materialized_view_refresh_status": {"name": "dune.acme.result_漢字漢字漢字", "status": "pending"}},
    {"id": 4, "query_execution_status": {"query_id": 3103, "status": "pending"}}
]}"#;

/// What a client makes of this answer of Dune's.
fn status(pipeline: &str, answer: &'static str) -> RunStatus {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 4096];
        assert!(stream.read(&mut request).unwrap() > 0);
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: ";
        write!(stream, "{head}{}\r\n\r\n{answer}", answer.len()).unwrap();
    });
    let dune = Dune::builder().api_key("k").base_url(&url).build().unwrap();
    let run = dune.run("01RUN").unwrap();
    let run = run.attach(&Pipeline::from_json(pipeline).unwrap()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(run.status()).unwrap()
}

fn scene() -> Scene {
    let mut scene = Scene::new("01RUN");
    drop(scene.update(status(PIPELINE, STATUS)));
    let cost = |millis, credits| Cost {
        took: Some(Duration::from_millis(millis)),
        so_far: None,
        credits: Some(credits),
    };
    scene.cost(1, cost(12_345, 0.25));
    scene.cost(2, cost(850, 0.0));
    scene
}

fn drawn(columns: usize, rows: usize) -> Vec<String> {
    let scene = scene();
    let tree = tree::rows(scene.status().unwrap());
    let frame = Frame {
        turn: 3,
        notice: Some("no answer, still asking: a network that is away for long"),
        hint: Some("Ctrl-C cancels the run"),
        since: None,
    };
    let lines = lines(&scene, &tree, Size { columns, rows }, frame);
    lines.iter().map(|line| line.plain()).collect()
}

#[test]
fn a_wide_terminal_shows_all_of_it() {
    assert_eq!(
        drawn(200, 24),
        [
            "run 01RUN  executing",
            "✓ 1     refresh dune.acme.result_dex_daily     completed  12.3s  0.25 credits",
            "├─ ✗ 2  query 3101                             failed     850ms  line 1:8: Column 'x\u{fffd}[2J' cannot be resolved, and much more that nobody reads to its end",
            "├─ · 3  refresh dune.acme.result_漢字漢字漢字  pending",
            "└─ · 4  query 3103                             pending           not run: 2 failed",
            "1 of 4 completed, 1 not, 0.25 credits  Ctrl-C cancels the run",
            "no answer, still asking: a network that is away for long",
        ]
    );
}

#[test]
fn a_narrower_one_cuts_first_what_matters_least() {
    assert_eq!(
        drawn(60, 24)[1..5],
        [
            "✓ 1     refresh dun…lt_dex_daily  completed  12.3s",
            "├─ ✗ 2  query 3101                failed     850ms",
            "├─ · 3  refresh dun…漢字漢字漢字  pending",
            "└─ · 4  query 3103                pending",
        ]
        .map(|line| line.to_owned())
    );
    assert_eq!(drawn(12, 24)[1], "✓ 1");
}

#[test]
fn no_line_is_as_wide_as_the_terminal_and_every_node_keeps_its_sign() {
    for columns in 1..220 {
        let drawn = drawn(columns, 24);
        for line in &drawn {
            assert!(
                text::width(line) < columns.max(1) || line.is_empty(),
                "{columns}: {line}"
            );
            assert!(!line.contains('\x1b'), "{line:?}");
        }
        if columns > 8 {
            for (line, sign) in drawn[1..5].iter().zip(["✓ 1", "✗ 2", "· 3", "· 4"]) {
                assert!(line.contains(sign), "{columns}: {line}");
            }
        }
    }
}

#[test]
fn in_a_low_terminal_what_failed_is_shown_first_and_the_rest_is_counted() {
    for rows in 1..12 {
        assert!(drawn(100, rows).len() <= rows.max(4), "{rows}");
    }
    let drawn = drawn(100, 5);
    assert!(drawn[1].contains("✗ 2"), "{drawn:?}");
    assert_eq!(drawn[2], "… and 3 more: 1 completed, 2 pending");
}
