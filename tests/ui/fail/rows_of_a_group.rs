// `run.rows` reads the rows of one node, and the handle of an `each` names several: `run.rows_of_each` reads those of all, and
// `status.nodes_of` tells how they stand. `get` may give none.

use dune_pipeline::{Error, Run, RunStatus, pipeline};

const CHAINS: [&str; 2] = ["ethereum", "base"];

type Share = serde_json::Value;

async fn shares(run: &Run, status: &RunStatus) -> Result<(), Error> {
    let daily = pipeline![
        share = each(CHAINS, |chain| query(3101).parameters(blockchain = chain)),
        views = each(["dune.acme.result_volume"], |view| refresh(view)),
    ];
    let _: Vec<Share> = run.rows(daily.share).await?;
    let _: Vec<Share> = run.rows(&daily.share).await?;
    let _ = status.node(&daily.share);
    let _: Vec<Share> = run.rows(daily.share.get(0)).await?;
    let _: Vec<Vec<Share>> = run.rows_of_each(&daily.views).await?;
    Ok(())
}

fn main() {
    let _ = shares;
}
