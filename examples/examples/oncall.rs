//! For a cron job: refreshes the market and lists the chains that fell. When a node fails, it says what whoever is on call
//! needs to know, as the JSON that a chat's webhook takes, and ends with 2.
//!
//! `cargo run --example oncall` has nothing to tell; `cargo run --example oncall -- 99999999999999999999` has, for no number
//! of Dune's SQL is that large.

use std::error::Error;
use std::process::ExitCode;

use dune_pipeline::{Dune, FailedRun, Outcome, pipeline};
use dune_pipeline_examples::market::market;
use dune_pipeline_examples::{Session, finish};
use serde::Deserialize;
use serde_json::{Value, json};

/// A chain that fell.
#[derive(Debug, Deserialize)]
pub(crate) struct Fall {
    pub(crate) blockchain: String,
    pub(crate) volume_usd: f64,
}

/// What a morning begins with.
#[derive(Debug)]
pub(crate) enum Morning {
    /// The chains that fell.
    Falls(Vec<Fall>),
    /// What to tell whoever is on call.
    Alert(Value),
}

/// Refreshes the market, and looks for chains that fell by more than `percent`.
pub(crate) async fn morning(dune: &Dune, percent: &str) -> Result<Morning, dune_pipeline::Error> {
    let daily = pipeline![
        ..market(),
        report = query(3105).after(market),
        falls = query(3108).parameters(percent = percent).after(chains),
    ];
    let run = dune.execute(&daily).await?;
    match run.wait().await {
        Ok(_) => Ok(Morning::Falls(run.rows(daily.falls).await?)),
        Err(dune_pipeline::Error::Failed(failed)) => Ok(Morning::Alert(alert(&failed))),
        Err(error) => Err(error),
    }
}

/// What failed and where, what was not run for it, and what there is all the same.
fn alert(failed: &FailedRun) -> Value {
    let status = failed.status();
    let mut text = format!("run {} failed", status.run_id());
    for node in status.nodes() {
        let line = match node.outcome() {
            Some(Outcome::Completed | Outcome::Partial) => continue,
            Some(Outcome::Failed(Some(error))) => format!("{} failed: {error}", node.name()),
            Some(Outcome::NotRun { .. }) => format!("{} was not run", node.name()),
            // Cancelled, for example, or failed without a word of why.
            _ => node.to_string(),
        };
        text += "\n• ";
        text += &line;
    }
    let fresh: Vec<String> = failed.completed().map(|node| node.name()).collect();
    text += &format!("\nfresh all the same: {}", fresh.join(", "));
    json!({ "text": text })
}

#[tokio::main]
async fn main() -> ExitCode {
    finish(tell().await)
}

async fn tell() -> Result<ExitCode, Box<dyn Error>> {
    let percent = std::env::args().nth(1);
    let percent = percent.unwrap_or_else(|| "20".to_owned());
    let session = Session::start().await?;
    let morning = morning(session.dune(), &percent).await?;
    session.end().await;

    match morning {
        Morning::Falls(falls) => {
            for fall in falls {
                println!("{}: {:.2} USD", fall.blockchain, fall.volume_usd);
            }
            Ok(ExitCode::SUCCESS)
        }
        Morning::Alert(alert) => {
            println!("{alert}");
            Ok(ExitCode::from(2))
        }
    }
}
