//! Executions: started as queries and as SQL, taken up by id, watched, waited for, cancelled.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use dune_pipeline::{Error, OnDeadline, Performance, State, StatusCode, query, sql};
use serde_json::{Value, json};

use crate::server::{Reply, Server};
use crate::{EXECUTION, KEY, dune, impatient, only, told};

fn started() -> Reply {
    Reply::json(json!({"execution_id": EXECUTION, "state": "QUERY_STATE_PENDING"}))
}

/// A status as Dune writes it, with these fields beside or in place of the usual ones.
fn status(state: &str, fields: Value) -> Reply {
    let finished = !state.ends_with("PENDING") && !state.ends_with("EXECUTING");
    let mut status = json!({
        "execution_id": EXECUTION,
        "query_id": 3101,
        "is_execution_finished": finished,
        "state": state,
        "submitted_at": "2025-10-22T10:31:04.222464Z",
        "expires_at": "2026-01-20T10:31:04.36241Z",
    });
    let Value::Object(fields) = fields else {
        panic!("{fields}");
    };
    status.as_object_mut().unwrap().extend(fields);
    Reply::json(status)
}

fn completed() -> Reply {
    status(
        "QUERY_STATE_COMPLETED",
        json!({
            "execution_started_at": "2025-10-22T10:31:05.123456Z",
            "execution_ended_at": "2025-10-22T10:31:15.789012Z",
            "execution_cost_credits": 1.25,
            "result_metadata": {
                "column_names": ["day", "volume_usd"],
                "column_types": ["date", "double"],
                "row_count": 366,
                "total_row_count": 366,
                "result_set_bytes": 5_018,
                "total_result_set_bytes": 5_018,
                "datapoint_count": 732,
                "pending_time_millis": 1_185,
                "execution_time_millis": 29_352,
            },
        }),
    )
}

fn failed() -> Reply {
    let message =
        format!("line 1:8: Column 'x' cannot be resolved [Execution ID: {EXECUTION}] {KEY}");
    status(
        "QUERY_STATE_FAILED",
        json!({
            "execution_started_at": "2025-10-22T10:31:05Z",
            "execution_ended_at": "2025-10-22T10:31:07.5Z",
            "error": {
                "type": "FAILED_TYPE_EXECUTION_FAILED",
                "message": message,
                "metadata": {"line": 1, "column": 8},
            },
        }),
    )
}

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
async fn a_status_has_all_that_dune_says_of_an_execution() {
    let server = Server::replies([completed()]).await;
    let execution = dune(&server).execution(EXECUTION).unwrap();
    let status = execution.status().await.unwrap();
    let request = only(&server);
    assert_eq!(request.method, "GET");
    assert_eq!(
        request.target,
        format!("/api/v1/execution/{EXECUTION}/status")
    );
    assert_eq!(status.execution_id(), EXECUTION);
    assert_eq!(status.query_id(), Some(3101));
    assert_eq!(status.state(), &State::Completed);
    assert!(status.is_final() && status.is_success());
    let submitted = status.submitted_at().unwrap();
    assert_eq!(submitted.as_str(), "2025-10-22T10:31:04.222464Z");
    let started = status.started_at().unwrap().to_system_time().unwrap();
    assert_eq!(
        status.ended_at().unwrap().since(started),
        Some(Duration::from_micros(10_665_556))
    );
    assert_eq!(
        status.expires_at().unwrap().as_str(),
        "2026-01-20T10:31:04.36241Z"
    );
    assert_eq!(status.cancelled_at(), None);
    assert_eq!(status.credits(), Some(1.25));
    assert_eq!(status.pending_time(), Some(Duration::from_millis(1_185)));
    assert_eq!(status.execution_time(), Some(Duration::from_millis(29_352)));
    assert_eq!(status.error(), None);
    let result = status.result().unwrap();
    let columns: Vec<_> = result
        .columns()
        .iter()
        .map(|column| &*column.name)
        .collect();
    assert_eq!(columns, ["day", "volume_usd"]);
    assert_eq!(result.total_row_count(), Some(366));
    assert_eq!(result.total_result_set_bytes(), Some(5_018));
    assert_eq!(result.datapoint_count(), Some(732));
    assert_eq!(
        status.to_string(),
        format!("execution {EXECUTION} completed")
    );
}

