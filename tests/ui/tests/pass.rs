//! What `pipeline!` accepts, and the JSON it becomes: in all the places where people put an expression, under all the
//! names that they may have given to other things.

use dune_pipeline::{Pipeline, QueryNode, pipeline};
use serde_json::{Value, json};

/// The nodes of a pipeline's body.
fn nodes<L>(pipeline: &Pipeline<L>) -> Value {
    let json = pipeline.to_json().unwrap();
    let mut body: Value = serde_json::from_str(&json).unwrap();
    let object = body.as_object().unwrap();
    assert_eq!(object.keys().collect::<Vec<_>>(), ["pipeline"], "{json}");
    body["pipeline"]["nodes"].take()
}

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

use dune_pipeline::NodeHandle;
