//! The rows of executions, and of those that were made before.

use dune_pipeline::{Error, query};
use serde_json::{Value, json};

use super::page;
use crate::server::{Reply, Server};
use crate::{EXECUTION, dune, only, told};

#[tokio::test]
async fn the_rows_of_an_execution_are_all_its_pages() {
    let one = page(json!([{"day": 1}]), Some(1));
    let server = Server::replies([one, page(json!([{"day": 2}]), None)]).await;
    let execution = dune(&server).execution(EXECUTION).unwrap();
    let rows: Vec<Value> = execution.rows().await.unwrap();
    assert_eq!(rows, [json!({"day": 1}), json!({"day": 2})]);
    for request in server.requests() {
        let path = format!("/api/v1/execution/{EXECUTION}/results?");
        assert!(request.target.starts_with(&path), "{}", request.target);
    }
}

#[tokio::test]
async fn the_latest_rows_of_a_query_are_asked_for_with_its_parameters() {
    let one = page(json!([{"day": 1}]), Some(1));
    let server = Server::replies([one, page(json!([{"day": 2}]), None)]).await;
    let share = query(3101)
        .parameter("min volume", 5)
        .parameter("chain", "base");
    let latest = dune(&server).latest_results(share).unwrap();
    let rows: Vec<Value> = latest.rows().await.unwrap();
    assert_eq!(rows.len(), 2);
    let requests = server.requests();
    let first = &requests[0];
    assert!(
        first.target.starts_with("/api/v1/query/3101/results?"),
        "{}",
        first.target
    );
    assert_eq!(first.query("params.min volume").unwrap(), "5");
    assert_eq!(first.query("params.chain").unwrap(), "base");
    let path = format!("/api/v1/execution/{EXECUTION}/results?");
    assert!(
        requests[1].target.starts_with(&path),
        "the rest is that of the same execution"
    );
}

#[tokio::test]
async fn the_result_of_an_endpoint_is_that_of_its_execution() {
    let found = page(json!([{"day": 1}]), Some(1));
    let server = Server::replies([found, page(json!([{"day": 1}, {"day": 2}]), None)]).await;
    let client = dune(&server);
    let results = client.endpoint_results("acme", "share").await.unwrap();
    let rows: Vec<Value> = results.rows().await.unwrap();
    assert_eq!(rows.len(), 2);
    let requests = server.requests();
    let path = "/api/v1/endpoints/acme/share/results?";
    assert!(
        requests[0].target.starts_with(path),
        "{}",
        requests[0].target
    );
    assert_eq!(requests[0].query("limit").as_deref(), Some("1"));
    let path = format!("/api/v1/execution/{EXECUTION}/results?");
    assert!(
        requests[1].target.starts_with(&path),
        "{}",
        requests[1].target
    );

    let server = Server::replies([Reply::error(404, "Custom endpoint not found")]).await;
    let client = dune(&server);
    let error = client.endpoint_results("acme", "share").await.unwrap_err();
    assert_eq!(
        told(&error),
        "reading the result of the endpoint acme/share: Dune answered 404 Not Found: Custom endpoint not found"
    );
    let error = client.endpoint_results("acme", "..").await.unwrap_err();
    assert!(matches!(error, Error::InvalidName { .. }), "{error}");
    only(&server);
}