#[tokio::test]
async fn a_waiting_execution_says_why_it_waits() {
    let fields = json!({
        "queue_position": 2,
        "expires_at": "1970-01-01T00:00:00Z",
        "max_inflight_interactive_executions": 3,
        "max_inflight_interactive_reached": 5,
    });
    let server = Server::replies([status("QUERY_STATE_PENDING", fields)]).await;
    let execution = dune(&server).execution(EXECUTION).unwrap();
    let status = execution.status().await.unwrap();
    assert_eq!(status.state(), &State::Pending);
    assert!(!status.is_final());
    assert_eq!(status.queue_position(), Some(2));
    assert_eq!(status.parallel_limit(), Some(3));
    assert!(status.parallel_limit_reached());
    assert_eq!(status.expires_at(), None, "no time that is known yet");
    assert_eq!(status.pending_time(), None);
    assert_eq!(
        status.to_string(),
        format!("execution {EXECUTION} pending (number 2 in the queue)")
    );
}

#[tokio::test]
async fn what_a_status_leaves_out_is_not_made_up() {
    for (body, query) in [
        (
            json!({"execution_id": EXECUTION, "is_execution_finished": false, "state": ""}),
            None,
        ),
        (
            json!({
                "execution_id": EXECUTION, "is_execution_finished": false, "state": "", "query_id": null,
                "submitted_at": null, "queue_position": -1, "error": {}, "result_metadata": {"column_names": null},
                "more": {"is": "said"},
            }),
            None,
        ),
        (
            json!({"execution_id": EXECUTION, "is_execution_finished": false, "state": "", "query_id": 0}),
            None,
        ),
        (
            json!({"execution_id": EXECUTION, "is_execution_finished": false, "state": "", "query_id": 7}),
            Some(7),
        ),
    ] {
        let server = Server::replies([Reply::json(body)]).await;
        let execution = dune(&server).execution(EXECUTION).unwrap();
        let status = execution.status().await.unwrap();
        assert_eq!(status.query_id(), query);
        assert_eq!(status.submitted_at(), None);
        assert_eq!(status.queue_position(), None);
        assert_eq!(status.credits(), None);
        assert!(!status.parallel_limit_reached() && !status.is_final());
    }
}

#[tokio::test]
async fn a_wait_ends_with_the_execution_and_shows_each_change_once() {
    let executing = || status("QUERY_STATE_EXECUTING", json!({}));
    let server = Server::replies([
        status("QUERY_STATE_PENDING", json!({"queue_position": 1})),
        executing(),
        executing(),
        executing(),
        completed(),
    ])
    .await;
    let execution = dune(&server).execution(EXECUTION).unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let keep = seen.clone();
    let status = execution
        .wait()
        .on_change(move |status| keep.lock().unwrap().push(status.state().clone()))
        .await
        .unwrap();
    assert_eq!(status.credits(), Some(1.25));
    assert_eq!(
        *seen.lock().unwrap(),
        [State::Pending, State::Executing, State::Completed]
    );
    assert_eq!(server.requests().len(), 5);
}

#[tokio::test]
async fn a_failed_execution_says_what_is_wrong_and_where() {
    let server = Server::replies([failed()]).await;
    let execution = dune(&server).execution(EXECUTION).unwrap();
    let error = execution.wait().await.unwrap_err();
    let text = told(&error);
    let Error::ExecutionFailed(failed) = &error else {
        panic!("{error}");
    };
    let status = failed.status().unwrap();
    let why = failed.error().unwrap();
    assert_eq!(status.error(), Some(why));
    assert_eq!(why.error_type(), Some("FAILED_TYPE_EXECUTION_FAILED"));
    assert_eq!((why.line(), why.column()), (Some(1), Some(8)));
    assert_eq!(status.execution_time(), Some(Duration::from_millis(2_500)));
    assert_eq!(error.execution_id(), Some(EXECUTION));
    assert_eq!(error.message(), Some(why.message()));
    assert!(!error.may_have_started() && !error.is_retryable());
    assert!(
        text.starts_with(&format!(
            "execution {EXECUTION} failed: line 1:8: Column 'x' cannot be resolved"
        )),
        "{text}"
    );
}

#[tokio::test]
async fn the_place_of_an_error_is_told_where_its_text_does_not() {
    for (error, told) in [
        (
            json!({"message": "syntax error", "metadata": {"line": 3, "column": 7}}),
            "syntax error (line 3, column 7)",
        ),
        (
            json!({"message": "line 3:7: no", "metadata": {"line": 3, "column": 7}}),
            "line 3:7: no",
        ),
        (
            json!({"message": "no", "metadata": {"line": 3}}),
            "no (line 3)",
        ),
        (
            json!({"message": "no", "metadata": {"line": 0, "column": 0}}),
            "no",
        ),
        (
            json!({"type": "FAILED_TYPE_TIMEOUT"}),
            "FAILED_TYPE_TIMEOUT",
        ),
        (json!({}), "Dune does not say why"),
    ] {
        let server = Server::replies([status("QUERY_STATE_FAILED", json!({"error": error}))]).await;
        let execution = dune(&server).execution(EXECUTION).unwrap();
        let status = execution.status().await.unwrap();
        assert_eq!(status.error().unwrap().to_string(), told);
    }
}

