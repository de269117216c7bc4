//! Datasets: what a statement can read by name, listed and described.

use dune_local::LocalDune;
use serde_json::{Value, json};

use crate::wire::{ended, get, start};
use crate::workspace::Workspace;

fn workspace() -> Workspace {
    Workspace::new()
        .table_with(
            "dex.trades",
            "amount,taker\n1.50,0xab\n",
            "amount = \"decimal(10,2)\", taker = \"varbinary\"",
        )
        .table_with("solo", "x\na\n", "x = \"varchar\"")
        .query(1, "select sum(amount) as volume from dex.trades")
        .query(2, "select nonsense as x")
        .view("volume", 1)
        .view("wrong", 2)
}

async fn serve(workspace: &Workspace) -> LocalDune {
    workspace.write_manifest();
    LocalDune::start(workspace.path()).await.unwrap()
}

fn names(list: &Value) -> Vec<&str> {
    let datasets = list["datasets"].as_array().unwrap().iter();
    datasets
        .map(|one| one["full_name"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn tables_and_views_are_listed_by_name_with_their_columns_and_types() {
    let workspace = workspace();
    let local = serve(&workspace).await;
    let list = get(&local, "/datasets").await.json();
    assert_eq!(list["total"], 4);
    assert_eq!(
        names(&list),
        [
            "dex.trades",
            "dune.acme.result_volume",
            "dune.acme.result_wrong",
            "solo"
        ]
    );
    let trades = &list["datasets"][0];
    assert_eq!(trades["type"], "dune_table");
    assert_eq!(trades["owner"], json!({"handle": "acme", "type": "team"}));
    assert_eq!(trades["metadata"], json!({"file": "tables/dex.trades.csv"}));
    assert_eq!(trades["is_private"], false);
    assert_eq!(
        trades["columns"],
        json!([
            {"name": "amount", "type": "decimal(10,2)", "nullable": true, "metadata": {}},
            {"name": "taker", "type": "varbinary", "nullable": true, "metadata": {}},
        ])
    );
    let view = &list["datasets"][1];
    assert_eq!(view["type"], "materialized_view");
    assert_eq!(view["metadata"], json!({"query_id": 1}));
    assert_eq!(view["columns"][0]["type"], "decimal(38,2)");
    for (dataset, time) in [
        (trades, "created_at"),
        (trades, "updated_at"),
        (view, "updated_at"),
    ] {
        assert!(dataset[time].as_str().unwrap().ends_with('Z'), "{dataset}");
    }
    let empty = &list["datasets"][2];
    assert_eq!(empty["columns"], json!([]), "it was never filled");
}

#[tokio::test]
async fn a_list_is_cut_and_filtered_and_its_total_counts_what_the_filter_leaves() {
    let workspace = workspace();
    let local = serve(&workspace).await;
    let list = get(&local, "/datasets?limit=2&offset=1").await.json();
    assert_eq!(list["total"], 4);
    assert_eq!(
        names(&list),
        ["dune.acme.result_volume", "dune.acme.result_wrong"]
    );
    let list = get(
        &local,
        "/datasets?type=materialized_view&limit=1&owner_handle=ACME",
    )
    .await
    .json();
    assert_eq!((&list["total"], names(&list).len()), (&2.into(), 1));
    for none in [
        "type=transformation_view",
        "owner_handle=somebody",
        "offset=9",
    ] {
        let list = get(&local, &format!("/datasets?{none}")).await.json();
        assert_eq!(list["datasets"], json!([]), "{none}");
    }
    let answer = get(&local, "/datasets?limit=-1").await;
    assert_eq!(answer.status, 400);
    assert!(answer.error().contains("limit"), "{}", answer.text);
}

#[tokio::test]
async fn a_dataset_is_found_by_its_full_name_whatever_its_parts_quotes_and_case() {
    let workspace = workspace();
    let local = serve(&workspace).await;
    for (slug, name) in [
        ("dex.trades", "dex.trades"),
        ("DEX.Trades", "dex.trades"),
        ("solo", "solo"),
        ("dune.acme.result_volume", "dune.acme.result_volume"),
        ("dune.%22acme%22.result_volume", "dune.acme.result_volume"),
    ] {
        let dataset = get(&local, &format!("/datasets/{slug}")).await.json();
        assert_eq!(dataset["full_name"], name, "{slug}");
    }
    for slug in ["trades", "dex.trades.more", "..%2F..%2Fetc%2Fpasswd", "%00"] {
        let answer = get(&local, &format!("/datasets/{slug}")).await;
        assert_eq!(answer.status, 404, "{slug}");
        assert!(
            answer.error().starts_with("Dataset not found: "),
            "{}",
            answer.text
        );
    }
}

#[tokio::test]
async fn a_column_that_a_tables_file_gets_is_seen_after_the_next_query() {
    let workspace = workspace();
    let local = serve(&workspace).await;
    let before = get(&local, "/datasets/dex.trades").await.json();
    workspace.write("tables/dex.trades.csv", "amount,taker\n1.50,0xab\n2,0xcd\n");
    let id = start(&local, "/sql/execute", r#"{"sql":"select 1"}"#).await;
    ended(&local, &id).await;
    let after = get(&local, "/datasets/dex.trades").await.json();
    assert_eq!(after["columns"], before["columns"]);
    assert!(after["updated_at"].as_str() > before["updated_at"].as_str());
}
