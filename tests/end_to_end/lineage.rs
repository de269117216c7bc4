//! The server finds the views under a query by itself, and builds the pipeline that the query needs.

use dune_pipeline::{Performance, query};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::sample::Sample;

#[derive(Deserialize)]
struct Day {
    day: String,
}

#[derive(Deserialize)]
struct Share {
    share: f64,
}

#[tokio::test]
async fn the_lineage_of_a_query_refreshes_every_view_under_it_first() {
    let sample = Sample::with_days(2).await;
    sample.workspace.add_day(3).unwrap();

    let run = sample.dune.execute_lineage(query(3103)).await.unwrap();
    let status = run.wait().await.unwrap();
    assert_eq!(status.nodes().len(), 3, "two views and the query: {status}");
    let rows: Vec<Day> = run.query_rows(3103).await.unwrap();
    assert_eq!(rows.last().unwrap().day, "2025-03-03");
}

#[tokio::test]
async fn the_pipeline_of_a_query_is_shown_as_it_would_run() {
    let sample = Sample::with_days(2).await;
    let large = || query(3103).performance(Performance::Large);
    let pipeline = sample.dune.query_pipeline(large()).await.unwrap();

    let body: Value = serde_json::from_str(&pipeline.to_json().unwrap()).unwrap();
    let nodes = body["pipeline"]["nodes"].as_array().unwrap();
    let refreshes: Vec<&str> = nodes
        .iter()
        .filter_map(|node| node["materialized_view_refresh"]["name"].as_str())
        .collect();
    assert_eq!(
        refreshes,
        [
            "dune.acme.result_dex_daily",
            "dune.acme.result_dex_taker_first_seen"
        ]
    );
    let last = nodes.last().unwrap();
    assert_eq!(last["dependencies"], json!([1, 2]));
    assert_eq!(last["query_execution"]["performance"], "large");

    sample.workspace.add_day(3).unwrap();
    let run = sample.dune.execute_query_pipeline(large()).await.unwrap();
    run.wait().await.unwrap();
    let rows: Vec<Day> = run.query_rows(3103).await.unwrap();
    assert_eq!(rows.last().unwrap().day, "2025-03-03");
}

#[tokio::test]
async fn parameters_reach_the_query() {
    let sample = Sample::with_days(2).await;
    let mut shares = Vec::new();
    for chain in ["ethereum", "polygon"] {
        let query = query(3101).parameter("blockchain", chain);
        let run = sample.dune.execute_lineage(query).await.unwrap();
        run.wait().await.unwrap();
        let rows: Vec<Share> = run.query_rows(3101).await.unwrap();
        let whole: f64 = rows.iter().map(|row| row.share).sum();
        assert!(
            (whole - 1.0).abs() < 1e-9,
            "the shares on {chain} make {whole}"
        );
        shares.push(rows[0].share);
    }
    assert_ne!(shares[0], shares[1]);
}
