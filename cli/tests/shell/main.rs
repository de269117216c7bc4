//! The command as people use it: what it prints and where, its exit codes, what a terminal shows. Each test starts the program
//! itself, against a Dune that says what the test is about.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "what helps a test may fail and talk like a test"
)]

mod completions;
mod fake;
mod files;
mod follow;
mod key;
#[path = "../person/mod.rs"]
mod person;
mod results;
mod run;
mod terminal;
mod tmux;

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use assert_cmd::assert::Assert;
use serde_json::{Value, json};

use fake::{Answer, Fake, KEY, Request};
use person::{Person, Typed};

/// Two refreshes, a query after both, and one after that.
const PIPELINE: &str = r#"{"nodes": [
    {"id": 1, "materialized_view_refresh": {"name": "dune.acme.result_dex_daily"}},
    {"id": 2, "materialized_view_refresh": {"name": "dune.acme.result_dex_taker_first_seen"}},
    {"id": 3, "dependencies": [1, 2], "query_execution": {"query_id": 3103}},
    {"id": 4, "dependencies": [3], "query_execution": {"query_id": 3101, "query_parameters": {"blockchain": "base"}}}
]}"#;

const RUN: &str = "01JRUNRUNRUNRUNRUNRUNRUNRU";

impl Person {
    /// With the key of this Dune.
    pub(crate) fn at(fake: &Fake) -> Person {
        Person::new(Some(&fake.url), KEY)
    }

    /// Without a key, and without a Dune.
    pub(crate) fn alone() -> Person {
        Person::new(None, KEY)
    }

    pub(crate) fn key_file(&self) -> PathBuf {
        self.home().join(".config/dune-pipeline/key")
    }

    /// Types a command, and goes on while it runs.
    pub(crate) fn starts(&self, typed: impl Typed) -> Child {
        let mut command = self.command(typed);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command.spawn().unwrap()
    }

    /// What came of it, as far as nobody has read it before.
    pub(crate) fn waits_for(&self, child: Child) -> Assert {
        self.judged(child.wait_with_output().unwrap())
    }
}

/// Presses Ctrl-C.
pub(crate) fn interrupt(child: &Child) {
    let kill = Command::new("kill")
        .arg("-INT")
        .arg(child.id().to_string())
        .status();
    assert!(kill.unwrap().success());
}

/// How the run of [`PIPELINE`] stands: the whole, and each node.
pub(crate) fn standing(whole: &str, nodes: [&str; 4]) -> Value {
    let node = |(id, state): (usize, &str)| {
        let (state, error) = match state.split_once(": ") {
            Some((state, error)) => (state, Some(error)),
            None => (state, None),
        };
        let execution =
            (state != "pending" && state != "skipped").then(|| format!("01EXECUTION{id}"));
        let state = if state == "skipped" { "failed" } else { state };
        let mut status = json!({"status": state, "execution_id": execution, "error": error});
        match id {
            1 => status["name"] = "dune.acme.result_dex_daily".into(),
            2 => status["name"] = "dune.acme.result_dex_taker_first_seen".into(),
            3 => status["query_id"] = 3103.into(),
            _ => status["query_id"] = 3101.into(),
        }
        let field = if id < 3 {
            "materialized_view_refresh_status"
        } else {
            "query_execution_status"
        };
        json!({"id": id, field: status})
    };
    let nodes: Vec<Value> = (1..).zip(nodes).map(node).collect();
    json!({"status": whole, "node_executions": nodes})
}

pub(crate) const COMPLETED: [&str; 4] = ["completed"; 4];

/// A Dune with one run, which stands as told, one after the other, the last for good.
pub(crate) fn dune(mut stands: Vec<Value>) -> impl FnMut(&Request) -> Answer + Send + 'static {
    stands.reverse();
    move |request| {
        let path = request.what.as_str();
        if path.starts_with("POST /v1/pipelines/execute") {
            return Answer::Json(200, json!({"pipeline_execution_id": RUN}).to_string());
        }
        if path == format!("GET /v1/pipelines/executions/{RUN}/status") {
            let next = if stands.len() > 1 {
                stands.pop()
            } else {
                stands.last().cloned()
            };
            return Answer::Json(200, next.unwrap().to_string());
        }
        if path.starts_with("GET /v1/execution/") && path.ends_with("/status") {
            let execution = path.split('/').nth(3).unwrap();
            let nodes = stands.last().unwrap()["node_executions"]
                .as_array()
                .unwrap();
            let going = nodes.iter().any(|node| {
                let (view, query) = ("materialized_view_refresh_status", "query_execution_status");
                let status = node.get(view).unwrap_or(&node[query]);
                status["execution_id"] == execution && status["status"] == "executing"
            });
            let mut body = json!({
                "execution_id": execution,
                "query_id": 3103,
                "state": "QUERY_STATE_EXECUTING",
                "is_execution_finished": false,
                "submitted_at": "2025-10-22T10:31:04Z",
                "execution_started_at": "2025-10-22T10:31:05Z",
            });
            if !going {
                body["state"] = "QUERY_STATE_COMPLETED".into();
                body["is_execution_finished"] = true.into();
                body["execution_ended_at"] = "2025-10-22T10:31:17.300Z".into();
                body["execution_cost_credits"] = 0.25.into();
            }
            return Answer::Json(200, body.to_string());
        }
        Answer::Json(404, format!(r#"{{"error":"no such path: {path}"}}"#))
    }
}
