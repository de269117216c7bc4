//! Mermaid and DOT.

use dune_pipeline::{Pipeline, query};

use crate::{fan, three_layers};

#[test]
fn mermaid_draws_views_as_cylinders_and_queries_as_boxes() {
    assert_eq!(
        three_layers().to_mermaid().unwrap(),
        r#"flowchart LR
    n1[("trades
refresh dune.acme.result_trades")]
    n2[("prices
refresh dune.acme.result_prices")]
    n3[("pools
refresh dune.acme.result_pools")]
    n4[("priced
refresh dune.acme.result_trades_priced")]
    n5[("volume
refresh dune.acme.result_pool_volume")]
    n6[("takers
refresh dune.acme.result_takers")]
    n7["report
query 4101"]
    n8["alert
query 4102"]
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
fn mermaid_finds_no_more_in_a_text_than_its_letters() {
    let mut hostile = Pipeline::builder();
    let parameters = [
        ("-", "a\nb"),
        ("_x_", "[link](x)"),
        ("www.dune.com", "a_b"),
        ("1.", "fa:fa-car"),
        ("k", "$$x$$"),
        ("l", "ﬂ°°34¶ß"),
    ];
    hostile.node("end", query(1).parameters(parameters));
    assert_eq!(
        hostile.build().unwrap().to_mermaid().unwrap(),
        r#"flowchart LR
    n1["end
query 1
#45; = #34;a#92;nb#34;
1#46; = fa#58;fa-car
#95;x#95; = #34;[link]#40;x#41;#34;
k = #34;#36;#36;x#36;#36;#34;
l = #34;#92;u#123;fb02#125;#176;#176;34#92;u#123;b6#125;ß#34;
www#46;dune.com = a_b"]
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
