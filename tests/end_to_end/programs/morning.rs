//! A report that tells whoever is on call when a node of it failed.

use super::ledger::{assert_usd, trades, volumes};
use super::oncall::{Morning, morning};
use crate::sample::Sample;

#[tokio::test]
async fn a_morning_like_any_other_lists_the_chains_that_fell() {
    let sample = Sample::with_days(11).await;
    sample.workspace.add_day(12).unwrap();
    let brought = morning(&sample.dune, "0").await.unwrap();
    let Morning::Falls(falls) = brought else {
        panic!("no list: {brought:?}");
    };
    let trades = trades(&sample.workspace);
    let today = trades.iter().filter(|trade| trade.day == "2025-03-12");
    let today = volumes(today, |trade| &trade.blockchain);
    assert!(!falls.is_empty());
    for fall in falls {
        assert_usd(fall.volume_usd, today[fall.blockchain.as_str()], "the day");
    }
}

#[tokio::test]
async fn a_query_that_failed_is_told_with_its_place_and_what_is_fresh_all_the_same() {
    let sample = Sample::with_days(2).await;
    let too_large = "99999999999999999999";
    let brought = morning(&sample.dune, too_large).await.unwrap();
    let Morning::Alert(alert) = brought else {
        panic!("no alert: {brought:?}");
    };
    let text = alert["text"].as_str().unwrap();
    let told: Vec<&str> = text.lines().filter(|line| line.starts_with('•')).collect();
    assert_eq!(told.len(), 1, "{text}");
    assert!(told[0].starts_with("• `falls` failed: line 23:"), "{text}");
    assert!(told[0].contains(too_large), "{text}");
    let fresh = "fresh all the same: `volume`, `takers`, `chains`, `arrivals`, `market`, `report`";
    assert!(text.ends_with(fresh), "{text}");
}

#[tokio::test]
async fn a_view_that_failed_is_told_with_its_place_in_the_sql_and_what_did_not_run_for_it() {
    let sample = Sample::with_days(2).await;
    let file = sample.workspace.folder().join("queries/dex_arrivals.sql");
    std::fs::write(&file, "select nonsense from dex.trades").unwrap();
    let sample = sample.restarted().await;
    let brought = morning(&sample.dune, "20").await.unwrap();
    let Morning::Alert(alert) = brought else {
        panic!("no alert: {brought:?}");
    };
    let text = alert["text"].as_str().unwrap();
    assert!(text.contains("• `arrivals` failed: line 1:8: "), "{text}");
    assert!(
        text.contains("Column 'nonsense' cannot be resolved"),
        "{text}"
    );
    for node in ["`market`", "`report`"] {
        assert!(text.contains(&format!("• {node} was not run")), "{text}");
    }
    assert!(
        text.ends_with("fresh all the same: `volume`, `takers`, `chains`, `falls`"),
        "{text}"
    );
}
