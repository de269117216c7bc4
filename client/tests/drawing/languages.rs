//! Mermaid and DOT.

use crate::{fan, three_layers};

#[test]
fn mermaid_draws_views_as_cylinders_and_queries_as_boxes() {
    assert_eq!(
        three_layers().to_mermaid().unwrap(),
        r#"flowchart LR
    n1[("trades<br>refresh dune.acme.result_trades")]
    n2[("prices<br>refresh dune.acme.result_prices")]
    n3[("pools<br>refresh dune.acme.result_pools")]
    n4[("priced<br>refresh dune.acme.result_trades_priced")]
    n5[("volume<br>refresh dune.acme.result_pool_volume")]
    n6[("takers<br>refresh dune.acme.result_takers")]
    n7["report<br>query 4101"]
    n8["alert<br>query 4102"]
    n1 --> n4
    n2 --> n4
    n4 --> n5
    n3 --> n5
    n4 --> n6
    n5 --> n7
    n6 --> n7
    n6 --> n8
"#
    );
}

#[test]
fn dot_draws_views_as_cylinders_and_queries_as_boxes() {
    assert_eq!(
        three_layers().to_dot().unwrap(),
        r#"digraph pipeline {
    rankdir=LR;
    node [shape=box, fontname=monospace, fontsize=10];
    n1 [label="trades\nrefresh dune.acme.result_trades", shape=cylinder];
    n2 [label="prices\nrefresh dune.acme.result_prices", shape=cylinder];
    n3 [label="pools\nrefresh dune.acme.result_pools", shape=cylinder];
    n4 [label="priced\nrefresh dune.acme.result_trades_priced", shape=cylinder];
    n5 [label="volume\nrefresh dune.acme.result_pool_volume", shape=cylinder];
    n6 [label="takers\nrefresh dune.acme.result_takers", shape=cylinder];
    n7 [label="report\nquery 4101"];
    n8 [label="alert\nquery 4102"];
    n1 -> n4;
    n2 -> n4;
    n4 -> n5;
    n3 -> n5;
    n4 -> n6;
    n5 -> n7;
    n6 -> n7;
    n6 -> n8;
}
"#
    );
}

#[test]
fn both_grow_with_their_nodes() {
    let (small, large) = (fan(1_000), fan(10_000));
    assert!(large.to_mermaid().unwrap().len() < 12 * small.to_mermaid().unwrap().len());
    assert!(large.to_dot().unwrap().len() < 12 * small.to_dot().unwrap().len());
}
