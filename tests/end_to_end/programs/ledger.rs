//! What the programs should answer, added up from the file of trades.

use std::collections::{BTreeMap, HashSet};
use std::fs;

use dune_pipeline_examples::Workspace;

/// A trade, as far as the sums need it.
pub(super) struct Trade {
    pub(super) day: String,
    pub(super) blockchain: String,
    pub(super) project: String,
    pub(super) cents: i64,
    pub(super) taker: String,
}

/// Every trade of the table.
pub(super) fn trades(workspace: &Workspace) -> Vec<Trade> {
    let text = fs::read_to_string(workspace.folder().join("tables/trades.csv")).unwrap();
    let trade = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        Trade {
            day: cells[1].to_owned(),
            blockchain: cells[2].to_owned(),
            project: cells[3].to_owned(),
            cents: cells[5].replace('.', "").parse().unwrap_or(0),
            taker: cells[6].to_owned(),
        }
    };
    text.lines().skip(1).map(trade).collect()
}

/// Volume by a key, in USD.
pub(super) fn volumes<'t>(
    trades: impl IntoIterator<Item = &'t Trade>,
    key: impl Fn(&'t Trade) -> &'t str,
) -> BTreeMap<&'t str, f64> {
    let mut cents: BTreeMap<&str, i64> = BTreeMap::new();
    for trade in trades {
        *cents.entry(key(trade)).or_default() += trade.cents;
    }
    let usd = |(key, cents)| (key, cents as f64 / 100.0);
    cents.into_iter().map(usd).collect()
}

/// How many takers were first seen on each day.
pub(super) fn arrivals(trades: &[Trade]) -> BTreeMap<&str, u64> {
    let mut seen = HashSet::new();
    let mut days = BTreeMap::new();
    for trade in trades {
        *days.entry(trade.day.as_str()).or_default() += u64::from(seen.insert(&trade.taker));
    }
    days
}

/// That two sums are the same, whatever order they were added in.
#[track_caller]
pub(super) fn assert_usd(found: f64, expected: f64, of: &str) {
    assert!(
        (found - expected).abs() <= expected.abs() * 1e-9,
        "{of}: {found} USD, where the trades add up to {expected}"
    );
}
