//! A dashboard refreshed for eight chains: one view, and over it the same query once for each chain.
//!
//! `cargo run --example dashboard`

use std::error::Error;
use std::process::ExitCode;

use dune_pipeline::{Dune, pipeline};
use dune_pipeline_examples::{Session, finish};
use serde::Deserialize;

/// Each chain on the dashboard, and the volume in USD under which one of its projects is left out.
pub(crate) const CHAINS: [(&str, u32); 8] = [
    ("ethereum", 5_000_000),
    ("base", 5_000_000),
    ("arbitrum", 5_000_000),
    ("polygon", 5_000_000),
    ("bnb", 2_000_000),
    ("optimism", 2_000_000),
    ("avalanche_c", 1_000_000),
    ("gnosis", 500_000),
];

/// A chain as a whole.
#[derive(Debug, Deserialize)]
pub(crate) struct Chain {
    pub(crate) blockchain: String,
    pub(crate) volume_usd: f64,
    pub(crate) last_day_usd: f64,
}

/// A project on a chain.
#[derive(Debug, Deserialize)]
pub(crate) struct Project {
    pub(crate) project: String,
    pub(crate) volume_usd: f64,
    pub(crate) share: f64,
}

/// What the dashboard shows.
#[derive(Debug)]
pub(crate) struct Board {
    /// The chains, the one with the largest volume first.
    pub(crate) chains: Vec<Chain>,
    /// The projects of each of [`CHAINS`], in that order.
    pub(crate) projects: Vec<Vec<Project>>,
}

/// Refreshes the dashboard.
pub(crate) async fn refreshed(dune: &Dune) -> Result<Board, dune_pipeline::Error> {
    let board = pipeline![
        volume = refresh("dune.acme.result_dex_daily").performance(Large),
        chains = query(3104).after(volume),
        projects = each(CHAINS, |(chain, floor)| {
            query(3101)
                .parameters(blockchain = chain, min_volume_usd = floor)
                .after(volume)
        }),
    ];
    let run = dune.execute(&board).await?;
    run.wait().await?;
    Ok(Board {
        chains: run.rows(board.chains).await?,
        projects: run.rows_of_each(&board.projects).await?,
    })
}

#[tokio::main]
async fn main() -> ExitCode {
    finish(show().await)
}

async fn show() -> Result<ExitCode, Box<dyn Error>> {
    let session = Session::start().await?;
    let board = refreshed(session.dune()).await?;
    session.end().await;

    println!("{:<12} {:>15} {:>15}", "chain", "USD", "on the last day");
    for chain in &board.chains {
        println!(
            "{:<12} {:>15.2} {:>15.2}",
            chain.blockchain, chain.volume_usd, chain.last_day_usd
        );
    }
    println!("\nwho carries it:");
    for ((chain, _), projects) in CHAINS.iter().zip(&board.projects) {
        let shares: Vec<String> = projects
            .iter()
            .map(|row| {
                let (millions, percent) = (row.volume_usd / 1e6, row.share * 100.0);
                format!("{} {millions:.1} M ({percent:.0} %)", row.project)
            })
            .collect();
        println!("{chain:<12} {}", shares.join(", "));
    }
    Ok(ExitCode::SUCCESS)
}
