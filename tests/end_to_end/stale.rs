//! What pipelines are for: a query over a view answers from the last refresh, whatever has happened since.

use std::collections::BTreeMap;
use std::fs;

use dune_pipeline::{State, pipeline};
use serde::Deserialize;

use crate::sample::{Sample, client};

#[derive(Debug, Deserialize)]
struct Trend {
    day: String,
    volume_usd: f64,
    new_takers: u64,
}

/// Volume and new takers of each day, added up from the file of trades without any SQL.
fn expected(trades: &str) -> BTreeMap<String, (f64, u64)> {
    let mut days: BTreeMap<String, (f64, u64)> = BTreeMap::new();
    let mut seen = std::collections::HashSet::new();
    for line in trades.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let day = days.entry(cells[1].to_owned()).or_default();
        day.0 += cells[5].parse().unwrap_or(0.0);
        day.1 += u64::from(seen.insert(cells[6].to_owned()));
    }
    days
}

fn assert_same(rows: &[Trend], expected: &BTreeMap<String, (f64, u64)>) {
    assert_eq!(rows.len(), expected.len());
    for (row, (day, (volume, takers))) in rows.iter().zip(expected) {
        assert_eq!(&row.day, day);
        assert_eq!(row.new_takers, *takers, "new takers of {day}");
        let apart = (row.volume_usd - volume).abs() / volume;
        assert!(
            apart < 1e-9,
            "volume of {day}: {} for {volume}",
            row.volume_usd
        );
    }
}

// ANCHOR: stale
#[tokio::test]
async fn the_answer_is_stale_without_the_pipeline_and_right_with_it() {
    let sample = Sample::with_days(29).await;
    let trades = sample.workspace.folder().join("tables/trades.csv");
    let yesterday = expected(&fs::read_to_string(&trades).unwrap());
    sample.workspace.add_day(30).unwrap();
    let today = expected(&fs::read_to_string(&trades).unwrap());

    let alone = pipeline![trend = query(3103)];
    let run = sample.dune.execute(&alone).await.unwrap();
    run.wait().await.unwrap();
    let stale: Vec<Trend> = run.rows(alone.trend).await.unwrap();
    assert_same(&stale, &yesterday);

    let daily = pipeline![
        volume = refresh("dune.acme.result_dex_daily").performance(Large),
        takers = refresh("dune.acme.result_dex_taker_first_seen"),
        trend = query(3103).after(volume, takers),
    ];
    let run = sample.dune.execute(&daily).await.unwrap();
    let status = run.wait().await.unwrap();
    for node in [
        status.node(daily.volume),
        status.node(daily.takers),
        status.node(daily.trend),
    ] {
        let node = node.unwrap();
        assert_eq!(node.state(), &State::Completed);
        assert!(node.execution_id().is_some());
    }
    let fresh: Vec<Trend> = run.rows(daily.trend).await.unwrap();
    assert_same(&fresh, &today);
}
// ANCHOR_END: stale

#[tokio::test]
async fn refreshing_only_one_of_two_views_leaves_the_answer_half_old() {
    let sample = Sample::with_days(3).await;
    sample.workspace.add_day(4).unwrap();
    let half = pipeline![
        volume = refresh("dune.acme.result_dex_daily"),
        trend = query(3103).after(volume),
    ];
    let run = sample.dune.execute(&half).await.unwrap();
    run.wait().await.unwrap();
    let rows: Vec<Trend> = run.rows(half.trend).await.unwrap();
    let last = rows.last().unwrap();
    assert_eq!(last.day, "2025-03-04");
    assert!(last.volume_usd > 0.0);
    assert_eq!(last.new_takers, 0, "the other view still ends on the third");
}

#[tokio::test]
async fn a_run_is_taken_up_again_by_its_id_in_another_client() {
    let sample = Sample::with_days(2).await;
    let daily = pipeline![
        takers = refresh("dune.acme.result_dex_taker_first_seen"),
        trend = query(3103).after(takers),
    ];
    let id = sample.dune.execute(&daily).await.unwrap().id().to_owned();

    let elsewhere = client(&sample.local);
    let run = elsewhere.run(&id).unwrap().attach(&daily).unwrap();
    let status = run.wait().await.unwrap();
    assert_eq!(
        status.node_by_label("trend").unwrap().state(),
        &State::Completed
    );
    assert_eq!(run.rows::<Trend>(daily.trend).await.unwrap().len(), 2);

    let by_id = elsewhere.run(&id).unwrap();
    assert_eq!(by_id.query_rows::<Trend>(3103).await.unwrap().len(), 2);
}
