//! The command as people use it: what it prints and where, its exit codes, what a terminal shows. Each test starts the program
//! itself, against a Dune that says what the test is about.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "what helps a test may fail and talk like a test"
)]

mod fake;
mod files;
mod follow;
mod key;
mod run;
mod terminal;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use fake::{Answer, Fake, KEY, Request};

/// Two refreshes, a query after both, and one after that.
const PIPELINE: &str = r#"{"nodes": [
    {"id": 1, "materialized_view_refresh": {"name": "dune.acme.result_dex_daily"}},
    {"id": 2, "materialized_view_refresh": {"name": "dune.acme.result_dex_taker_first_seen"}},
    {"id": 3, "dependencies": [1, 2], "query_execution": {"query_id": 3103}},
    {"id": 4, "dependencies": [3], "query_execution": {"query_id": 3101, "query_parameters": {"blockchain": "base"}}}
]}"#;

const RUN: &str = "01JRUNRUNRUNRUNRUNRUNRUNRU";

/// Somebody at a shell, with a home of their own.
pub(crate) struct Person {
    home: tempfile::TempDir,
    url: Option<String>,
    key: Option<String>,
}

/// What came of a command.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Person {
    /// With the key of a Dune in the environment.
    pub(crate) fn at(fake: &Fake) -> Person {
        Person {
            home: tempfile::tempdir().unwrap(),
            url: Some(fake.url.clone()),
            key: Some(KEY.to_owned()),
        }
    }

    /// Without a key, and without a Dune.
    pub(crate) fn alone() -> Person {
        Person {
            home: tempfile::tempdir().unwrap(),
            url: None,
            key: None,
        }
    }

    pub(crate) fn without_key(self) -> Person {
        Person { key: None, ..self }
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    pub(crate) fn key_file(&self) -> PathBuf {
        self.home().join(".config/dune-pipeline/key")
    }

    /// A file of theirs.
    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        let path = self.home().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dune-pipeline"));
        command.args(arguments).current_dir(self.home());
        for variable in [
            "DUNE_API_KEY",
            "DUNE_API_BASE_URL",
            "NO_COLOR",
            "XDG_CONFIG_HOME",
        ] {
            command.env_remove(variable);
        }
        for (variable, value) in self.environment() {
            command.env(variable, value);
        }
        command
    }

    /// What their shell has set.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        let mut all = vec![("HOME", self.home().to_str().unwrap().to_owned())];
        all.extend(self.url.clone().map(|url| ("DUNE_API_BASE_URL", url)));
        all.extend(self.key.clone().map(|key| ("DUNE_API_KEY", key)));
        all
    }

    pub(crate) fn start(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(arguments);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command.spawn().unwrap()
    }

    pub(crate) fn does(&self, arguments: &[&str]) -> Done {
        done(self.start(arguments))
    }

    /// The same with something in standard input.
    pub(crate) fn pipes(&self, input: &str, arguments: &[&str]) -> Done {
        let mut command = self.command(arguments);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // The command may not read it.
        drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
        done(child)
    }
}

/// What came of it, of which nothing may show a key.
pub(crate) fn done(child: Child) -> Done {
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let done = Done {
        code: output.status.code(),
        out: text(output.stdout),
        err: text(output.stderr),
    };
    assert!(
        !done.out.contains(KEY) && !done.err.contains(KEY),
        "it shows the key: {done:?}"
    );
    done
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
