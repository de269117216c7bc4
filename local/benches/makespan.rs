//! A pipeline's makespan against its critical path: the real server and runner over HTTP, with an
//! engine whose every statement takes 50 ms, so that all beyond it is what the runner adds. How long
//! the statements really took is measured: a timer is late on a busy machine, and that is not the
//! runner's doing. Refreshes also pay for what makes them survive a crash, the disk.
//!
//! `cargo bench -p dune-local --bench makespan`

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench prints, and stops at what goes wrong"
)]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use dune_local::LocalDune;
use dune_local::engine::{
    Answer, AttachError, Column, Engine, Import, ImportError, Imported, Materialized, SqlError,
    TableName, TableSource,
};
use futures::StreamExt;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const NODE: Duration = Duration::from_millis(50);
/// As many nodes at a time as any of the shapes has side by side.
const PARALLEL: usize = 64;

/// Takes its time, however busy others are, and answers one row.
#[derive(Default)]
struct Sleeper {
    slept_micros: AtomicU64,
    times: AtomicU64,
}

impl Sleeper {
    async fn sleep(&self) {
        let began = Instant::now();
        tokio::time::sleep(NODE).await;
        let took = u64::try_from(began.elapsed().as_micros()).unwrap();
        self.slept_micros.fetch_add(took, Ordering::Relaxed);
        self.times.fetch_add(1, Ordering::Relaxed);
    }

    /// What a statement took on average since the last question.
    fn took(&self) -> Duration {
        let times = self.times.swap(0, Ordering::Relaxed);
        Duration::from_micros(self.slept_micros.swap(0, Ordering::Relaxed) / times.max(1))
    }
}

#[async_trait]
impl Engine for Sleeper {
    async fn describe(&self, _: &str) -> Result<Vec<Column>, SqlError> {
        Ok(vec![Column::new("n", "integer")])
    }

    async fn query(&self, _: &str) -> Result<Answer, SqlError> {
        self.sleep().await;
        Ok(Answer {
            columns: vec![Column::new("n", "integer")],
            rows: futures::stream::iter([Ok(vec![vec![json!(1)]])]).boxed(),
        })
    }

    async fn materialize(&self, _: &str, path: &Path) -> Result<Materialized, SqlError> {
        self.sleep().await;
        std::fs::write(path, "rows").unwrap();
        Ok(Materialized {
            rows: 1,
            bytes: 4,
            columns: vec![Column::new("n", "integer")],
        })
    }

    async fn import(&self, _: Import, _: &Path) -> Result<Imported, ImportError> {
        let message = "nothing is uploaded here".to_owned();
        Err(ImportError::Columns { message })
    }

    async fn attach(&self, _: &TableName, _: TableSource) -> Result<Vec<Column>, AttachError> {
        Ok(vec![Column::new("n", "integer")])
    }

    async fn detach(&self, _: &TableName) -> bool {
        true
    }
}

/// Nodes by what they wait for, and how many of them the longest chain has.
struct Shape {
    name: &'static str,
    after: Vec<Vec<usize>>,
    longest: u32,
}

fn shapes() -> Vec<Shape> {
    let chain = (0..20).map(|n: usize| n.checked_sub(1).into_iter().collect());
    let wide = (0..PARALLEL).map(|_| Vec::new());
    // Ten layers of six, each node after two of the layer above.
    let layered = (0..60).map(|n: usize| match n.checked_sub(6) {
        Some(above) => vec![above, above - above % 6 + (above + 1) % 6],
        None => Vec::new(),
    });
    // One, then thirty side by side, then one.
    let diamond = (0..32).map(|n| match n {
        0 => Vec::new(),
        31 => (1..31).collect(),
        _ => vec![0],
    });
    let shape = |name, after: Vec<Vec<usize>>, longest| Shape {
        name,
        after,
        longest,
    };
    vec![
        shape("one node", vec![Vec::new()], 1),
        shape("chain of 20", chain.collect(), 20),
        shape("64 side by side", wide.collect(), 1),
        shape("10 layers of 6", layered.collect(), 10),
        shape("1 - 30 - 1", diamond.collect(), 3),
    ]
}

