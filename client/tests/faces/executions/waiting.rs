//! Waiting for an execution: to its end, whatever that is called, through outages, and up to a deadline.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use dune_pipeline::{Error, State, StatusCode};
use serde_json::json;

use super::{completed, failed, status};
use crate::server::{Reply, Server};
use crate::{EXECUTION, dune, impatient, only, told};

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
