//! Pipelines: what is refused, what runs in which order, and what is said of every node.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use crate::engine::Scripted;
use crate::wire::{ended, get, pipeline, post};
use crate::workspace::Workspace;

fn nodes(nodes: &[Value]) -> String {
    json!({"pipeline": {"nodes": nodes}}).to_string()
}

fn query(id: u64, query: u64, after: &[u64]) -> Value {
    json!({"id": id, "dependencies": after, "query_execution": {"query_id": query}})
}

fn refresh(id: u64, view: &str, after: &[u64]) -> Value {
    let name = format!("dune.acme.result_{view}");
    json!({"id": id, "dependencies": after, "materialized_view_refresh": {"name": name}})
}

#[tokio::test]
async fn a_graph_that_breaks_the_rules_is_refused_in_the_macros_words() {
    let workspace = Workspace::new().query(7, "rows(1)");
    let local = workspace.serve().await;
    for (body, words) in [
        (nodes(&[]), "this pipeline has no nodes"),
        (nodes(&[json!({"id": 1})]), "node `1` has no kind"),
        (
            nodes(&[query(1, 7, &[]), query(1, 7, &[])]),
            "two nodes have the id `1`",
        ),
        (
            nodes(&[query(1, 7, &[2])]),
            "no node with the id `2` in this pipeline",
        ),
        (
            nodes(&[query(1, 7, &[2]), query(2, 7, &[1])]),
            "dependency cycle: `1` -> `2` -> `1`",
        ),
        (nodes(&[query(1, 7, &[1])]), "node `1` depends on itself"),
        (
            r#"{"pipeline":{"nodes":[{"id":-1,"query_execution":{"query_id":7}}]}}"#.to_owned(),
            "`-1` cannot be the id of a node",
        ),
        (
            r#"{"pipeline":{"nodes":[{}]}}"#.to_owned(),
            "missing field `id`",
        ),
        ("{}".to_owned(), "give `pipeline`"),
        (
            "[null, null, 7, {}]".to_owned(),
            "an array, where an object is expected",
        ),
        (
            r#"{"pipeline":{"nodes":[]},"query_id":7}"#.to_owned(),
            "not both",
        ),
    ] {
        let answer = post(&local, "/pipelines/execute", &body).await;
        assert_eq!(answer.status, 400, "{body}");
        assert!(answer.error().contains(words), "{}", answer.text);
    }
}

