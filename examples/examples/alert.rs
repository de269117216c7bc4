//! For a cron job: exits with 2, and says which, when chains fell by more than so many percent below their week. It begins
//! with the pipeline that `desk` begins with too.
//!
//! `cargo run --example alert [-- PERCENT]`

use std::error::Error;
use std::process::ExitCode;

use dune_pipeline::{Dune, pipeline};
use dune_pipeline_examples::market::market;
use dune_pipeline_examples::{Session, finish};
use serde::Deserialize;

/// A chain that fell.
#[derive(Debug, Deserialize)]
pub(crate) struct Fall {
    pub(crate) blockchain: String,
    pub(crate) volume_usd: f64,
    pub(crate) usual_usd: f64,
}

/// The chains that fell by more than `percent`, those that fell most first.
pub(crate) async fn falls(dune: &Dune, percent: f64) -> Result<Vec<Fall>, dune_pipeline::Error> {
    let alert = pipeline![
        ..market(),
        falls = query(3108).parameters(percent = percent).after(chains),
    ];
    let run = dune.execute(&alert).await?;
    run.wait().await?;
    run.rows(alert.falls).await
}

#[tokio::main]
async fn main() -> ExitCode {
    finish(judge().await)
}

async fn judge() -> Result<ExitCode, Box<dyn Error>> {
    let percent = match std::env::args().nth(1) {
        Some(text) => text
            .parse()
            .map_err(|error| format!("the percentage `{text}`: {error}"))?,
        None => 20.0,
    };
    let session = Session::start().await?;
    let falls = falls(session.dune(), percent).await?;
    session.end().await;

    for fall in &falls {
        println!(
            "{} fell by {:.1} %: {:.2} USD, where {:.2} is usual",
            fall.blockchain,
            100.0 - fall.volume_usd / fall.usual_usd * 100.0,
            fall.volume_usd,
            fall.usual_usd
        );
    }
    Ok(match falls.is_empty() {
        true => {
            println!("no chain fell by more than {percent} %");
            ExitCode::SUCCESS
        }
        false => ExitCode::from(2),
    })
}
