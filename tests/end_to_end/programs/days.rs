//! A backfill over many days, one after the other.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use chrono::NaiveDate;

use super::backfill::{Summary, file, fill};
use super::ledger::{assert_usd, trades, volumes};
use crate::sample::Sample;

fn first() -> NaiveDate {
    "2025-03-01".parse().unwrap()
}

fn read(path: &Path) -> Vec<Summary> {
    let mut file = csv::Reader::from_path(path).unwrap();
    file.deserialize().map(Result::unwrap).collect()
}

#[tokio::test]
async fn thirty_days_become_thirty_files_and_a_second_run_has_nothing_to_do() {
    let sample = Sample::with_days(30).await;
    let folder = tempfile::tempdir().unwrap();
    let filled = fill(&sample.dune, folder.path(), first(), 30)
        .await
        .unwrap();
    assert_eq!(filled, 30);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 30);

    let trades = trades(&sample.workspace);
    for date in first().iter_days().take(30) {
        let day = date.to_string();
        let of_day: Vec<_> = trades.iter().filter(|trade| trade.day == day).collect();
        let usd = volumes(of_day.iter().copied(), |trade| &trade.blockchain);
        let rows = read(&file(folder.path(), date));
        assert_eq!(rows.len(), usd.len(), "chains on {day}");
        for row in rows {
            let chain = row.blockchain.as_str();
            let of_chain = of_day.iter().filter(|trade| trade.blockchain == chain);
            let takers: HashSet<&str> =
                of_chain.clone().map(|trade| trade.taker.as_str()).collect();
            assert_eq!(row.trades, of_chain.count() as u64, "{chain} on {day}");
            assert_eq!(row.takers, takers.len() as u64, "{chain} on {day}");
            assert_usd(row.volume_usd, usd[chain], chain);
        }
    }

    fs::remove_file(file(folder.path(), first())).unwrap();
    let again = fill(&sample.dune, folder.path(), first(), 30)
        .await
        .unwrap();
    assert_eq!(again, 1, "only the one that was missing");
    let nothing = fill(&sample.dune, folder.path(), first(), 30)
        .await
        .unwrap();
    assert_eq!(nothing, 0);
}

#[tokio::test]
async fn a_day_that_fails_keeps_those_before_it_and_stops_those_after_it() {
    let sample = Sample::with_days(6).await;
    let query = sample.workspace.folder().join("queries/day_summary.sql");
    let sql = fs::read_to_string(&query).unwrap();
    let broken = sql.replace(
        "count(*) as trades",
        "count(*) + 0 / (day(timestamp '{{day}}') - 4) as trades",
    );
    assert_ne!(broken, sql);
    fs::write(&query, broken).unwrap();
    let sample = sample.restarted().await;

    let folder = tempfile::tempdir().unwrap();
    let error = fill(&sample.dune, folder.path(), first(), 6)
        .await
        .unwrap_err();
    let text = error.to_string();
    assert!(text.contains("`day[3]`"), "{text}");
    let kept: Vec<bool> = first()
        .iter_days()
        .take(6)
        .map(|day| file(folder.path(), day).exists())
        .collect();
    assert_eq!(kept, [true, true, true, false, false, false]);

    fs::write(&query, sql).unwrap();
    let sample = sample.restarted().await;
    let rest = fill(&sample.dune, folder.path(), first(), 6).await.unwrap();
    assert_eq!(rest, 3, "it goes on where it stopped");
}
