//! A refresh in a backend: `POST /runs` starts one and answers with its id at once, `GET /runs/{id}` says how it stands, node
//! by node, `DELETE /runs/{id}` cancels it. A schedule is whoever posts: cron, a workflow, a button.
//!
//! The backend keeps nothing: a run is on Dune, and its id is all there is to it here. So a backend that was restarted, or
//! the one beside it behind a load balancer, answers as the first one did.
//!
//! `cargo run --example backend [-- ADDRESS]`, and then
//! `curl -X POST http://127.0.0.1:8080/runs`, `curl http://127.0.0.1:8080/runs/ID`, `curl -X DELETE http://127.0.0.1:8080/runs/ID`

use std::error::Error;
use std::process::ExitCode;

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use dune_pipeline::{Dune, NodeCancellation, RunStatus};
use dune_pipeline_examples::market::market;
use dune_pipeline_examples::{Session, finish};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// The routes, over a client that they share.
pub(crate) fn backend(dune: Dune) -> Router {
    Router::new()
        .route("/runs", post(start))
        .route("/runs/{id}", get(report).delete(cancel))
        .with_state(dune)
}

async fn start(State(dune): State<Dune>) -> Result<Response, Refusal> {
    let run = dune.execute(&market()).await?;
    let place = [(header::LOCATION, format!("/runs/{}", run.id()))];
    let body = Json(json!({ "run": run.id() }));
    Ok((StatusCode::ACCEPTED, place, body).into_response())
}

/// One read at Dune for each request: whoever asks sets the pace, and the client keeps to the plan's limit.
async fn report(State(dune): State<Dune>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    // With the pipeline at hand, nodes have their labels, and say whom they were not run for.
    let run = dune.run(id)?.attach(&market())?;
    Ok(Json(shown(&run.status().await?)))
}

fn shown(status: &RunStatus) -> Value {
    let nodes = status.nodes().iter();
    let nodes = nodes.map(|node| {
        json!({
            "node": node.label(),
            "state": node.state().to_string(),
            "error": node.error(),
        })
    });
    json!({
        "run": status.run_id(),
        "state": status.state().to_string(),
        "over": status.is_final(),
        "nodes": nodes.collect::<Vec<_>>(),
    })
}

async fn cancel(State(dune): State<Dune>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let run = dune.run(id)?.attach(&market())?;
    let cancellation = run.cancel().await?;
    let nodes = cancellation.nodes().map(|(node, what)| {
        let what = match what {
            NodeCancellation::Cancelled => "was cancelled".to_owned(),
            NodeCancellation::HadEnded => format!("had ended: {}", node.state()),
            NodeCancellation::NeverStarted => "never started".to_owned(),
            NodeCancellation::NotCancelled(why) => format!("goes on: {why}"),
            _ => node.state().to_string(),
        };
        json!({ "node": node.label(), "what": what })
    });
    Ok(Json(json!({
        "run": cancellation.run_id(),
        "complete": cancellation.is_complete(),
        "nodes": nodes.collect::<Vec<_>>(),
    })))
}

/// What the backend answers where Dune did not do what it was asked for.
struct Refusal(dune_pipeline::Error);

impl From<dune_pipeline::Error> for Refusal {
    fn from(error: dune_pipeline::Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self(error) = self;
        let status = match (&error, error.status().map(|status| status.as_u16())) {
            (dune_pipeline::Error::InvalidRunId { .. }, _) => StatusCode::NOT_FOUND,
            (_, Some(400 | 404)) if error.run_id().is_some() => StatusCode::NOT_FOUND,
            (_, Some(429)) => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::BAD_GATEWAY,
        };
        // Whoever started it must know whether to do so again.
        let body = json!({
            "error": error.to_string(),
            "may_have_started": error.may_have_started(),
            "try_again": error.is_retryable(),
        });
        (status, Json(body)).into_response()
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    finish(serve().await)
}

async fn serve() -> Result<ExitCode, Box<dyn Error>> {
    let address = std::env::args().nth(1);
    let address = address.unwrap_or_else(|| "127.0.0.1:8080".to_owned());
    let session = Session::start().await?;
    let listener = TcpListener::bind(&address)
        .await
        .map_err(|error| format!("{address}: {error}"))?;
    println!("curl -X POST http://{}/runs", listener.local_addr()?);
    axum::serve(listener, backend(session.dune().clone()))
        .with_graceful_shutdown(async {
            if let Err(error) = tokio::signal::ctrl_c().await {
                eprintln!("Ctrl-C cannot be waited for: {error}");
            }
        })
        .await?;
    session.end().await;
    Ok(ExitCode::SUCCESS)
}
