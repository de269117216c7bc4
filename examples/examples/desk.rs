//! What a trader reads in the morning: yesterday's market and who carries the volume of one chain. It begins with the
//! pipeline that `alert` begins with too.
//!
//! `cargo run --example desk [-- CHAIN]`

use std::error::Error;
use std::process::ExitCode;

use dune_pipeline::{Dune, pipeline};
use dune_pipeline_examples::market::market;
use dune_pipeline_examples::{Session, finish};
use serde::Deserialize;

/// One project on the chain.
#[derive(Debug, Deserialize)]
pub(crate) struct Share {
    pub(crate) project: String,
    pub(crate) volume_usd: f64,
    pub(crate) share: f64,
}

/// One day of the market.
#[derive(Debug, Deserialize)]
pub(crate) struct Day {
    pub(crate) day: String,
    pub(crate) volume_usd: f64,
    pub(crate) new_takers: u64,
}

/// The page a trader reads.
#[derive(Debug)]
pub(crate) struct Morning {
    pub(crate) days: Vec<Day>,
    pub(crate) shares: Vec<Share>,
}

/// Refreshes the market and asks about one chain.
pub(crate) async fn morning(dune: &Dune, chain: &str) -> Result<Morning, dune_pipeline::Error> {
    let desk = pipeline![
        ..market(),
        trend = query(3103).after(volume, takers),
        share = query(3101).parameters(blockchain = chain).after(volume),
    ];
    let run = dune.execute(&desk).await?;
    run.wait().await?;
    Ok(Morning {
        days: run.rows(desk.trend).await?,
        shares: run.rows(desk.share).await?,
    })
}

#[tokio::main]
async fn main() -> ExitCode {
    finish(print().await)
}

async fn print() -> Result<ExitCode, Box<dyn Error>> {
    let chain = std::env::args().nth(1).unwrap_or("ethereum".to_owned());
    let session = Session::start().await?;
    let morning = morning(session.dune(), &chain).await?;
    session.end().await;

    for day in morning.days.iter().rev().take(3).rev() {
        println!(
            "{} {:>14.2} USD, {} new takers",
            day.day, day.volume_usd, day.new_takers
        );
    }
    println!("\nwho carries the volume of {chain}:");
    for row in morning.shares {
        println!(
            "  {:<12} {:>14.2} USD {:>5.1} %",
            row.project,
            row.volume_usd,
            row.share * 100.0
        );
    }
    Ok(ExitCode::SUCCESS)
}
