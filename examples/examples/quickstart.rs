//! A pipeline on a local Dune: real SQL over 51,000 trades, no key, no network.
//!
//! `cargo run --example quickstart`

use std::error::Error;

use dune_local::LocalDune;
use dune_pipeline::{Dune, pipeline};
use dune_pipeline_examples::Workspace;
use serde::Deserialize;

#[derive(Deserialize)]
struct Share {
    project: String,
    volume_usd: f64,
    share: f64,
}

#[derive(Deserialize)]
struct Trend {
    day: String,
    volume_usd: f64,
    new_takers: u64,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let workspace = Workspace::create(folder.path(), 29)?;
    let local = LocalDune::start(workspace.folder()).await?;
    let dune = Dune::builder()
        .base_url(local.base_url())
        .api_key(local.api_key())
        .build()?;

    // The trades of the 30th arrive, after the views were last refreshed.
    workspace.add_day(30)?;

    let chain = "ethereum";
    let daily = pipeline![
        volume = refresh("dune.acme.result_dex_daily").performance(Large),
        takers = refresh("dune.acme.result_dex_taker_first_seen"),
        share = query(3101)
            .parameters(blockchain = chain, min_volume_usd = 40_000)
            .after(volume),
        trend = query(3103).after(volume, takers),
    ];

    // Without the refreshes the answer is not wrong, it is just old. Nobody would notice.
    let alone = pipeline![trend = query(3103)];
    let run = dune.execute(&alone).await?;
    run.wait().await?;
    let stale: Vec<Trend> = run.rows(alone.trend).await?;
    println!("query 3103 alone: the last day is {}\n", last_day(&stale));

    let run = dune.execute(&daily).await?;
    println!("run {}", run.id());
    run.wait()
        .on_change(|status| println!("{status}\n"))
        .await?;

    println!("who carries the volume of {chain}:");
    for row in run.rows::<Share>(daily.share).await? {
        println!(
            "  {:<12} {:>14.2} USD {:>6.1} %",
            row.project,
            row.volume_usd,
            row.share * 100.0
        );
    }

    let trend: Vec<Trend> = run.rows(daily.trend).await?;
    println!("\nthe pipeline: the last day is {}", last_day(&trend));
    for row in trend.iter().rev().take(3).rev() {
        println!(
            "  {} {:>14.2} USD, {} new takers",
            row.day, row.volume_usd, row.new_takers
        );
    }

    local.shutdown().await;
    Ok(())
}

fn last_day(rows: &[Trend]) -> &str {
    rows.last().map_or("none", |row| &row.day)
}