#[tokio::test]
async fn both_spellings_of_cancelled_and_the_states_of_no_document_end_a_wait() {
    for (state, read) in [
        ("QUERY_STATE_CANCELLED", State::Cancelled),
        ("QUERY_STATE_CANCELED", State::Cancelled),
        ("QUERY_STATE_EXPIRED", State::Expired),
        (
            "QUERY_STATE_EVICTED",
            State::Other("QUERY_STATE_EVICTED".to_owned()),
        ),
    ] {
        let server = Server::replies([status(state, json!({}))]).await;
        let execution = dune(&server).execution(EXECUTION).unwrap();
        let error = execution.wait().await.unwrap_err();
        let Error::ExecutionFailed(failed) = &error else {
            panic!("{error}");
        };
        assert_eq!(failed.state(), &read);
    }
    let server = Server::replies([status("QUERY_STATE_COMPLETED_PARTIAL", json!({}))]).await;
    let execution = dune(&server).execution(EXECUTION).unwrap();
    let status = execution.wait().await.unwrap();
    assert_eq!(status.state(), &State::CompletedPartial);
}

/// Answers a cancel with this, and how it stands with the states in turn; the last stays.
async fn going_on(cancel: Reply, states: impl IntoIterator<Item = Reply>) -> Server {
    let states: Vec<_> = states.into_iter().collect();
    let reads = Mutex::new(0);
    Server::start(move |_, request| {
        if request.target.ends_with("/cancel") {
            return cancel.clone();
        }
        let mut reads = reads.lock().unwrap();
        *reads += 1;
        states[(*reads - 1).min(states.len() - 1)].clone()
    })
    .await
}

fn cancels(server: &Server) -> usize {
    let requests = server.requests();
    let cancels = requests
        .iter()
        .filter(|sent| sent.target.ends_with("/cancel"));
    cancels
        .inspect(|sent| assert_eq!(sent.method, "POST"))
        .count()
}

#[tokio::test]
async fn an_execution_is_cancelled_when_the_deadline_passes() {
    let executing = status("QUERY_STATE_EXECUTING", json!({}));
    let server = going_on(Reply::json(json!({"success": true})), [executing]).await;
    let execution = dune(&server).execution(EXECUTION).unwrap();
    let wait = execution.wait().deadline(Duration::from_millis(50));
    let error = wait.await.unwrap_err();
    let Error::ExecutionDeadline(overdue) = &error else {
        panic!("{error}");
    };
    assert!(overdue.is_cancelled() && !overdue.may_go_on());
    assert_eq!(overdue.status().unwrap().state(), &State::Executing);
    assert_eq!(error.execution_id(), Some(EXECUTION));
    assert!(!error.is_retryable());
    assert_eq!(
        told(&error),
        format!("execution {EXECUTION} was still executing after 0.1 s and was cancelled")
    );
    assert_eq!(cancels(&server), 1);
}

#[tokio::test]
async fn an_execution_that_is_to_be_left_goes_on_after_the_deadline() {
    let executing = status("QUERY_STATE_EXECUTING", json!({}));
    let server = going_on(Reply::json(json!({"success": true})), [executing]).await;
    let execution = dune(&server).execution(EXECUTION).unwrap();
    let wait = execution.wait().deadline(Duration::from_millis(50));
    let error = wait.on_deadline(OnDeadline::Leave).await.unwrap_err();
    assert!(error.is_retryable());
    assert!(
        told(&error).ends_with("it goes on, and can be taken up by its id"),
        "{error}"
    );
    assert_eq!(cancels(&server), 0);
}

#[tokio::test]
async fn an_execution_that_ended_at_the_deadline_has_ended() {
    let executing = status("QUERY_STATE_EXECUTING", json!({}));
    let server = Server::start(
        move |before, request| match request.target.ends_with("/cancel") {
            true => Reply::json(json!({"success": false})),
            false if before == 0 => executing.clone(),
            false => completed(),
        },
    )
    .await;
    let dune = impatient(server.url())
        .poll_between(Duration::from_secs(9), Duration::from_secs(9))
        .build()
        .unwrap();
    let execution = dune.execution(EXECUTION).unwrap();
    let wait = execution.wait().deadline(Duration::from_millis(50));
    assert!(wait.await.unwrap().is_success());
}

