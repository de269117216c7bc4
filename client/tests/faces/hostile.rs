//! Every method against answers that are none: nothing panics, nothing that starts or changes something is sent twice, what
//! goes wrong says what it was about, and the key comes out nowhere.

use dune_pipeline::{DuneBuilder, Error};
use serde_json::{Value, json};

use crate::every::FACES;
use crate::server::{Reply, Request, Server};
use crate::{EXECUTION, KEY, impatient, told};

/// A client that gives up soon.
fn hasty(server: &Server) -> DuneBuilder {
    let ms = std::time::Duration::from_millis;
    impatient(server.url())
        .retries(1)
        .retry_delays(ms(1), ms(1))
        .read_timeout(ms(300))
}

/// Whether the request would do something again if it were sent again.
fn changes(request: &Request) -> bool {
    let only_reads = request.method == "GET" || request.target.ends_with("/usage");
    !only_reads && !request.target.ends_with("/cancel")
}

/// Calls every face on a server that answers like this, and gives what came of it, by the name of the face.
async fn all(reply: &Reply) -> Vec<(&'static str, Result<(), Error>)> {
    let answer = reply.clone();
    let server = Server::start(move |_, _| answer.clone()).await;
    let dune = hasty(&server).build().unwrap();
    let mut outcomes = Vec::new();
    let mut before = 0;
    for (name, call) in FACES {
        let outcome = call(&dune).await;
        let requests = server.requests();
        let sent = &requests[before..];
        assert!(!sent.is_empty(), "{name} asks for nothing");
        if sent.iter().any(changes) {
            assert_eq!(sent.len(), 1, "{name} is sent again after {reply:?}");
        }
        before = requests.len();
        if let Err(error) = &outcome {
            let text = told(error);
            let changed = sent.iter().any(changes);
            assert!(!error.may_have_started() || changed, "{name}: {text}");
            assert!(
                !(error.may_have_started() && error.is_retryable()),
                "{name}: {text}"
            );
            if let Some(call) = error.call() {
                assert!(text.starts_with(call.purpose()), "{name}: {text}");
            }
        }
        outcomes.push((*name, outcome));
    }
    outcomes
}

#[tokio::test]
async fn an_answer_that_is_lost_is_an_error_of_every_method() {
    for reply in [
        Reply::HangUp,
        Reply::Cut(200, "{\"execution_id\": \"01".to_owned()),
        Reply::html(500, "<html>oops</html>"),
        Reply::html(502, &format!("<html>{KEY}</html>")),
        Reply::error(503, KEY),
    ] {
        for (name, outcome) in all(&reply).await {
            let error = outcome.expect_err(name);
            let unclear = error.may_have_started() || error.is_retryable();
            assert!(unclear, "{name}: {error}");
        }
    }
}

#[tokio::test]
async fn a_refusal_is_an_error_of_every_method_and_keeps_its_text() {
    for status in [400, 401, 402, 403, 404, 409, 418] {
        let reply = Reply::error(status, &format!("not for {KEY}"));
        for (name, outcome) in all(&reply).await {
            let error = outcome.expect_err(name);
            assert_eq!(
                error.status().map(|one| one.as_u16()),
                Some(status),
                "{name}"
            );
            assert!(
                error.message().unwrap().starts_with("not for "),
                "{name}: {error}"
            );
            assert!(!error.may_have_started() && !error.is_retryable(), "{name}");
        }
    }
}

#[tokio::test]
async fn a_redirect_is_followed_by_no_method() {
    let elsewhere = Server::replies([Reply::json(json!({}))]).await;
    for status in [301, 302, 303, 307, 308] {
        let place = format!("{}/api/v1/queries", elsewhere.url());
        let reply = Reply::html(status, "").header("location", &place);
        for (name, outcome) in all(&reply).await {
            let error = outcome.expect_err(name);
            assert!(matches!(error, Error::Redirected { .. }), "{name}: {error}");
        }
    }
    assert!(elsewhere.requests().is_empty());
}

#[tokio::test]
async fn answers_of_another_shape_are_read_or_told_by_every_method() {
    let wrong = |value: &Value| {
        // Each field that Dune knows, with what it never has.
        let names = [
            "execution_id",
            "pipeline_execution_id",
            "state",
            "status",
            "query_id",
            "name",
            "query_sql",
            "sql_id",
            "is_execution_finished",
            "success",
            "pipeline",
            "result",
            "queries",
            "materialized_views",
            "tables",
            "datasets",
            "billing_periods",
            "total",
            "next_offset",
            "columns",
            "owner",
            "parameters",
            "tags",
            "submitted_at",
            "queue_position",
            "execution_cost_credits",
            "error",
            "result_metadata",
            "node_executions",
            "rows_written",
            "full_name",
            "last_execution_ids",
            "table_size_bytes",
            "metadata",
        ];
        let fields = names.map(|name| (name.to_owned(), value.clone()));
        Value::Object(fields.into_iter().collect())
    };
    let values = [
        Value::Null,
        json!(""),
        json!("x"),
        json!(-1),
        json!(i64::MAX),
        json!(1e300),
        json!(true),
        json!([]),
        json!([null]),
        json!([[{}]]),
        json!({}),
        json!({"nodes": [{"id": 1}], "rows": [], "line": -1}),
    ];
    let bodies = values.iter().map(wrong).chain(values.iter().cloned());
    for body in bodies {
        all(&Reply::json(body)).await;
    }
    for text in [
        "",
        "{",
        "null",
        "\u{feff}{}",
        "[1",
        "<html></html>",
        "\u{0}",
    ] {
        all(&Reply::html(200, text)).await;
    }
}

#[tokio::test]
async fn what_an_answer_has_besides_is_passed_over_by_every_method() {
    let node =
        json!({"id": 1, "dependencies": [], "query_execution": {"query_id": 3101, "more": 1}});
    let body = json!({
        "pipeline_execution_id": EXECUTION, "execution_id": EXECUTION, "status": "completed", "success": true,
        "state": "QUERY_STATE_COMPLETED", "is_execution_finished": true, "pipeline": {"nodes": [node], "more": 1},
        "query_id": 3101, "name": "dune.acme.result_dex_daily", "query_sql": "select 1",
        "sql_id": "dune.acme.result_dex_daily",
        "result": {"rows": [{"day": 1}], "metadata": {"total_row_count": 1, "column_names": ["day"]}, "more": 1},
        "more": {"of": ["everything"]},
    });
    for (name, outcome) in all(&Reply::json(body)).await {
        if !name.ends_with("csv") {
            outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
        }
    }
}
