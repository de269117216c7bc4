//! Pipelines as trees, as Mermaid, as DOT and as pictures.

#![allow(
    clippy::unwrap_used,
    reason = "what cannot be built here is a failing test"
)]

mod any;
mod hostile;
mod languages;
mod pictures;
mod readers;
mod trees;

use dune_pipeline::{Pipeline, query, refresh};

/// Layers of views over each other, and queries over the last: what a team refreshes at night.
fn three_layers() -> Pipeline {
    let mut nightly = Pipeline::builder();
    nightly.node("trades", refresh("dune.acme.result_trades"));
    nightly.node("prices", refresh("dune.acme.result_prices"));
    nightly.node("pools", refresh("dune.acme.result_pools"));
    nightly.node(
        "priced",
        refresh("dune.acme.result_trades_priced").after(["trades", "prices"]),
    );
    nightly.node(
        "volume",
        refresh("dune.acme.result_pool_volume").after(["priced", "pools"]),
    );
    nightly.node(
        "takers",
        refresh("dune.acme.result_takers").after(["priced"]),
    );
    nightly.node("report", query(4101).after(["volume", "takers"]));
    nightly.node("alert", query(4102).after(["takers"]));
    nightly.build().unwrap()
}

fn diamond() -> Pipeline {
    let mut diamond = Pipeline::builder();
    diamond.node("trades", refresh("dune.acme.result_trades"));
    diamond.node("left", query(1).after(["trades"]));
    diamond.node("right", query(2).after(["trades"]));
    diamond.node("join", query(3).after(["left", "right"]));
    diamond.build().unwrap()
}

/// One node, so many after it, and one after all of those.
fn fan(width: usize) -> Pipeline {
    let mut fan = Pipeline::builder();
    fan.node("volume", refresh("dune.acme.result_dex_daily"));
    let members: Vec<String> = (0..width).map(|i| format!("share[{i}]")).collect();
    for (i, member) in members.iter().enumerate() {
        fan.node(
            member,
            query(3101)
                .parameter("blockchain", format!("chain_{i}"))
                .after(["volume"]),
        );
    }
    fan.node(
        "ranking",
        query(3105)
            .parameter("day", "2026-01-31 00:00:00")
            .after(members),
    );
    fan.build().unwrap()
}

fn chain(length: usize) -> Pipeline {
    let mut chain = Pipeline::builder();
    chain.node("n0", query(1));
    for i in 1..length {
        chain.node(format!("n{i}"), query(1).after([format!("n{}", i - 1)]));
    }
    chain.build().unwrap()
}

/// Nodes in layers of ten, each after some of the layer before and now and then of an earlier one, always the same.
fn mesh(nodes: usize) -> Pipeline {
    let mut mesh = Pipeline::builder();
    for i in 0..nodes {
        let layer = i / 10;
        let mut after = Vec::new();
        if layer > 0 {
            after.push(format!("n{}", (layer - 1) * 10 + i * 7 % 10));
            after.push(format!("n{}", (layer - 1) * 10 + (i * 7 + 1) % 10));
        }
        if layer > 2 && i % 5 == 0 {
            after.push(format!("n{}", (layer - 3) * 10 + i % 10));
        }
        mesh.node(
            format!("n{i}"),
            query(1000 + i64::try_from(i).unwrap()).after(after),
        );
    }
    mesh.build().unwrap()
}
