//! Starting executions: what is sent, that it is sent once, and what is not sent at all.

use dune_pipeline::{Error, Performance, query, sql};
use serde_json::json;

use super::started;
use crate::server::{Reply, Server};
use crate::{EXECUTION, KEY, dune, only, told};

#[tokio::test]
async fn a_query_is_executed_with_its_tier_and_parameters() {
    let server = Server::replies([started()]).await;
    let share = query(3101)
        .performance(Performance::Large)
        .parameter("blockchain", "base")
        .parameter("min_volume_usd", 40_000);
    let execution = dune(&server).execute_query(share).await.unwrap();
    assert_eq!(execution.id(), EXECUTION);
    let request = only(&server);
    assert_eq!(request.method, "POST");
    assert_eq!(request.target, "/api/v1/query/3101/execute");
    assert_eq!(
        request.json(),
        json!({
            "performance": "large",
            "query_parameters": {"blockchain": "base", "min_volume_usd": "40000"},
        })
    );
}

#[tokio::test]
async fn what_is_not_set_of_an_execution_is_not_sent() {
    let server = Server::replies([started()]).await;
    let dune = dune(&server);
    dune.execute_query(query(3101)).await.unwrap();
    dune.execute_sql("select 1").await.unwrap();
    let bodies: Vec<_> = server.requests().iter().map(|sent| sent.json()).collect();
    assert_eq!(bodies, [json!({}), json!({"sql": "select 1"})]);
}

#[tokio::test]
async fn sql_is_executed_as_it_is_written() {
    let server = Server::replies([started()]).await;
    let text = "select '{{chain}}' -- \u{1f600}\n";
    let chain = sql(text)
        .performance(Performance::Small)
        .parameters([("chain", "base")]);
    let execution = dune(&server).execute_sql(chain).await.unwrap();
    assert_eq!(execution.id(), EXECUTION);
    let request = only(&server);
    assert_eq!(request.method, "POST");
    assert_eq!(request.target, "/api/v1/sql/execute");
    assert_eq!(
        request.json(),
        json!({"sql": text, "performance": "small", "query_parameters": {"chain": "base"}})
    );
}

#[tokio::test]
async fn what_cannot_be_executed_is_not_sent() {
    let server = Server::replies([started()]).await;
    let dune = dune(&server);
    for error in [
        dune.execute_query(query(0)).await.unwrap_err(),
        dune.execute_query(query(1).after(["volume"]))
            .await
            .unwrap_err(),
        dune.execute_query(query(1).parameter("min", f64::NAN))
            .await
            .unwrap_err(),
        dune.execute_sql(sql("select 1").parameters([("a", 1), ("a", 2)]))
            .await
            .unwrap_err(),
        dune.latest_results(query(-1)).unwrap_err(),
    ] {
        assert!(matches!(error, Error::InvalidPipeline(_)), "{error}");
        assert!(!error.may_have_started());
    }
    for id in ["", "..", "01H/../x", "01H?a=b", "0 1"] {
        let error = dune.execution(id).unwrap_err();
        assert!(matches!(error, Error::InvalidExecutionId { .. }), "{id}");
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_refused_execution_names_the_query_and_what_dune_says() {
    for (code, text) in [
        (404, "Query not found"),
        (400, "unknown parameters (chain)"),
        (
            402,
            "This API request would exceed your configured limits per billing cycle.",
        ),
        (
            403,
            "Not allowed to execute query. Query is archived, unsaved or not enough permissions",
        ),
    ] {
        let server = Server::replies([Reply::error(code, text)]).await;
        let error = dune(&server).execute_query(query(3101)).await.unwrap_err();
        assert_eq!(error.status().unwrap().as_u16(), code);
        assert_eq!(error.message(), Some(text));
        assert!(!error.may_have_started());
        let sentence = told(&error);
        assert!(
            sentence.starts_with("executing query 3101: Dune answered"),
            "{sentence}"
        );
        only(&server);
    }
}

#[tokio::test]
async fn an_execution_that_may_have_started_is_not_started_twice() {
    for reply in [
        Reply::HangUp,
        Reply::html(502, "<html>Bad Gateway</html>"),
        Reply::Cut(200, r#"{"execution_id": "01H"#.to_owned()),
        Reply::json(json!({"execution_id": "", "state": "QUERY_STATE_PENDING"})),
        Reply::json(json!({"state": "QUERY_STATE_PENDING"})),
    ] {
        let server = Server::replies([reply]).await;
        let dune = dune(&server);
        let of_query = dune.execute_query(query(3101)).await.unwrap_err();
        let of_sql = dune.execute_sql("select 1").await.unwrap_err();
        assert!(of_query.may_have_started(), "{of_query}");
        assert!(of_sql.may_have_started(), "{of_sql}");
        assert!(told(&of_sql).starts_with("executing SQL: "), "{of_sql}");
        assert_eq!(server.requests().len(), 2);
    }
}

#[tokio::test]
async fn what_is_awaited_of_an_execution_may_move_between_threads() {
    fn sends<T: Send>(_: T) {}
    fn shares<T: Send + Sync>(_: &T) {}
    let server = Server::replies([started()]).await;
    let dune = dune(&server);
    sends(dune.execute_query(query(1)));
    sends(dune.execute_sql("select 1"));
    let execution = dune.execution(EXECUTION).unwrap();
    shares(&execution);
    sends(execution.status());
    sends(execution.cancel());
    sends(execution.wait().into_future());
    assert!(!format!("{execution:?}").contains(KEY));
}
