//! A nightly with three layers of views, and one of its nodes on Sundays only.

use std::collections::BTreeSet;

use super::ledger::{Trade, arrivals, assert_usd, trades, volumes};
use super::nightly;
use crate::sample::Sample;

#[tokio::test]
async fn what_arrived_in_the_evening_comes_through_all_three_layers() {
    let sample = Sample::with_days(8).await;
    sample.workspace.add_day(9).unwrap();
    let sunday = "2025-03-09".parse().unwrap();
    let report = nightly::report(&sample.dune, sunday, None).await.unwrap();
    let trades = trades(&sample.workspace);

    let day = report.day.expect("the day has just arrived");
    let of = |day: &'static str| move |trade: &&Trade| trade.day == day;
    let usd: f64 = volumes(&trades, |trade| &trade.day)["2025-03-09"];
    let before: f64 = volumes(&trades, |trade| &trade.day)["2025-03-08"];
    assert_eq!(day.day, "2025-03-09");
    assert_eq!(
        day.trades,
        trades.iter().filter(of("2025-03-09")).count() as u64
    );
    assert_eq!(day.new_takers, arrivals(&trades)["2025-03-09"]);
    assert_usd(day.volume_usd, usd, "the day");
    assert!((day.over_day_before.unwrap() - usd / before).abs() < 1e-9);
    let chains = volumes(trades.iter().filter(of("2025-03-09")), |trade| {
        &trade.blockchain
    });
    let leader = chains.iter().max_by(|one, other| one.1.total_cmp(other.1));
    assert_eq!(&day.leader, leader.unwrap().0);

    let week = report.week.expect("it is a Sunday");
    let in_week = |trade: &&Trade| ("2025-03-03"..="2025-03-09").contains(&trade.day.as_str());
    let expected = volumes(trades.iter().filter(in_week), |trade| &trade.blockchain);
    assert_eq!(week.len(), expected.len());
    for row in week {
        let chain = row.blockchain.as_str();
        assert_usd(row.volume_usd, expected[chain], chain);
        let traded = trades
            .iter()
            .filter(in_week)
            .filter(|trade| trade.blockchain == chain);
        let days: BTreeSet<&str> = traded.map(|trade| trade.day.as_str()).collect();
        assert_eq!(row.days, days.len() as u64, "{chain}");
    }
}

#[tokio::test]
async fn on_other_days_there_is_no_week_and_nothing_waits_for_it() {
    let sample = Sample::with_days(3).await;
    let monday = "2025-03-03".parse().unwrap();
    let report = nightly::report(&sample.dune, monday, None).await.unwrap();
    assert!(report.week.is_none());
    assert_eq!(report.day.unwrap().day, "2025-03-03");
}

#[tokio::test]
async fn a_night_that_another_process_began_is_taken_up_by_the_id_of_its_run() {
    let sample = Sample::with_days(2).await;
    let day = "2025-03-02".parse().unwrap();
    let nowhere = nightly::report(&sample.dune, day, Some("01NOWHERE".to_owned())).await;
    let unknown = nowhere.unwrap_err().to_string();
    assert!(unknown.contains("01NOWHERE"), "{unknown}");

    let same = nightly::night(day);
    let run = sample.dune.execute(&same).await.unwrap();
    let report = nightly::report(&sample.dune, day, Some(run.id().to_owned()));
    assert_eq!(report.await.unwrap().day.unwrap().day, "2025-03-02");
}
