//! Materialized views over the API, and the files behind them.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use dune_local::LocalDune;
use serde_json::json;

use crate::engine::Scripted;
use crate::wire::{call, ended, get, post, start};
use crate::workspace::Workspace;

fn files(workspace: &Workspace, view: &str) -> Vec<PathBuf> {
    let folder = workspace
        .path()
        .join(format!(".dune/views/dune.acme.result_{view}"));
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    files
}

async fn content(local: &LocalDune, view: &str) -> String {
    let body = json!({"sql": format!("copy(dune.acme.result_{view})")}).to_string();
    let id = start(local, "/sql/execute", &body).await;
    ended(local, &id).await;
    let results = get(local, &format!("/execution/{id}/results")).await.json();
    let text = results["result"]["rows"][0]["text"].as_str();
    text.map_or_else(
        || results["error"]["message"].as_str().unwrap().to_owned(),
        str::to_owned,
    )
}

#[tokio::test]
async fn a_view_is_filled_at_the_first_start_and_kept_over_the_next() {
    let workspace = Workspace::new()
        .table("t", "one")
        .query(1, "copy(t)")
        .query(2, "copy(dune.acme.result_a) from dune.acme.result_a")
        .view("a", 1)
        .view("b", 2);
    let local = workspace.serve().await;
    assert_eq!(content(&local, "b").await, "one");
    local.shutdown().await;
    workspace.write("tables/t.csv", "two");
    let again = workspace.serve().await;
    assert_eq!(
        content(&again, "a").await,
        "one",
        "a start refreshes nothing"
    );
    assert_eq!(
        files(&workspace, "a").len(),
        2,
        "the pointer and one version"
    );
}

#[tokio::test]
async fn a_refresh_replaces_the_rows_and_removes_the_old_version() {
    let workspace = Workspace::new()
        .table("t", "one")
        .query(1, "copy(t)")
        .view("a", 1);
    let local = workspace.serve().await;
    workspace.write("tables/t.csv", "two rows");
    let path = "/materialized-views/dune.acme.result_a/refresh";
    let answer = post(&local, path, "").await.json();
    assert_eq!(answer["sql_id"], "dune.acme.result_a");
    let id = answer["execution_id"].as_str().unwrap();
    assert_eq!(ended(&local, id).await["state"], "QUERY_STATE_COMPLETED");
    assert_eq!(content(&local, "a").await, "two rows");
    assert_eq!(files(&workspace, "a").len(), 2);
    let view = get(&local, "/materialized-views/dune.acme.result_a")
        .await
        .json();
    assert_eq!(view["query_id"], 1);
    assert_eq!(view["last_execution_ids"][0], id);
    assert_eq!(view["table_size_bytes"], 8);
    let results = get(&local, &format!("/execution/{id}/results"))
        .await
        .json();
    assert_eq!(results["result"]["rows"], json!([{"rows": 1}]));
}

#[tokio::test]
async fn a_refresh_that_fails_leaves_the_old_rows() {
    let workspace = Workspace::new()
        .table("t", "one")
        .query(1, "copy(t)")
        .view("a", 1);
    let local = workspace.serve().await;
    workspace.write("tables/t.csv", "x\nbroken");
    let id = start(&local, "/materialized-views/result_a/refresh", "").await;
    let status = ended(&local, &id).await;
    assert_eq!(status["state"], "QUERY_STATE_FAILED");
    let message = status["error"]["message"].as_str().unwrap();
    assert!(message.contains("tables/t.csv:2: column `x`"), "{message}");
    local.shutdown().await;
    workspace.write("tables/t.csv", "x");
    let again = workspace.serve().await;
    assert_eq!(content(&again, "a").await, "one");
}

