// A refresh writes a view and returns no rows: a query that reads the view does.
// The handle of a node knows which it is.

use dune_pipeline::{Dune, Error, pipeline};

async fn volumes(dune: Dune) -> Result<Vec<serde_json::Value>, Error> {
    let daily = pipeline![
        volume = refresh("dune.acme.result_dex_daily"),
        share = query(3101).after(volume),
    ];
    let run = dune.execute(&daily).await?;
    run.wait().await?;
    let _shares: Vec<serde_json::Value> = run.rows(daily.share).await?;
    run.rows(daily.volume).await
}

fn main() {
    let _ = volumes;
}
