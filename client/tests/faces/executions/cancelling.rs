//! Cancelling an execution, by itself and when a deadline passes.

use std::sync::Mutex;
use std::time::Duration;

use dune_pipeline::{Error, OnDeadline, State, StatusCode};
use serde_json::json;

use super::{completed, status};
use crate::server::{Reply, Server};
use crate::{EXECUTION, dune, impatient, only, told};

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