fn body(shape: &Shape, refreshes: bool) -> String {
    let node = |(index, after): (usize, &Vec<usize>)| {
        let dependencies: Vec<usize> = after.iter().map(|on| on + 1).collect();
        let mut node = json!({"id": index + 1, "dependencies": dependencies});
        if refreshes {
            let name = format!("dune.bench.result_v{index}");
            node["materialized_view_refresh"] = json!({ "name": name });
        } else {
            node["query_execution"] = json!({"query_id": 1});
        }
        node
    };
    let nodes: Vec<Value> = shape.after.iter().enumerate().map(node).collect();
    json!({"pipeline": {"nodes": nodes}}).to_string()
}

async fn send(local: &LocalDune, method: &str, path: &str, body: &str) -> Value {
    let address = local.base_url().trim_start_matches("http://");
    let mut socket = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "{method} /api/v1{path} HTTP/1.1\r\nHost: {address}\r\nX-Dune-Api-Key: {}\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        local.api_key(),
        body.len()
    );
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}

/// From the request to the end of the last node, as the executions' own times say: how often
/// somebody polls is not the runner's doing.
async fn makespan(local: &LocalDune, body: &str) -> Duration {
    let began: DateTime<Utc> = std::time::SystemTime::now().into();
    let answer = send(local, "POST", "/pipelines/execute", body).await;
    let id = answer["pipeline_execution_id"].as_str().unwrap();
    let nodes = loop {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let status = send(
            local,
            "GET",
            &format!("/pipelines/executions/{id}/status"),
            "",
        )
        .await;
        match status["status"].as_str().unwrap() {
            "pending" | "executing" => {}
            state => {
                assert_eq!(state, "completed", "{status}");
                break status["node_executions"].as_array().unwrap().clone();
            }
        }
    };
    let mut last = began;
    for node in nodes {
        let kinds = ["query_execution_status", "materialized_view_refresh_status"];
        let id = kinds
            .iter()
            .find_map(|kind| node[kind]["execution_id"].as_str())
            .unwrap();
        let status = send(local, "GET", &format!("/execution/{id}/status"), "").await;
        let ended = status["execution_ended_at"].as_str().unwrap();
        last = last.max(DateTime::parse_from_rfc3339(ended).unwrap().into());
    }
    (last - began).to_std().unwrap()
}

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("one.sql"), "select 1 as n").unwrap();
    let mut manifest = "team = \"bench\"\n[[queries]]\nid = 1\nfile = \"one.sql\"\n".to_owned();
    for view in 0..PARALLEL {
        manifest += &format!("[[views]]\nname = \"dune.bench.result_v{view}\"\nquery = 1\n");
    }
    std::fs::write(folder.path().join("dune.toml"), manifest).unwrap();
    let engine = Arc::new(Sleeper::default());
    let local = LocalDune::builder(folder.path())
        .engine(Arc::<Sleeper>::clone(&engine))
        .parallel(PARALLEL)
        .start()
        .await
        .unwrap();

    println!("nodes of {} ms, median of 5 runs", NODE.as_millis());
    println!(
        "{:<18} {:>9} {:>12} {:>12} {:>7}",
        "shape", "kind", "critical ms", "makespan ms", "ratio"
    );
    for shape in shapes() {
        for refreshes in [false, true] {
            let body = body(&shape, refreshes);
            let mut runs = Vec::new();
            engine.took();
            for _ in 0..5 {
                runs.push(makespan(&local, &body).await);
            }
            runs.sort();
            let (critical, took) = (engine.took() * shape.longest, runs[2]);
            println!(
                "{:<18} {:>9} {:>12.1} {:>12.1} {:>7.3}",
                shape.name,
                if refreshes { "refreshes" } else { "queries" },
                critical.as_secs_f64() * 1000.0,
                took.as_secs_f64() * 1000.0,
                took.as_secs_f64() / critical.as_secs_f64(),
            );
        }
    }

    let chain = |id: usize| {
        let after: Vec<usize> = if id % 100 == 1 {
            Vec::new()
        } else {
            vec![id - 1]
        };
        json!({"id": id, "dependencies": after, "query_execution": {"query_id": 1}})
    };
    let many: Vec<Value> = (1..=10_000).map(chain).collect();
    let body = json!({"pipeline": {"nodes": many}}).to_string();
    let began = Instant::now();
    let answer = send(&local, "POST", "/pipelines/execute", &body).await;
    assert!(answer["pipeline_execution_id"].is_string(), "{answer}");
    println!(
        "10,000 nodes judged and accepted in {:.0} ms",
        began.elapsed().as_secs_f64() * 1000.0
    );
    local.shutdown().await;
}
