//! A backend that starts, shows and cancels runs, asked over a bare socket.

use dune_pipeline::Dune;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::backend::backend;
use crate::sample::{Sample, client};

/// The backend, served until this is dropped.
struct Served {
    address: String,
    server: JoinHandle<()>,
}

impl Served {
    async fn over(dune: Dune) -> Served {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let server = tokio::spawn(async move {
            axum::serve(listener, backend(dune)).await.unwrap();
        });
        Served { address, server }
    }

    /// Status, the head as it came, and the JSON.
    async fn ask(&self, method: &str, path: &str) -> (u16, String, Value) {
        let mut socket = TcpStream::connect(&self.address).await.unwrap();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
            self.address
        );
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, head.to_owned(), serde_json::from_str(body).unwrap())
    }

    async fn until_over(&self, id: &str) -> Value {
        loop {
            let (status, _, answer) = self.ask("GET", &format!("/runs/{id}")).await;
            assert_eq!(status, 200, "{answer}");
            if answer["over"] == true {
                return answer;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.server.abort();
    }
}

#[tokio::test]
async fn a_run_that_one_backend_started_is_shown_and_cancelled_by_another() {
    let sample = Sample::with_days(3).await;
    let first = Served::over(sample.dune.clone()).await;
    let (status, head, answer) = first.ask("POST", "/runs").await;
    assert_eq!(status, 202, "{answer}");
    let id = answer["run"].as_str().unwrap();
    let place = format!("location: /runs/{id}");
    assert!(
        head.to_ascii_lowercase()
            .contains(&place.to_ascii_lowercase()),
        "{head}"
    );
    drop(first);

    // As after a restart: another server, and a client that shares nothing with the first.
    let second = Served::over(client(&sample.local)).await;
    let over = second.until_over(id).await;
    assert_eq!(over["state"], "completed");
    let nodes = over["nodes"].as_array().unwrap();
    let labels: Vec<_> = nodes.iter().map(|node| &node["node"]).collect();
    assert_eq!(labels, ["volume", "takers", "chains", "arrivals", "market"]);
    assert!(nodes.iter().all(|node| node["state"] == "completed"));

    let (status, _, answer) = second.ask("DELETE", &format!("/runs/{id}")).await;
    assert_eq!((status, &answer["complete"]), (200, &Value::Bool(true)));
    let what = &answer["nodes"][0]["what"];
    assert_eq!(what, "had ended: completed");
}

#[tokio::test]
async fn a_run_that_is_deleted_while_it_runs_stops_and_says_so() {
    let sample = Sample::with_days(30).await;
    let backend = Served::over(sample.dune.clone()).await;
    let (_, _, answer) = backend.ask("POST", "/runs").await;
    let id = answer["run"].as_str().unwrap();
    let (status, _, answer) = backend.ask("DELETE", &format!("/runs/{id}")).await;
    assert_eq!((status, &answer["complete"]), (200, &Value::Bool(true)));
    let nodes = answer["nodes"].as_array().unwrap();
    let did = |what: &str| nodes.iter().filter(|node| node["what"] == what).count();
    assert!(did("was cancelled") > 0, "{answer}");
    assert!(did("never started") > 0, "{answer}");
    let over = backend.until_over(id).await;
    assert_ne!(over["state"], "completed");
}

#[tokio::test]
async fn what_is_no_run_is_not_found_and_what_fails_says_whether_it_may_have_started() {
    let sample = Sample::with_days(1).await;
    let backend = Served::over(sample.dune.clone()).await;
    for id in ["01NOWHERE", "what%20is%20this"] {
        let (status, _, answer) = backend.ask("GET", &format!("/runs/{id}")).await;
        assert_eq!(status, 404, "{answer}");
        assert_eq!(answer["may_have_started"], false);
    }
    let nobody = Dune::builder()
        .base_url("http://127.0.0.1:9")
        .api_key("none")
        .retries(0)
        .build()
        .unwrap();
    let backend = Served::over(nobody).await;
    let (status, _, answer) = backend.ask("POST", "/runs").await;
    assert_eq!(status, 502, "{answer}");
    assert_eq!(answer["may_have_started"], false);
    assert_eq!(answer["try_again"], true);
}
