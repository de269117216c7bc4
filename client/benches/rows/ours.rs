//! The ways of this crate.

use std::hint::black_box;
use std::pin::pin;

use dune_pipeline::{Dune, Results};
use dune_pipeline_benches::rows::{Outcome, Trade};
use futures_util::TryStreamExt as _;

pub(crate) async fn stream(url: &str, execution: &str, ahead: bool) -> Outcome<u64> {
    let mut results = results(url, execution)?;
    if ahead {
        results = results.read_ahead();
    }
    let mut rows = pin!(results.stream::<Trade>());
    let mut count = 0;
    while let Some(row) = rows.try_next().await? {
        black_box(row);
        count += 1;
    }
    Ok(count)
}

pub(crate) async fn rows(url: &str, execution: &str) -> Outcome<u64> {
    let rows: Vec<Trade> = results(url, execution)?.rows().await?;
    Ok(rows.len() as u64)
}

fn results(url: &str, execution: &str) -> Outcome<Results> {
    let dune = Dune::builder().api_key("bench").base_url(url).build()?;
    Ok(dune.execution(execution)?.results())
}
