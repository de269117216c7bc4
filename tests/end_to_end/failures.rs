//! What fails, fails alone, says which node it was, and keeps the engine's own words.

use dune_pipeline::{Error, Pipeline, State, pipeline, query, refresh};
use serde_json::Value;

use crate::sample::Sample;
use crate::wire::post;

#[tokio::test]
async fn a_failing_query_stops_what_hangs_on_it_and_nothing_else() {
    let broken = [(4001, "select nonsense from dex.trades")];
    let sample = Sample::with_days_and(2, &broken).await;
    let pipeline = pipeline![
        broken = query(4001),
        late = query(3103).after(broken),
        later = refresh("dune.acme.result_dex_daily").after(late),
        apart = query(3102),
    ];
    let run = sample.dune.execute(&pipeline).await.unwrap();
    let error = run.wait().await.unwrap_err();
    let Error::Failed(failed) = &error else {
        panic!("another error: {error}");
    };

    let names = |nodes: Vec<&dune_pipeline::UnfinishedNode>| -> Vec<String> {
        nodes.iter().map(|node| node.name().to_owned()).collect()
    };
    assert_eq!(names(failed.failed().collect()), ["`broken`"]);
    assert_eq!(names(failed.not_run().collect()), ["`late`", "`later`"]);
    let status = failed.status();
    assert_eq!(
        status.node(pipeline.apart).unwrap().state(),
        &State::Completed
    );
    let words = status.node(pipeline.broken).unwrap().error().unwrap();
    assert!(
        words.contains("Column 'nonsense' cannot be resolved"),
        "{words}"
    );
    let words = status.node(pipeline.late).unwrap().error().unwrap();
    assert!(words.contains("not run because `"), "{words}");

    assert!(!run.rows::<Value>(pipeline.apart).await.unwrap().is_empty());
    let error = run
        .rows::<Value>(pipeline.late)
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("late") && error.contains("broken"),
        "{error}"
    );
}

#[tokio::test]
async fn a_pipeline_that_breaks_a_rule_is_refused_by_the_server_in_the_same_words() {
    let sample = Sample::with_days(1).await;
    let mut ring = Pipeline::builder();
    ring.node(1, refresh("dune.acme.result_dex_daily").after([2]))
        .node(2, query(3103).after([1]));
    let here = ring.build().unwrap_err().to_string();
    assert!(here.starts_with("dependency cycle"), "{here}");

    let body = r#"{"pipeline": {"nodes": [
        {"id": 1, "dependencies": [2], "materialized_view_refresh": {"name": "dune.acme.result_dex_daily"}},
        {"id": 2, "dependencies": [1], "query_execution": {"query_id": 3103}}]}}"#;
    let answer = post(
        &sample.local,
        sample.local.api_key(),
        "pipelines/execute",
        body,
    )
    .await;
    assert_eq!(answer.0, 400);
    assert_eq!(answer.1["error"].as_str(), Some(here.as_str()));
}

#[tokio::test]
async fn what_the_server_does_not_know_is_named_and_nothing_starts() {
    let sample = Sample::with_days(1).await;
    for (node, named) in [
        (r#""query_execution": {"query_id": 77}"#, "77"),
        (
            r#""materialized_view_refresh": {"name": "dune.acme.result_gone"}"#,
            "dune.acme.result_gone",
        ),
        (
            r#""query_execution": {"query_id": 3101, "query_parameters": {"chain": "base"}}"#,
            "chain",
        ),
    ] {
        let body = format!(r#"{{"pipeline": {{"nodes": [{{"id": 1, {node}}}]}}}}"#);
        let (status, answer) = post(
            &sample.local,
            sample.local.api_key(),
            "pipelines/execute",
            &body,
        )
        .await;
        let text = answer["error"].as_str().unwrap();
        assert!((400..=404).contains(&status), "{status}: {text}");
        assert!(text.contains(named), "{text}");
    }
}

#[tokio::test]
async fn a_handle_of_another_pipeline_gets_nobody_elses_rows() {
    let sample = Sample::with_days(1).await;
    let one = pipeline![hours = query(3102)];
    let other = pipeline![hours = query(3102)];
    let run = sample.dune.execute(&one).await.unwrap();
    run.wait().await.unwrap();
    let error = run.rows::<Value>(other.hours).await.unwrap_err();
    assert!(matches!(error, Error::ForeignNode { .. }), "{error}");
}
