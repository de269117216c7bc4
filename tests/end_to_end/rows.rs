//! Rows: typed, every page of them, exact.

use std::collections::HashSet;

use dune_pipeline::{Error, pipeline};
use serde::Deserialize;

use crate::sample::Sample;

const EVERY_TRADE: (i64, &str) = (
    4001,
    "select block_time, block_date, blockchain, amount_usd, taker, tx_hash from dex.trades",
);

#[derive(Deserialize)]
struct Trade {
    block_time: String,
    block_date: String,
    amount_usd: Option<f64>,
    taker: String,
    tx_hash: String,
}

#[tokio::test]
async fn all_pages_are_followed_and_no_row_comes_twice() {
    let sample = Sample::with_days_and(30, &[EVERY_TRADE]).await;
    let pipeline = pipeline![trades = query(4001)];
    let run = sample.dune.execute(&pipeline).await.unwrap();
    run.wait().await.unwrap();

    let mut pages = run
        .results(pipeline.trades)
        .page_size(7_000)
        .pages::<Trade>();
    let (mut count, mut sizes, mut hashes) = (0, Vec::new(), HashSet::new());
    while let Some(page) = pages.next().await.unwrap() {
        assert_eq!(page.total(), Some(51_000));
        sizes.push(page.rows().len());
        for trade in page.rows() {
            count += 1;
            assert!(hashes.insert(trade.tx_hash.clone()));
            assert_eq!(trade.block_time[..10], trade.block_date);
            assert!(trade.block_time.ends_with(" UTC"));
            assert_eq!(trade.taker.len(), 42);
        }
    }
    assert_eq!(count, 51_000);
    assert_eq!(sizes.len(), 8);

    let whole: Vec<Trade> = run.rows(pipeline.trades).await.unwrap();
    let unpriced = whole
        .iter()
        .filter(|trade| trade.amount_usd.is_none())
        .count();
    assert!((500..1_500).contains(&unpriced), "{unpriced}");
    assert_eq!(whole.len(), 51_000);
}

#[tokio::test]
async fn a_row_that_does_not_fit_says_which_and_where() {
    #[derive(Debug, Deserialize)]
    struct Priced {
        #[expect(dead_code, reason = "only its reading matters")]
        amount_usd: f64,
    }
    let sample = Sample::with_days_and(1, &[EVERY_TRADE]).await;
    let pipeline = pipeline![trades = query(4001)];
    let run = sample.dune.execute(&pipeline).await.unwrap();
    run.wait().await.unwrap();
    let error = run.rows::<Priced>(pipeline.trades).await.unwrap_err();
    assert!(matches!(error, Error::Row(_)), "{error}");
    let text = error.to_string();
    assert!(
        text.contains("amount_usd") && text.contains("trades"),
        "{text}"
    );
}
