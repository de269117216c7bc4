//! Two programs that begin with the same pipeline.

use super::ledger::{Trade, arrivals, assert_usd, trades, volumes};
use super::{alert, desk};
use crate::sample::Sample;

#[tokio::test]
async fn the_desk_reads_all_days_and_one_chain_from_views_that_are_fresh() {
    let sample = Sample::with_days(9).await;
    sample.workspace.add_day(10).unwrap();
    let morning = desk::morning(&sample.dune, "gnosis").await.unwrap();

    let trades = trades(&sample.workspace);
    let (volume, arrivals) = (volumes(&trades, |trade| &trade.day), arrivals(&trades));
    assert_eq!(morning.days.len(), 10);
    for row in &morning.days {
        assert_usd(row.volume_usd, volume[row.day.as_str()], &row.day);
        assert_eq!(row.new_takers, arrivals[row.day.as_str()], "{}", row.day);
    }

    let gnosis = trades.iter().filter(|trade| trade.blockchain == "gnosis");
    let volume = volumes(gnosis, |trade| &trade.project);
    let whole: f64 = volume.values().sum();
    assert_eq!(morning.shares.len(), volume.len());
    for row in &morning.shares {
        assert_usd(row.volume_usd, volume[row.project.as_str()], &row.project);
        assert!((row.share - row.volume_usd / whole).abs() < 1e-9);
    }
}

#[tokio::test]
async fn the_alert_names_the_chains_that_fell_below_their_week_and_no_other() {
    let sample = Sample::with_days(11).await;
    sample.workspace.add_day(12).unwrap();
    let trades = trades(&sample.workspace);
    let today = volumes(
        trades.iter().filter(|trade| trade.day == "2025-03-12"),
        |trade| &trade.blockchain,
    );
    let week = |trade: &&Trade| ("2025-03-05".."2025-03-12").contains(&trade.day.as_str());
    let week = volumes(trades.iter().filter(week), |trade| &trade.blockchain);

    let mut named = Vec::new();
    for percent in [0.0, 10.0, 99.5] {
        let falls = alert::falls(&sample.dune, percent).await.unwrap();
        for fall in &falls {
            let chain = fall.blockchain.as_str();
            assert_usd(fall.volume_usd, today[chain], chain);
            assert_usd(fall.usual_usd, week[chain] / 7.0, chain);
        }
        let fell = |(chain, usd): (&&str, &f64)| {
            (*usd < week[chain] / 7.0 * (1.0 - percent / 100.0)).then(|| (*chain).to_owned())
        };
        let expected: Vec<String> = today.iter().filter_map(fell).collect();
        let mut found: Vec<String> = falls.into_iter().map(|fall| fall.blockchain).collect();
        found.sort();
        assert_eq!(found, expected, "at {percent} %");
        named.push(found.len());
    }
    assert!(
        named[0] > 0 && named[0] < 8,
        "some fell and some did not: {named:?}"
    );
    assert_eq!(named[2], 0, "no chain lost nearly everything");
}