#[tokio::test]
async fn what_is_not_there_is_named_and_nothing_starts() {
    let engine = Arc::new(Scripted::default());
    let workspace = Workspace::new().query(7, "rows(1)").view("daily", 7);
    let local = workspace.serve_with(Arc::clone(&engine)).await;
    engine.most.store(0, Ordering::SeqCst);
    let bad = json!({"id": 3, "query_execution": {"query_id": 7, "query_parameters": {"x": 1}}});
    let body = nodes(&[
        query(1, 8, &[]),
        refresh(2, "dayly", &[1]),
        bad,
        query(4, 7, &[]),
    ]);
    let answer = post(&local, "/pipelines/execute", &body).await;
    assert_eq!(answer.status, 404);
    assert_eq!(
        answer.error(),
        "node `1`: there is no query 8\n\
         node `2`: there is no view `dune.acme.result_dayly`: did you mean `dune.acme.result_daily`?\n\
         node `3`: unknown parameters (x)"
    );
    assert_eq!(engine.most.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_failed_node_stops_what_hangs_on_it_and_nothing_else() {
    let workspace = Workspace::new()
        .query(7, "rows(1)")
        .query(8, "fail(Column 'nonsense' cannot be resolved)")
        .query(9, "rows(2)")
        .view("daily", 7);
    let local = workspace.serve().await;
    let status = pipeline(
        &local,
        &nodes(&[
            query(1, 8, &[]),
            query(2, 7, &[1]),
            refresh(3, "daily", &[2]),
            query(4, 9, &[]),
            query(5, 9, &[4]),
        ]),
    )
    .await;
    assert_eq!(status["status"], "failed");
    let error = status["error"].as_str().unwrap();
    assert!(error.starts_with("node `1` failed: "), "{error}");
    let of = |index: usize, kind: &str| status["node_executions"][index][kind].clone();
    assert_eq!(of(0, "query_execution_status")["status"], "failed");
    let error = of(0, "query_execution_status")["error"].to_string();
    assert!(
        error.contains("Column 'nonsense' cannot be resolved"),
        "{error}"
    );
    assert_eq!(
        of(1, "query_execution_status"),
        json!({"status": "failed", "query_id": 7, "error": "not run because `1` failed"})
    );
    assert_eq!(
        of(2, "materialized_view_refresh_status"),
        json!({"status": "failed", "name": "dune.acme.result_daily", "error": "not run because `1` failed"})
    );
    for index in [3, 4] {
        let node = of(index, "query_execution_status");
        assert_eq!(node["status"], "completed");
        let id = node["execution_id"].as_str().unwrap();
        let results = get(&local, &format!("/execution/{id}/results"))
            .await
            .json();
        assert_eq!(results["result"]["metadata"]["row_count"], 2);
    }
}

#[tokio::test]
async fn every_node_is_listed_from_the_first_status_on_and_waits_its_turn() {
    let workspace = Workspace::new().query(7, "sleep(60000)");
    let local = workspace.serve().await;
    let body = nodes(&[query(5, 7, &[9]), query(9, 7, &[])]);
    let id = post(&local, "/pipelines/execute", &body).await.json();
    let id = id["pipeline_execution_id"].as_str().unwrap();
    let status = get(&local, &format!("/pipelines/executions/{id}/status"))
        .await
        .json();
    let nodes = status["node_executions"].as_array().unwrap();
    let ids: Vec<_> = nodes
        .iter()
        .map(|node| node["id"].as_u64().unwrap())
        .collect();
    assert_eq!(ids, [5, 9], "in the order given");
    assert_eq!(
        nodes[0]["query_execution_status"],
        json!({"status": "pending", "query_id": 7})
    );
    assert!(["pending", "executing"].contains(&status["status"].as_str().unwrap()));
}

#[tokio::test]
async fn independent_nodes_run_side_by_side_within_the_bound() {
    let engine = Arc::new(Scripted::default());
    let workspace = Workspace::new().query(7, "sleep(30)");
    let local = workspace.serve_with(Arc::clone(&engine)).await;
    let many: Vec<Value> = (1..=40).map(|id| query(id, 7, &[])).collect();
    let status = pipeline(&local, &nodes(&many)).await;
    assert_eq!(status["status"], "completed");
    assert_eq!(engine.most.load(Ordering::SeqCst), 8);
}

#[tokio::test]
async fn a_cancelled_node_stops_what_hangs_on_it() {
    let workspace = Workspace::new()
        .query(7, "sleep(60000)")
        .query(8, "rows(1)");
    let local = workspace.serve().await;
    let body = nodes(&[query(1, 7, &[]), query(2, 8, &[1])]);
    let id = post(&local, "/pipelines/execute", &body).await.json();
    let path = format!(
        "/pipelines/executions/{}/status",
        id["pipeline_execution_id"].as_str().unwrap()
    );
    let execution = loop {
        let status = get(&local, &path).await.json();
        if let Some(id) =
            status["node_executions"][0]["query_execution_status"]["execution_id"].as_str()
        {
            break id.to_owned();
        }
    };
    post(&local, &format!("/execution/{execution}/cancel"), "").await;
    let status = loop {
        let status = get(&local, &path).await.json();
        if status["status"] == "failed" {
            break status;
        }
    };
    assert_eq!(status["error"], "node `1` was cancelled");
    let nodes = &status["node_executions"];
    assert_eq!(nodes[0]["query_execution_status"]["status"], "cancelled");
    assert_eq!(
        nodes[1]["query_execution_status"]["error"],
        "not run because `1` was cancelled"
    );
}

/// Three views, one of them behind a query view and a view that nothing reads.
fn layered() -> Workspace {
    Workspace::new()
        .table("dex.trades", "first")
        .query(1, "copy(dex.trades)")
        .query(2, "copy(dune.acme.result_base) from dune.acme.result_base")
        .query(3, "from query_2 -- dune.acme.result_none")
        .query(4, "copy(dune.acme.result_top) from dune.acme.result_top join query_3 'dune.acme.result_none'")
        .view("base", 1)
        .view("none", 1)
        .view("top", 2)
}

#[tokio::test]
async fn the_pipeline_of_a_query_has_every_view_under_it_in_order() {
    let workspace = layered();
    let local = workspace.serve().await;
    let answer = get(&local, "/query/4/pipeline?performance=large")
        .await
        .json();
    let refresh = |id: u64, view: &str, after: &[u64]| {
        json!({"id": id, "dependencies": after,
            "materialized_view_refresh": {"name": format!("dune.acme.result_{view}"), "performance": "large"}})
    };
    assert_eq!(
        answer,
        json!({"pipeline": {"nodes": [
            refresh(1, "base", &[]),
            refresh(2, "top", &[1]),
            {"id": 3, "dependencies": [1, 2], "query_execution": {"query_id": 4, "performance": "large"}},
        ]}})
    );
}

#[tokio::test]
async fn the_lineage_runs_by_every_one_of_its_doors() {
    let workspace = layered();
    let local = workspace.serve().await;
    for (round, (path, body)) in [
        (
            "/pipelines/execute",
            r#"{"query_id":4,"performance":"medium"}"#,
        ),
        ("/query/4/pipeline/execute", ""),
        ("/query/4/pipeline/execute", r#"{"performance":"small"}"#),
    ]
    .into_iter()
    .enumerate()
    {
        let text = format!("round {round}");
        workspace.write("tables/dex.trades.csv", &text);
        let id = post(&local, path, body).await.json();
        let id = id["pipeline_execution_id"].as_str().unwrap();
        let status = loop {
            let status = get(&local, &format!("/pipelines/executions/{id}/status"))
                .await
                .json();
            if status["status"] == "completed" {
                break status;
            }
            assert_ne!(status["status"], "failed", "{status}");
        };
        let last = &status["node_executions"][2]["query_execution_status"];
        let id = last["execution_id"].as_str().unwrap();
        let results = get(&local, &format!("/execution/{id}/results"))
            .await
            .json();
        assert_eq!(results["result"]["rows"][0]["text"], text.as_str());
    }
}

#[tokio::test]
async fn a_query_alone_answers_from_the_last_refresh() {
    let workspace = layered();
    let local = workspace.serve().await;
    workspace.write("tables/dex.trades.csv", "second, longer");
    let status = pipeline(&local, &nodes(&[query(1, 4, &[])])).await;
    let id = status["node_executions"][0]["query_execution_status"]["execution_id"].clone();
    let status = ended(&local, id.as_str().unwrap()).await;
    assert_eq!(status["state"], "QUERY_STATE_COMPLETED");
    let results = get(&local, "/query/4/results").await.json();
    assert_eq!(
        results["result"]["rows"][0]["text"], "first",
        "stale, and nobody would notice"
    );
}

#[tokio::test]
async fn a_node_without_dependencies_may_leave_them_out() {
    let workspace = Workspace::new().query(7, "rows(1)");
    let local = workspace.serve().await;
    for dependencies in ["", r#""dependencies":null,"#, r#""dependencies":[],"#] {
        let body = format!(
            r#"{{"pipeline":{{"nodes":[{{"id":1,{dependencies}"query_execution":{{"query_id":7}}}}]}}}}"#
        );
        assert_eq!(
            pipeline(&local, &body).await["status"],
            "completed",
            "{body}"
        );
    }
}

#[tokio::test]
async fn a_lineage_that_cannot_be_told_is_refused_with_its_reason() {
    let workspace = Workspace::new()
        .query(1, "from dune.acme.result_gone")
        .query(2, "from 'open")
        .query(3, "where {{x}}");
    let local = workspace.serve().await;
    for (id, words) in [
        (1, "there is no view `dune.acme.result_gone`"),
        (2, "line 1:6: "),
        (3, "parameter `x` is not declared"),
    ] {
        let answer = get(&local, &format!("/query/{id}/pipeline")).await;
        assert_eq!(answer.status, 400);
        assert!(answer.error().contains(words), "{}", answer.text);
    }
    let answer = get(&local, "/query/9/pipeline").await;
    assert_eq!(
        (answer.status, answer.error()),
        (404, "Query not found".to_owned())
    );
    let answer = get(&local, "/query/1/pipeline?performance=huge").await;
    assert_eq!(answer.status, 400);
}

#[tokio::test]
async fn a_chain_of_two_thousand_nodes_runs_to_its_end() {
    let workspace = Workspace::new().query(7, "rows(1)");
    let local = workspace.serve().await;
    let chain = |id: u64| {
        if id == 1 {
            query(1, 7, &[])
        } else {
            query(id, 7, &[id - 1])
        }
    };
    let many: Vec<Value> = (1..=2_000).map(chain).collect();
    let status = pipeline(&local, &nodes(&many)).await;
    assert_eq!(status["status"], "completed");
    assert_eq!(status["node_executions"].as_array().unwrap().len(), 2_000);
}
