//! A run that is taken up by its id: the pipeline gives it labels and handles back, and no other pipeline does.

use dune_pipeline::{Error, Pipeline, query, refresh};
use serde_json::{Value, json};

use crate::server::{Reply, Server};
use crate::waiting::completed;
use crate::{RUN, daily, dune};

#[tokio::test]
async fn a_run_taken_up_by_its_id_gets_its_labels_and_handles_back() {
    let server = Server::start(|_, request| match request.target.contains("/results") {
        true => Reply::json(json!({"execution_id": "01C", "is_execution_finished": true,
            "state": "QUERY_STATE_COMPLETED", "result": {"rows": [{"n": 7}], "metadata": {"total_row_count": 1}}})),
        false => completed(),
    })
    .await;
    let daily = daily();
    let by_id = dune(server.url()).run(RUN).unwrap();
    let named = by_id.wait().await.unwrap();
    assert_eq!(named.nodes()[2].name(), "`3` (query 3103)");
    let error = by_id.rows::<Value>(daily.trend).await.unwrap_err();
    assert!(matches!(error, Error::ForeignNode { .. }), "{error}");

    let run = by_id.attach(&daily.pipeline).unwrap();
    assert_eq!(run.id(), RUN);
    let rows: Vec<Value> = run.rows(daily.trend).await.unwrap();
    assert_eq!(rows, [json!({"n": 7})]);
    let reads = server.requests();
    let reads = reads.iter().filter(|read| read.target.ends_with("/status"));
    assert_eq!(reads.count(), 1, "what was read before is not read again");
    let status = run.wait().await.unwrap();
    assert_eq!(status.node(daily.trend).unwrap().name(), "`trend`");
    assert_eq!(status.node(daily.trend).unwrap().dependencies(), [1, 2]);
    // The run that it was made of is as before.
    assert_eq!(by_id.status().await.unwrap(), named);
}

/// What Dune ran as the node 2 of a pipeline.
fn ran(kind: &str, does: &Value) -> Reply {
    Reply::json(json!({"status": "completed", "node_executions": [{"id": 2, kind: does}]}))
}

#[tokio::test]
async fn a_run_of_another_pipeline_is_not_given_its_labels() {
    for (kind, does) in [
        (
            "materialized_view_refresh_status",
            json!({"status": "completed", "name": "dune.acme.result_dex_daily"}),
        ),
        (
            "query_execution_status",
            json!({"status": "completed", "query_id": 3102}),
        ),
    ] {
        let server = Server::replies([ran(kind, &does)]).await;
        let by_id = dune(server.url()).run(RUN).unwrap();
        let unseen = by_id.attach(&daily().pipeline).unwrap();
        let error = unseen.wait().await.unwrap_err();
        assert!(matches!(error, Error::OtherPipeline { .. }), "{error}");
        assert!(
            error.to_string().contains("and is declared as query 3101"),
            "{error}"
        );
        assert_eq!((error.node(), error.run_id()), (Some("`share`"), Some(RUN)));

        by_id.status().await.unwrap();
        let error = by_id.attach(&daily().pipeline).unwrap_err();
        assert!(
            matches!(error, Error::OtherPipeline { .. }),
            "at once: {error}"
        );
    }
}

#[tokio::test]
async fn a_run_with_a_node_that_the_pipeline_does_not_have_is_none_of_it() {
    let server = Server::replies([completed()]).await;
    let shorter = Pipeline::builder()
        .node("volume", refresh("dune.acme.result_dex_daily"))
        .node("share", query(3101))
        .build()
        .unwrap();
    let run = dune(server.url())
        .run(RUN)
        .unwrap()
        .attach(&shorter)
        .unwrap();
    let error = run.status().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "run {RUN} is no run of this pipeline: node `3` is query 3103, and the pipeline has no such node"
        )
    );
}

#[tokio::test]
async fn a_run_that_was_started_here_may_have_nodes_that_dune_added() {
    let added = |id, query: i64| json!({"id": id, "query_execution_status": {"status": "completed", "query_id": query}});
    let body = json!({"status": "completed", "node_executions": [added(1, 3101), added(9, 3109)]});
    let started = Reply::json(json!({"pipeline_execution_id": RUN}));
    let server = Server::replies([started, Reply::json(body)]).await;
    let pipeline = Pipeline::builder()
        .node("share", query(3101))
        .build()
        .unwrap();
    let run = dune(server.url()).execute(&pipeline).await.unwrap();
    let status = run.wait().await.unwrap();
    assert_eq!(status.nodes()[1].name(), "`9` (query 3109)");
}
