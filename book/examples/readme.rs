//! The example of README and of the manual's first page, whole: it needs `DUNE_API_KEY`.
//!
//! `cargo run -p dune-pipeline-book --example readme`

use dune_pipeline::Error;
// ANCHOR: readme
use dune_pipeline::{Dune, pipeline};

// ANCHOR_END: readme
use serde::Deserialize;

#[derive(Deserialize)]
struct Trend {
    day: String,
    volume_usd: f64,
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    // ANCHOR: readme
    let chain = "ethereum";
    let daily = pipeline![
        volume = refresh("dune.acme.result_dex_daily").performance(Large),
        takers = refresh("dune.acme.result_dex_taker_first_seen"),
        share = query(3101)
            .parameters(blockchain = chain, min_volume_usd = 40_000)
            .after(volume),
        trend = query(3103).after(volume, takers),
    ];

    let run = Dune::from_env()?.execute(&daily).await?;
    run.wait().await?;
    let rows: Vec<Trend> = run.rows(daily.trend).await?;
    // ANCHOR_END: readme
    for row in rows {
        println!("{} {:.2} USD", row.day, row.volume_usd);
    }
    Ok(())
}