#[tokio::test]
async fn a_refresh_that_is_cancelled_leaves_the_old_rows_and_no_file() {
    let workspace = Workspace::new().query_with(
        1,
        "sleep({{ms}})",
        "[[queries.parameters]]\nkey = \"ms\"\ntype = \"number\"\ndefault = 0\n",
    );
    let workspace = workspace.view("a", 1);
    let local = workspace.serve().await;
    let before = files(&workspace, "a");
    local.shutdown().await;
    workspace.write("queries/1.sql", "sleep(60000)");
    let again = workspace.serve().await;
    let id = start(&again, "/materialized-views/result_a/refresh", "").await;
    while ended_state(&again, &id).await != "QUERY_STATE_EXECUTING" {}
    assert_eq!(
        post(&again, &format!("/execution/{id}/cancel"), "")
            .await
            .json()["success"],
        true
    );
    again.shutdown().await;
    assert_eq!(files(&workspace, "a"), before);
}

async fn ended_state(local: &LocalDune, id: &str) -> String {
    let status = get(local, &format!("/execution/{id}/status")).await.json();
    status["state"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn views_are_made_listed_and_removed() {
    let workspace = Workspace::new()
        .table("t", "one")
        .query(1, "copy(t)")
        .query(2, "rows(1)")
        .view("a", 1);
    let local = workspace.serve().await;
    let body = r#"{"name":"result_mine","query_id":2}"#;
    let answer = post(&local, "/materialized-views", body).await.json();
    assert_eq!(answer["name"], "dune.acme.result_mine");
    ended(&local, answer["execution_id"].as_str().unwrap()).await;
    assert_eq!(content(&local, "mine").await, "row, 0");

    let list = get(&local, "/materialized-views?limit=1").await.json();
    assert_eq!(
        list["materialized_views"][0]["sql_id"],
        "dune.acme.result_a"
    );
    assert_eq!(list["next_offset"], 1);
    let list = get(&local, "/materialized-views?limit=1&offset=1")
        .await
        .json();
    assert_eq!(list["materialized_views"][0]["id"], "dune.acme.result_mine");
    assert!(list.get("next_offset").is_none());

    for (body, status, words) in [
        (
            r#"{"name":"mine","query_id":2}"#,
            400,
            "begins with `result_`",
        ),
        (
            r#"{"name":"dune.other.result_x","query_id":2}"#,
            400,
            "cannot be the name of a view",
        ),
        (
            r#"{"name":"result_x","query_id":9}"#,
            404,
            "Query not found",
        ),
        (
            r#"{"name":"result_mine","query_id":1}"#,
            400,
            "belongs to query 2",
        ),
        (
            r#"{"name":"result_a","query_id":1}"#,
            403,
            "edit `dune.toml`",
        ),
        (
            r#"{"name":"result_y","query_id":2,"cron_expression":"0 * * * *"}"#,
            400,
            "no schedules",
        ),
    ] {
        let answer = post(&local, "/materialized-views", body).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.text);
        assert!(answer.error().contains(words), "{}", answer.text);
    }
    let answer = call(
        &local,
        "DELETE",
        "/materialized-views/dune.acme.result_mine",
        "",
    )
    .await;
    assert_eq!(answer.status, 200);
    assert!(content(&local, "mine").await.contains("does not exist"));
    assert_eq!(
        get(&local, "/materialized-views/result_mine").await.status,
        404
    );
    assert_eq!(
        call(&local, "DELETE", "/materialized-views/result_a", "")
            .await
            .status,
        403
    );
}

#[tokio::test]
async fn a_view_that_would_read_itself_is_not_made() {
    let workspace = Workspace::new().query(1, "from dune.acme.result_x");
    let local = workspace.serve().await;
    let answer = post(
        &local,
        "/materialized-views",
        r#"{"name":"result_x","query_id":1}"#,
    )
    .await;
    assert_eq!(answer.status, 400, "{}", answer.text);
    assert_eq!(
        get(&local, "/materialized-views/result_x").await.status,
        404
    );
}

#[tokio::test]
async fn refreshes_of_one_view_take_turns() {
    let engine = Arc::new(Scripted::default());
    let workspace = Workspace::new().query(1, "sleep(10)").view("a", 1);
    let local = workspace.serve_with(Arc::clone(&engine)).await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(start(&local, "/materialized-views/result_a/refresh", "").await);
    }
    for id in ids {
        assert_eq!(ended(&local, &id).await["state"], "QUERY_STATE_COMPLETED");
    }
    assert_eq!(engine.most.load(Ordering::SeqCst), 1);
    assert_eq!(files(&workspace, "a").len(), 2);
}
