//! Requests over a bare socket, and what comes back, seen without any client.

use std::time::Duration;

use dune_local::LocalDune;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    pub(crate) fn error(&self) -> String {
        self.json()["error"]
            .as_str()
            .unwrap_or_else(|| panic!("no error: {}", self.text))
            .to_owned()
    }

    /// A header's value, by its name in small letters.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines
            .find(|(known, _)| known.to_lowercase() == name)
            .map(|(_, value)| value)
    }
}

/// Sends a request with these header lines.
pub(crate) async fn send(local: &LocalDune, line: &str, headers: &str, body: &str) -> Answer {
    let address = local.base_url().trim_start_matches("http://");
    let mut socket = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "{line} HTTP/1.1\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8(answer).unwrap();
    let (head, text) = answer.split_once("\r\n\r\n").unwrap();
    Answer {
        status: head.split(' ').nth(1).unwrap().parse().unwrap(),
        head: head.to_owned(),
        text: text.to_owned(),
    }
}

/// Sends a request with the right key. The path is what stands behind `/api/v1`.
pub(crate) async fn call(local: &LocalDune, method: &str, path: &str, body: &str) -> Answer {
    let host = local.base_url().trim_start_matches("http://");
    let headers = format!("Host: {host}\r\nX-Dune-Api-Key: {}\r\n", local.api_key());
    send(local, &format!("{method} /api/v1{path}"), &headers, body).await
}

pub(crate) async fn get(local: &LocalDune, path: &str) -> Answer {
    call(local, "GET", path, "").await
}

pub(crate) async fn post(local: &LocalDune, path: &str, body: &str) -> Answer {
    call(local, "POST", path, body).await
}

/// Starts an execution and answers its id.
pub(crate) async fn start(local: &LocalDune, path: &str, body: &str) -> String {
    let answer = post(local, path, body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()["execution_id"].as_str().unwrap().to_owned()
}

/// Waits for an execution and answers its status.
pub(crate) async fn ended(local: &LocalDune, id: &str) -> Value {
    loop {
        let status = get(local, &format!("/execution/{id}/status")).await.json();
        if status["is_execution_finished"] == true {
            return status;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// Starts a pipeline with this body, waits for it and answers its status.
pub(crate) async fn pipeline(local: &LocalDune, body: &str) -> Value {
    let answer = post(local, "/pipelines/execute", body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let id = answer.json()["pipeline_execution_id"]
        .as_str()
        .unwrap()
        .to_owned();
    loop {
        let status = get(local, &format!("/pipelines/executions/{id}/status"))
            .await
            .json();
        if !["pending", "executing"].contains(&status["status"].as_str().unwrap()) {
            return status;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
