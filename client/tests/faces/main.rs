//! The faces of Dune's API: what each method sends, what it makes of the answer, and what it says where Dune refuses.
//! The other end is a server on a socket that answers as it is told to.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what these do in a test is fail it"
)]

#[path = "../running/client.rs"]
mod client;
mod coverage;
mod datasets;
mod every;
mod executions;
mod hostile;
mod lists;
mod materialized_views;
mod queries;
#[allow(
    dead_code,
    reason = "it is shared with other tests, which need more of it"
)]
#[path = "../running/server.rs"]
mod server;
mod uploads;
mod usage;

use dune_pipeline::{Dune, Error};

use crate::client::{KEY, impatient};
use crate::server::{Request, Server};

/// An execution's id as Dune gives them.
const EXECUTION: &str = "01HZ065JVE23C23FM2HKWQP2RT";

fn dune(server: &Server) -> Dune {
    impatient(server.url()).build().unwrap()
}

/// The one request that was sent.
fn only(server: &Server) -> Request {
    let requests = server.requests();
    let [request] = requests.as_slice() else {
        panic!("{requests:?}");
    };
    assert_eq!(request.header("x-dune-api-key"), Some(KEY));
    request.clone()
}

/// The paths and queries that were asked for, after the version of the API.
fn targets(server: &Server) -> Vec<String> {
    let targets = server.requests().into_iter().map(|request| {
        let target = request.target.strip_prefix("/api/v1/").unwrap();
        format!("{} {target}", request.method)
    });
    targets.collect()
}

/// The error's text, which must not hold the key.
fn told(error: &Error) -> String {
    let text = error.to_string();
    assert!(!text.contains(KEY) && !format!("{error:?}").contains(KEY));
    text
}