#[tokio::test]
async fn a_cancel_that_fails_is_told_with_the_deadline() {
    let executing = status("QUERY_STATE_EXECUTING", json!({}));
    let server = going_on(Reply::error(403, "not yours"), [executing]).await;
    let execution = dune(&server).execution(EXECUTION).unwrap();
    let wait = execution.wait().deadline(Duration::from_millis(50));
    let error = wait.await.unwrap_err();
    assert!(
        told(&error).ends_with(
            "it could not be cancelled and may go on, take it up by its id: asking for the cancellation of execution \
             01HZ065JVE23C23FM2HKWQP2RT: Dune answered 403 Forbidden: not yours"
        ),
        "{error}"
    );
    assert!(error.is_retryable());
}

#[tokio::test]
async fn a_cancel_that_nobody_answers_does_not_keep_the_wait() {
    let executing = status("QUERY_STATE_EXECUTING", json!({}));
    let server = going_on(Reply::Silence, [executing]).await;
    let dune = impatient(server.url())
        .cancel_limit(Duration::from_millis(100))
        .build()
        .unwrap();
    let execution = dune.execution(EXECUTION).unwrap();
    let error = execution
        .wait()
        .deadline(Duration::from_millis(50))
        .await
        .unwrap_err();
    let Error::ExecutionDeadline(overdue) = &error else {
        panic!("{error}");
    };
    assert!(overdue.may_go_on() && overdue.cancel_error().is_none());
    assert!(
        told(&error).contains("no answer to the cancel came in time"),
        "{error}"
    );
}

#[tokio::test]
async fn dune_out_of_reach_for_a_while_does_not_end_a_wait() {
    let executing = || status("QUERY_STATE_EXECUTING", json!({}));
    let page = || Reply::html(200, "<html>sign in to the network</html>");
    let replies = [
        executing(),
        Reply::HangUp,
        Reply::html(502, ""),
        page(),
        completed(),
    ];
    let server = Server::replies(replies).await;
    let dune = impatient(server.url()).retries(0).build().unwrap();
    let execution = dune.execution(EXECUTION).unwrap();
    let troubles = Mutex::new(Vec::new());
    let wait = execution
        .wait()
        .on_trouble(|error| troubles.lock().unwrap().push(told(error)));
    assert!(wait.await.unwrap().is_success());
    assert_eq!(troubles.lock().unwrap().len(), 3);

    let server = Server::replies([executing(), Reply::html(502, "")]).await;
    let dune = impatient(server.url()).retries(0).build().unwrap();
    let execution = dune.execution(EXECUTION).unwrap();
    let error = execution.wait().patience(Duration::ZERO).await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::BAD_GATEWAY));
    assert_eq!(server.requests().len(), 2);

    let server = Server::replies([Reply::error(404, "Object not found")]).await;
    let dune = impatient(server.url()).build().unwrap();
    let error = dune.execution(EXECUTION).unwrap().wait().await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::NOT_FOUND));
    only(&server);
}

#[tokio::test]
async fn a_cancel_says_whether_there_was_something_to_stop() {
    for success in [true, false] {
        let server = Server::replies([Reply::json(json!({ "success": success }))]).await;
        let execution = dune(&server).execution(EXECUTION).unwrap();
        assert_eq!(execution.cancel().await.unwrap(), success);
        let request = only(&server);
        assert_eq!(request.method, "POST");
        assert_eq!(
            request.target,
            format!("/api/v1/execution/{EXECUTION}/cancel")
        );
    }
}

#[tokio::test]
async fn reading_and_cancelling_are_tried_again_and_name_the_execution() {
    let server = Server::replies([Reply::HangUp, Reply::html(503, ""), completed()]).await;
    let execution = dune(&server).execution(EXECUTION).unwrap();
    assert!(execution.status().await.unwrap().is_success());
    let done = Reply::json(json!({"success": true}));
    let server = Server::replies([Reply::HangUp, done]).await;
    let execution = dune(&server).execution(EXECUTION).unwrap();
    assert!(execution.cancel().await.unwrap());
    let server = Server::replies([Reply::error(404, "Object not found")]).await;
    let execution = dune(&server).execution(EXECUTION).unwrap();
    let error = execution.status().await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::NOT_FOUND));
    assert_eq!(error.execution_id(), Some(EXECUTION));
    assert_eq!(
        told(&error),
        format!(
            "reading the status of execution {EXECUTION}: Dune answered 404 Not Found: Object not found"
        )
    );
}

fn page(rows: Value, next: Option<u64>) -> Reply {
    let mut page = json!({
        "execution_id": EXECUTION,
        "query_id": 3101,
        "is_execution_finished": true,
        "state": "QUERY_STATE_COMPLETED",
        "result": {"rows": rows, "metadata": {"total_row_count": 2}},
    });
    if let Some(next) = next {
        page["next_offset"] = next.into();
    }
    Reply::json(page)
}

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
