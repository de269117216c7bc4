//! A dashboard refreshed for eight chains.

use super::dashboard::{self, CHAINS};
use super::ledger::{assert_usd, trades, volumes};
use crate::sample::Sample;

#[tokio::test]
async fn each_chain_has_its_own_projects_and_none_below_its_own_floor() {
    let sample = Sample::with_days(29).await;
    sample.workspace.add_day(30).unwrap();
    let board = dashboard::refreshed(&sample.dune).await.unwrap();
    let trades = trades(&sample.workspace);

    let whole = volumes(&trades, |trade| &trade.blockchain);
    let last_day = trades.iter().filter(|trade| trade.day == "2025-03-30");
    let last_day = volumes(last_day, |trade| &trade.blockchain);
    assert_eq!(board.chains.len(), CHAINS.len());
    for chain in &board.chains {
        let name = chain.blockchain.as_str();
        assert_usd(chain.volume_usd, whole[name], name);
        assert_usd(chain.last_day_usd, last_day[name], name);
    }
    assert!(
        board
            .chains
            .is_sorted_by(|one, next| one.volume_usd >= next.volume_usd)
    );

    let (mut shown, mut left_out) = (0, 0);
    assert_eq!(board.projects.len(), CHAINS.len());
    for ((chain, floor), rows) in CHAINS.iter().zip(&board.projects) {
        let of_chain = trades.iter().filter(|trade| trade.blockchain == *chain);
        let mut expected = volumes(of_chain, |trade| &trade.project);
        let projects = expected.len();
        expected.retain(|_, usd| *usd >= f64::from(*floor));
        assert_eq!(rows.len(), expected.len(), "projects of {chain}");
        for row in rows {
            assert_usd(row.volume_usd, expected[row.project.as_str()], &row.project);
            assert!((row.share - row.volume_usd / whole[chain]).abs() < 1e-9);
        }
        shown += rows.len();
        left_out += projects - rows.len();
    }
    assert!(
        shown > 0 && left_out > 0,
        "{shown} shown, {left_out} left out"
    );
}
