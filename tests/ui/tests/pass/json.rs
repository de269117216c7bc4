//! The body of Dune's API, to the letter.

use dune_pipeline::{Performance, pipeline};
use serde_json::{Value, json};

use crate::nodes;

const NIGHTLY: Performance = Performance::Small;

#[test]
fn the_example_of_the_readme_is_the_body_of_dunes_api() {
    let chain = "ethereum";
    let daily = pipeline![
        volume = refresh("dune.acme.result_dex_daily").performance(Large),
        takers = refresh("dune.acme.result_dex_taker_first_seen"),
        share = query(3101)
            .parameters(blockchain = chain, min_volume_usd = 40_000)
            .after(volume),
        trend = query(3103).after(volume, takers),
    ];
    let body: Value = serde_json::from_str(&daily.to_json().unwrap()).unwrap();
    assert_eq!(
        body,
        json!({"pipeline": {"nodes": [
            {
                "id": 1,
                "dependencies": [],
                "materialized_view_refresh": {"name": "dune.acme.result_dex_daily", "performance": "large"},
            },
            {
                "id": 2,
                "dependencies": [],
                "materialized_view_refresh": {"name": "dune.acme.result_dex_taker_first_seen"},
            },
            {
                "id": 3,
                "dependencies": [1],
                "query_execution": {
                    "query_id": 3101,
                    "query_parameters": {"blockchain": "ethereum", "min_volume_usd": "40000"},
                },
            },
            {"id": 4, "dependencies": [1, 2], "query_execution": {"query_id": 3103}},
        ]}})
    );
}

#[test]
fn parentheses_and_numbers_for_labels_are_the_apis_own_json() {
    let raw = pipeline!(1 = refresh("mv_1"), 2 = query(1234).after(1));
    assert_eq!(
        nodes(&raw),
        json!([
            {"id": 1, "dependencies": [], "materialized_view_refresh": {"name": "mv_1"}},
            {"id": 2, "dependencies": [1], "query_execution": {"query_id": 1234}},
        ])
    );
    assert_eq!(raw.query(2).unwrap().id(), 2);
}

#[test]
fn labels_get_the_lowest_free_ids_and_may_be_used_before_they_are_declared() {
    let mixed = pipeline![
        late = query(7).after(early, 1),
        1 = refresh("mv_1"),
        early = refresh("mv_2"),
    ];
    assert_eq!(
        nodes(&mixed),
        json!([
            {"id": 2, "dependencies": [3, 1], "query_execution": {"query_id": 7}},
            {"id": 1, "dependencies": [], "materialized_view_refresh": {"name": "mv_1"}},
            {"id": 3, "dependencies": [], "materialized_view_refresh": {"name": "mv_2"}},
        ])
    );
    assert_eq!((mixed.late.id(), mixed.early.id()), (2, 3));
}

#[test]
fn modifiers_stand_in_any_order() {
    let daily = pipeline![
        volume = refresh("mv_1"),
        share = query(3101)
            .after(volume)
            .parameters(blockchain = "base")
            .performance(Small),
        again = query(3101)
            .performance(Small)
            .after(volume)
            .parameters(blockchain = "base"),
    ];
    let mut nodes = nodes(&daily);
    nodes[2]["id"] = json!(2);
    assert_eq!(nodes[1], nodes[2]);
}

#[test]
fn a_tier_is_a_bare_name_or_any_expression() {
    struct Config {
        tier: Performance,
    }
    let config = Config {
        tier: Performance::Large,
    };
    let tier = Performance::Medium;
    let daily = pipeline![
        a = refresh("mv_1").performance(Medium),
        b = refresh("mv_2").performance(tier),
        c = query(1).performance(config.tier),
        d = query(2).performance(Performance::Small),
        e = query(3).performance(self::NIGHTLY),
        f = query(4).performance(&config.tier),
        g = query(5).performance(Some(tier)),
    ];
    let nodes = nodes(&daily);
    let tiers: Vec<&Value> = nodes
        .as_array()
        .unwrap()
        .iter()
        .map(|node| {
            let work = [&node["materialized_view_refresh"], &node["query_execution"]];
            &work.into_iter().find(|work| work.is_object()).unwrap()["performance"]
        })
        .collect();
    let expected = [
        "medium", "medium", "large", "small", "small", "large", "medium",
    ];
    assert_eq!(tiers, expected);
}

#[test]
fn a_tier_that_is_none_is_left_to_dune() {
    let tier: Option<Performance> = None;
    let with = pipeline![
        volume = refresh("mv_1").performance(tier),
        share = query(3101).performance(tier.as_ref().copied()),
    ];
    let without = pipeline![volume = refresh("mv_1"), share = query(3101)];
    assert_eq!(with.to_json().unwrap(), without.to_json().unwrap());
}

#[test]
fn the_largest_ids_are_exact() {
    let daily = pipeline![9_223_372_036_854_775_807 = query(9_223_372_036_854_775_807)];
    assert_eq!(
        daily.to_json().unwrap(),
        r#"{"pipeline":{"nodes":[{"dependencies":[],"id":9223372036854775807,"query_execution":{"query_id":9223372036854775807}}]}}"#
    );
}
