//! The views that every program about the market needs fresh, written once: its dependencies are the data team's to keep
//! right, and the programs take them in with `..market()`.

use dune_pipeline::{Pipeline, RefreshNode, pipeline};

/// The views of the market as nodes.
#[derive(Debug, Clone, Copy)]
pub struct Market {
    /// Each project on each chain, day by day.
    pub volume: RefreshNode,
    /// The first day of each taker.
    pub takers: RefreshNode,
    /// Each chain, day by day.
    pub chains: RefreshNode,
    /// New takers, day by day.
    pub arrivals: RefreshNode,
    /// All of it, day by day.
    pub market: RefreshNode,
}

/// Refreshes the views in their three layers, each as soon as those it reads are fresh.
pub fn market() -> Pipeline<Market> {
    pipeline![
        volume = refresh("dune.acme.result_dex_daily").performance(Large),
        takers = refresh("dune.acme.result_dex_taker_first_seen"),
        chains = refresh("dune.acme.result_dex_chain_daily").after(volume),
        arrivals = refresh("dune.acme.result_dex_arrivals").after(takers),
        market = refresh("dune.acme.result_dex_market").after(chains, arrivals),
    ]
    .map_labels(|labels| Market {
        volume: labels.volume,
        takers: labels.takers,
        chains: labels.chains,
        arrivals: labels.arrivals,
        market: labels.market,
    })
}
