//! Starting, following and cancelling executions.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::engine::Scripted;
use crate::wire::{ended, get, post, start};
use crate::workspace::Workspace;

const PARAMETERS: &str = r#"
[[queries.parameters]]
key = "n"
type = "number"
default = 2
[[queries.parameters]]
key = "chain"
type = "enum"
default = "ethereum"
options = ["ethereum", "polygon"]
"#;

#[tokio::test]
async fn an_execution_goes_from_its_start_to_its_result() {
    let workspace = Workspace::new().query_with(7, "rows({{n}})", PARAMETERS);
    let local = workspace.serve().await;
    let answer = post(
        &local,
        "/query/7/execute",
        r#"{"query_parameters":{"n":"3"}}"#,
    )
    .await
    .json();
    let id = answer["execution_id"].as_str().unwrap();
    assert_eq!(answer["state"], "QUERY_STATE_PENDING");
    assert_eq!(id.len(), 26);
    assert!(id.starts_with("01"));

    let status = ended(&local, id).await;
    assert_eq!(status["state"], "QUERY_STATE_COMPLETED");
    assert_eq!(status["query_id"], 7);
    for time in [
        "submitted_at",
        "execution_started_at",
        "execution_ended_at",
        "expires_at",
    ] {
        assert!(status[time].as_str().unwrap().ends_with('Z'), "{time}");
    }
    let metadata = &status["result_metadata"];
    assert_eq!(metadata["column_names"], json!(["n", "text", "amount"]));
    assert_eq!(metadata["total_row_count"], 3);
    assert_eq!(metadata["datapoint_count"], 9);
    assert!(status.get("cancelled_at").is_none());
    assert!(status.get("error").is_none());
}

#[tokio::test]
async fn parameters_are_judged_before_anything_starts() {
    let workspace = Workspace::new().query_with(7, "rows({{n}})", PARAMETERS);
    let local = workspace.serve().await;
    for (given, words) in [
        (r#"{"nope":""}"#, "unknown parameters (nope)"),
        (
            r#"{"chain":"fantom"}"#,
            "query parameter chain has invalid value fantom for type enum",
        ),
    ] {
        let body = format!(r#"{{"query_parameters":{given}}}"#);
        let answer = post(&local, "/query/7/execute", &body).await;
        assert_eq!((answer.status, answer.error().as_str()), (400, words));
    }
    assert_eq!(
        get(&local, "/query/7/results").await.status,
        404,
        "nothing has run"
    );
}

#[tokio::test]
async fn wrong_sql_starts_and_then_fails_in_the_engines_words() {
    let workspace = Workspace::new().query(7, "fail(Column 'x' cannot be resolved)");
    let local = workspace.serve().await;
    for (path, body) in [
        ("/query/7/execute", ""),
        (
            "/sql/execute",
            r#"{"sql":"fail(Column 'x' cannot be resolved)"}"#,
        ),
    ] {
        let id = start(&local, path, body).await;
        let status = ended(&local, &id).await;
        assert_eq!(status["state"], "QUERY_STATE_FAILED");
        assert!(status.get("result_metadata").is_none());
        let results = get(&local, &format!("/execution/{id}/results")).await;
        assert_eq!(results.status, 200);
        let error = &results.json()["error"];
        assert_eq!(error["type"], "FAILED_TYPE_EXECUTION_FAILED");
        let message = error["message"].as_str().unwrap();
        assert_eq!(
            message,
            format!("line 1:8: Column 'x' cannot be resolved [Execution ID: {id}]")
        );
        assert_eq!(error["metadata"], json!({"line": 1, "column": 8}));
    }
}

#[tokio::test]
async fn a_cancel_stops_the_engines_work() {
    let engine = Arc::new(Scripted::default());
    let workspace = Workspace::new();
    let local = workspace.serve_with(Arc::clone(&engine)).await;
    let id = start(&local, "/sql/execute", r#"{"sql":"sleep(60000)"}"#).await;
    while engine.now() == 0 {
        tokio::task::yield_now().await;
    }
    let results = get(&local, &format!("/execution/{id}/results"))
        .await
        .json();
    assert_eq!(results["is_execution_finished"], false);
    assert!(results.get("result").is_none());
    let answer = post(&local, &format!("/execution/{id}/cancel"), "").await;
    assert_eq!(
        (answer.status, answer.text.as_str()),
        (200, r#"{"success":true}"#)
    );
    let results = get(&local, &format!("/execution/{id}/results"))
        .await
        .json();
    assert_eq!(results["state"], "QUERY_STATE_CANCELLED");
    assert_eq!(results["query_id"], 0);
    assert_eq!(results["execution_ended_at"], results["cancelled_at"]);
    assert!(results.get("result").is_none() && results.get("error").is_none());
    let began = Instant::now();
    while engine.now() > 0 {
        assert!(began.elapsed() < Duration::from_secs(5), "it works on");
        tokio::task::yield_now().await;
    }
    let answer = post(&local, &format!("/execution/{id}/cancel"), "").await;
    assert_eq!(answer.json(), json!({"success": false}));
}

#[tokio::test]
async fn a_cancel_right_after_the_start_holds_however_small_the_query() {
    let workspace = Workspace::new();
    let local = workspace.serve().await;
    for _ in 0..20 {
        let id = start(&local, "/sql/execute", r#"{"sql":"rows(1)"}"#).await;
        tokio::time::sleep(Duration::from_millis(5)).await;
        let answer = post(&local, &format!("/execution/{id}/cancel"), "").await;
        assert_eq!(answer.json(), json!({"success": true}));
        let results = get(&local, &format!("/execution/{id}/results"))
            .await
            .json();
        assert_eq!(results["state"], "QUERY_STATE_CANCELLED");
        assert!(results.get("result").is_none());
    }
}

#[tokio::test]
async fn what_somebody_has_seen_completed_stays_completed() {
    let workspace = Workspace::new();
    let local = workspace.serve().await;
    let id = start(&local, "/sql/execute", r#"{"sql":"rows(1)"}"#).await;
    ended(&local, &id).await;
    let answer = post(&local, &format!("/execution/{id}/cancel"), "").await;
    assert_eq!(answer.json(), json!({"success": false}));
    assert_eq!(ended(&local, &id).await["state"], "QUERY_STATE_COMPLETED");
}

#[tokio::test]
async fn the_latest_result_of_a_query_is_found_by_the_values_it_ran_with() {
    let workspace = Workspace::new().query_with(7, "rows({{n}})", PARAMETERS);
    let local = workspace.serve().await;
    let mut ids = Vec::new();
    for body in ["", r#"{"query_parameters":{"n":5}}"#] {
        let id = start(&local, "/query/7/execute", body).await;
        ended(&local, &id).await;
        ids.push(id);
    }
    let latest = async |query: &str| {
        let answer = get(&local, &format!("/query/7/results{query}"))
            .await
            .json();
        answer["execution_id"].as_str().map(str::to_owned)
    };
    assert_eq!(latest("").await.as_ref(), Some(&ids[1]));
    assert_eq!(
        latest("?params.n=2").await.as_ref(),
        Some(&ids[0]),
        "by its default"
    );
    assert_eq!(
        latest("?params.n=5&params.chain=ethereum").await.as_ref(),
        Some(&ids[1])
    );
    assert_eq!(latest("?params.n=9").await, None);
}
