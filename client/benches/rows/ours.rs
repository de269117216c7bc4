//! The ways of this crate.

use std::hint::black_box;
use std::pin::pin;

use dune_pipeline::{Dune, Results};
use futures_util::TryStreamExt as _;

use super::Outcome;
use super::trade::Trade;

/// Any id that could be one.
const EXECUTION: &str = "01HR8AGD6CWGHGP1BN3Z1SJ4MD";

pub(crate) async fn stream(url: &str, limit: Option<u64>, ahead: bool) -> Outcome<u64> {
    let mut results = results(url, limit)?;
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

pub(crate) async fn rows(url: &str, limit: Option<u64>) -> Outcome<u64> {
    let rows: Vec<Trade> = results(url, limit)?.rows().await?;
    Ok(rows.len() as u64)
}

fn results(url: &str, limit: Option<u64>) -> Outcome<Results> {
    let dune = Dune::builder().api_key("bench").base_url(url).build()?;
    let results = dune.execution(EXECUTION)?.results();
    Ok(match limit {
        Some(limit) => results.limit(limit),
        None => results,
    })
}
