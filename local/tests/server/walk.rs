//! Every operation of Dune's documents is asked once, in an order in which each has something to answer.

use std::collections::BTreeSet;

use dune_local::LocalDune;

use crate::wire::{Answer, call, ended, send, start};
use crate::workspace::Workspace;

/// What Dune itself says of custom endpoints since they were given up: nothing can be behind one.
const GONE: (&str, &str) = (
    "GET /v1/endpoints/{handle}/{endpoint_slug}/results",
    "Custom endpoint not found",
);

/// The operations in order: each with what stands in its path, and its body.
fn calls(
    execution: &str,
    running: &str,
    pipeline: &str,
    made: i64,
) -> Vec<(&'static str, String, String)> {
    let query = |rest: &str| format!("/query/7{rest}");
    let own = |rest: &str| format!("/query/{made}{rest}");
    let view = |rest: &str| format!("/materialized-views/dune.acme.result_made{rest}");
    let table = |rest: &str| format!("/uploads/acme/t{rest}");
    let of = |rest: &str| format!("/execution/{execution}{rest}");
    let all = [
        (
            "POST /v1/pipelines/execute",
            "/pipelines/execute".into(),
            r#"{"query_id":7}"#,
        ),
        (
            "GET /v1/pipelines/executions/{pipeline_execution_id}/status",
            format!("/pipelines/executions/{pipeline}/status"),
            "",
        ),
        ("GET /v1/query/{query_id}/pipeline", query("/pipeline"), ""),
        (
            "POST /v1/query/{query_id}/pipeline/execute",
            query("/pipeline/execute"),
            "",
        ),
        ("POST /v1/query/{query_id}/execute", query("/execute"), ""),
        (
            "POST /v1/sql/execute",
            "/sql/execute".into(),
            r#"{"sql":"rows(1)"}"#,
        ),
        ("GET /v1/execution/{execution_id}/status", of("/status"), ""),
        (
            "GET /v1/execution/{execution_id}/results",
            of("/results"),
            "",
        ),
        (
            "GET /v1/execution/{execution_id}/results/csv",
            of("/results/csv"),
            "",
        ),
        (
            "POST /v1/execution/{execution_id}/cancel",
            format!("/execution/{running}/cancel"),
            "",
        ),
        ("GET /v1/query/{query_id}/results", query("/results"), ""),
        (
            "GET /v1/query/{query_id}/results/csv",
            query("/results/csv"),
            "",
        ),
        (GONE.0, "/endpoints/acme/slug/results".into(), ""),
        ("GET /v1/queries", "/queries".into(), ""),
        (
            "POST /v1/query",
            "/query".into(),
            r#"{"name":"n","query_sql":"rows(1)"}"#,
        ),
        ("GET /v1/query/{queryId}", own(""), ""),
        ("PATCH /v1/query/{queryId}", own(""), r#"{"name":"m"}"#),
        ("POST /v1/query/{queryId}/private", own("/private"), ""),
        ("POST /v1/query/{queryId}/unprivate", own("/unprivate"), ""),
        ("POST /v1/query/{queryId}/archive", own("/archive"), ""),
        ("POST /v1/query/{queryId}/unarchive", own("/unarchive"), ""),
        (
            "POST /v1/materialized-views",
            "/materialized-views".into(),
            r#"{"name":"result_made","query_id":7}"#,
        ),
        (
            "GET /v1/materialized-views",
            "/materialized-views".into(),
            "",
        ),
        ("GET /v1/materialized-views/{name}", view(""), ""),
        (
            "POST /v1/materialized-views/{name}/refresh",
            view("/refresh"),
            "",
        ),
        ("DELETE /v1/materialized-views/{name}", view(""), ""),
        (
            "POST /v1/uploads",
            "/uploads".into(),
            r#"{"namespace":"acme","table_name":"t","schema":[{"name":"a","type":"bigint"}]}"#,
        ),
        (
            "POST /v1/uploads/csv",
            "/uploads/csv".into(),
            r#"{"table_name":"c","data":"a\n1\n"}"#,
        ),
        ("GET /v1/uploads", "/uploads".into(), ""),
        (
            "POST /v1/uploads/{namespace}/{table_name}/insert",
            table("/insert"),
            "a\n1\n",
        ),
        (
            "POST /v1/uploads/{namespace}/{table_name}/clear",
            table("/clear"),
            "",
        ),
        ("DELETE /v1/uploads/{namespace}/{table_name}", table(""), ""),
        ("GET /v1/datasets", "/datasets".into(), ""),
        ("GET /v1/datasets/{slug}", "/datasets/trades".into(), ""),
        ("POST /v1/usage", "/usage".into(), ""),
    ];
    all.map(|(operation, path, body)| (operation, path, body.to_owned()))
        .into()
}

async fn ask(local: &LocalDune, operation: &str, path: &str, body: &str) -> Answer {
    let (method, _) = operation.split_once(' ').unwrap();
    if !path.ends_with("/insert") {
        return call(local, method, path, body).await;
    }
    let key = local.api_key();
    let headers = format!("Host: x\r\nX-Dune-Api-Key: {key}\r\nContent-Type: text/csv\r\n");
    send(local, &format!("{method} /api/v1{path}"), &headers, body).await
}

#[tokio::test]
async fn every_operation_of_the_documents_answers_something_true() {
    let outcome = dune_spec::bundled().unwrap();
    let documented: BTreeSet<String> = outcome
        .merged
        .operations()
        .iter()
        .map(|(operation, _)| operation.to_string())
        .collect();

    let workspace = Workspace::new()
        .table("trades", "x\na\n")
        .query(7, "rows(3)");
    let local = workspace.serve().await;
    let execution = start(&local, "/query/7/execute", "").await;
    ended(&local, &execution).await;
    let running = start(&local, "/sql/execute", r#"{"sql":"sleep(60000)"}"#).await;
    let pipeline = call(&local, "POST", "/query/7/pipeline/execute", "")
        .await
        .json();
    let pipeline = pipeline["pipeline_execution_id"].as_str().unwrap();
    let made = call(
        &local,
        "POST",
        "/query",
        r#"{"name":"n","query_sql":"rows(1)"}"#,
    )
    .await;
    let made = made.json()["query_id"].as_i64().unwrap();

    let mut asked = BTreeSet::new();
    for (operation, path, body) in calls(&execution, &running, pipeline, made) {
        let answer = ask(&local, operation, &path, &body).await;
        if operation == GONE.0 {
            assert_eq!((answer.status, answer.error().as_str()), (404, GONE.1));
        } else {
            assert_eq!(answer.status, 200, "{operation}: {}", answer.text);
            assert!(!answer.text.is_empty(), "{operation}");
            if !path.ends_with("/results/csv") {
                assert_eq!(
                    answer.header("content-type"),
                    Some("application/json"),
                    "{operation}"
                );
                assert!(answer.json().is_object(), "{operation}: {}", answer.text);
            }
        }
        assert!(
            asked.insert(operation.to_owned()),
            "{operation} is asked twice"
        );
    }
    assert_eq!(
        asked, documented,
        "what is asked here and what is documented"
    );
}

#[tokio::test]
async fn every_operation_asks_for_the_key_before_all_else() {
    let workspace = Workspace::new();
    let local = workspace.serve().await;
    let nothing = "01J00000000000000000000000";
    for (operation, path, _) in calls(nothing, nothing, nothing, 1) {
        let (method, _) = operation.split_once(' ').unwrap();
        let line = format!("{method} /api/v1{path}");
        let headers = "Host: x\r\nX-Dune-Api-Key: wrong\r\n";
        let answer = send(&local, &line, headers, "no json").await;
        assert_eq!(answer.text, r#"{"error":"invalid API Key"}"#, "{operation}");
        assert_eq!(answer.status, 401, "{operation}");
    }
}
