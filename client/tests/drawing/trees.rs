//! The tree that a pipeline prints.

use dune_pipeline::{Pipeline, query, refresh};

use crate::{chain, diamond, fan, mesh, three_layers};

#[test]
fn a_node_that_waits_for_several_stands_where_they_come_together() {
    assert_eq!(
        diamond().to_string(),
        "\
trades    refresh dune.acme.result_trades
├─ left   query 1
├─ right  query 2
└─ join   query 3 after left, right"
    );
}

#[test]
fn layers_of_views_are_read_from_the_top() {
    assert_eq!(
        three_layers().to_string(),
        "\
trades       refresh dune.acme.result_trades
prices       refresh dune.acme.result_prices
pools        refresh dune.acme.result_pools
priced       refresh dune.acme.result_trades_priced after trades, prices
└─ takers    refresh dune.acme.result_takers
   └─ alert  query 4102
volume       refresh dune.acme.result_pool_volume after priced, pools
report       query 4101 after volume, takers"
    );
}

#[test]
fn a_dashboard_of_eight_chains_says_in_a_word_that_the_ranking_waits_for_all() {
    assert_eq!(
        fan(8).to_string(),
        "\
volume       refresh dune.acme.result_dex_daily
├─ share[0]  query 3101 (blockchain = chain_0)
├─ share[1]  query 3101 (blockchain = chain_1)
├─ share[2]  query 3101 (blockchain = chain_2)
├─ share[3]  query 3101 (blockchain = chain_3)
├─ share[4]  query 3101 (blockchain = chain_4)
├─ share[5]  query 3101 (blockchain = chain_5)
├─ share[6]  query 3101 (blockchain = chain_6)
├─ share[7]  query 3101 (blockchain = chain_7)
└─ ranking   query 3105 (day = \"2026-01-31 00:00:00\") after share[0..=7]"
    );
}

#[test]
fn many_dependencies_and_parameters_break_the_line_under_the_node() {
    let mut pipeline = Pipeline::builder();
    let chains = [
        "ethereum",
        "base",
        "arbitrum",
        "optimism",
        "polygon",
        "avalanche",
        "gnosis",
        "celo",
        "scroll",
    ];
    pipeline.node("start", query(1));
    for chain in chains {
        pipeline.node(chain, query(3101).after(["start"]));
    }
    let long = chains.map(|chain| (chain, "some words for it"));
    pipeline.node("all", query(3105).parameters(long).after(chains));
    pipeline.node("end", query(3106).after(["all"]));
    assert_eq!(
        pipeline.build().unwrap().to_string(),
        "\
start         query 1
├─ ethereum   query 3101
├─ base       query 3101
├─ arbitrum   query 3101
├─ optimism   query 3101
├─ polygon    query 3101
├─ avalanche  query 3101
├─ gnosis     query 3101
├─ celo       query 3101
├─ scroll     query 3101
└─ all        query 3105 (arbitrum = \"some words for it\", avalanche = \"some words for it\",
   │            base = \"some words for it\", celo = \"some words for it\",
   │            ethereum = \"some words for it\", gnosis = \"some words for it\",
   │            optimism = \"some words for it\", polygon = \"some words for it\",
   │            scroll = \"some words for it\") after ethereum, base, arbitrum, optimism, polygon,
   │            avalanche, gnosis, celo, scroll
   └─ end     query 3106"
    );
}

#[test]
fn a_deep_chain_goes_on_at_the_margin() {
    assert_eq!(
        chain(15).to_string(),
        "\
n0                                    query 1
└─ n1                                 query 1
   └─ n2                              query 1
      └─ n3                           query 1
         └─ n4                        query 1
            └─ n5                     query 1
               └─ n6                  query 1
                  └─ n7               query 1
                     └─ n8            query 1
                        └─ n9         query 1
                           └─ n10     query 1
                              └─ n11  query 1
n12                                   query 1 after n11
└─ n13                                query 1
   └─ n14                             query 1"
    );
}

#[test]
fn what_comes_after_a_deep_branch_says_what_it_waits_for() {
    let mut pipeline = Pipeline::builder();
    pipeline.node("n0", query(1));
    for i in 1..14 {
        pipeline.node(format!("n{i}"), query(1).after([format!("n{}", i - 1)]));
    }
    pipeline.node("side", query(2).after(["n1"]));
    let tree = pipeline.build().unwrap().to_string();
    let line = |name: &str| {
        tree.lines()
            .find(|line| line.contains(name))
            .unwrap()
            .to_owned()
    };
    assert_eq!(
        line("n1 "),
        "└─ n1                                 query 1",
        "{tree}"
    );
    assert!(line("n12").starts_with("n12 "), "{tree}");
    assert!(line("n12").ends_with("after n11"), "{tree}");
    assert!(line("n13").ends_with("query 1"), "{tree}");
    assert!(line("side").starts_with("   └─ side"), "{tree}");
    assert!(line("side").ends_with("query 2 after n1"), "{tree}");
}

#[test]
fn a_pipeline_that_breaks_rules_prints_them() {
    let (view, id) = ("two words".to_owned(), 0);
    let broken = dune_pipeline::pipeline![volume = refresh(view), share = query(id)];
    assert_eq!(
        broken.to_string(),
        "\
`two words` cannot be the name of a view
note: there are blanks or control characters in it
help: write it like `dune.<team>.result_<name>`

`0` cannot be the id of a query
note: ids start at 1
help: a query's id is the number in its address, `dune.com/queries/<id>`"
    );
}

#[test]
fn a_tree_grows_with_its_nodes() {
    for (small, large) in [
        (chain(1_000).to_string(), chain(10_000).to_string()),
        (fan(1_000).to_string(), fan(10_000).to_string()),
        (mesh(1_000).to_string(), mesh(10_000).to_string()),
    ] {
        assert!(
            large.len() < 13 * small.len(),
            "{} for {}",
            large.len(),
            small.len()
        );
    }
}

#[test]
fn debug_is_one_line() {
    assert_eq!(
        format!("{:?}", diamond()),
        "Pipeline(4 nodes: `trades`, `left`, `right`, `join`)"
    );
    assert_eq!(
        format!("{:#?}", chain(1_000)),
        "Pipeline(1000 nodes: `n0`, `n1`, `n2`, `n3`, `n4`, `n5`, `n6`, `n7` and 992 others)"
    );
    let view = String::new();
    let broken = dune_pipeline::pipeline![volume = refresh(view)];
    assert_eq!(format!("{broken:?}"), "Pipeline(1 node, 1 fault: `volume`)");
}

#[test]
fn nodes_with_ids_are_called_by_them() {
    let mut pipeline = Pipeline::builder();
    pipeline.node(7, refresh("mv_1"));
    pipeline.node(3, query(1234).after([7]));
    assert_eq!(
        pipeline.build().unwrap().to_string(),
        "7     refresh mv_1\n└─ 3  query 1234"
    );
}

#[test]
fn the_members_of_a_group_are_drawn_by_their_names_and_what_is_taken_in_beside_them() {
    let common = dune_pipeline::pipeline![volume = refresh("dune.acme.result_dex_daily")];
    let chains = ["ethereum", "base", "arbitrum"];
    let none: Option<&str> = None;
    let daily = dune_pipeline::pipeline![
        ..common,
        share = each(chains, |chain| query(3101)
            .parameters(blockchain = chain)
            .after(volume)),
        extra = each(none, |token| query(3102)
            .parameters(token = token)
            .after(share)),
        ranking = query(3105).after(share, extra),
    ];
    assert_eq!(
        daily.to_string(),
        "\
volume       refresh dune.acme.result_dex_daily
├─ share[0]  query 3101 (blockchain = ethereum)
├─ share[1]  query 3101 (blockchain = base)
├─ share[2]  query 3101 (blockchain = arbitrum)
└─ ranking   query 3105 after share[0..=2]"
    );
    assert_eq!(
        format!("{daily:?}"),
        "Pipeline(5 nodes: `volume`, `share[0]`, `share[1]`, `share[2]`, `ranking`)"
    );
}
