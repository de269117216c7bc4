//! What is sent again, what is not, and when: servers that fail for a moment, and servers that say when to come back.

use std::time::{Duration, Instant};

use dune_pipeline::{Error, OnDeadline, StatusCode, UsageDays, query};
use serde_json::json;

use crate::server::{Reply, Server};
use crate::waiting::completed;
use crate::{RUN, daily, dune, impatient};

#[tokio::test]
async fn a_server_that_says_when_to_read_again_is_read_then() {
    let executing = json!({"status": "executing", "node_executions": []});
    let later = Reply::json(executing).header("retry-after", "1");
    let server = Server::replies([later, completed()]).await;
    let begin = Instant::now();
    dune(server.url()).run(RUN).unwrap().wait().await.unwrap();
    assert!(begin.elapsed() >= Duration::from_secs(1));
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_read_is_sent_again_and_a_start_is_not_where_nobody_knows_if_it_arrived() {
    for reply in [
        Reply::HangUp,
        Reply::Cut(200, "{".to_owned()),
        Reply::error(408, "too slow"),
        Reply::error(500, "Internal error"),
        Reply::html(502, "<html>Bad Gateway</html>"),
    ] {
        let again = [reply.clone(), reply.clone(), completed()];
        let server = Server::replies(again).await;
        dune(server.url()).run(RUN).unwrap().status().await.unwrap();
        assert_eq!(server.requests().len(), 3, "{reply:?}");

        let server = Server::replies([reply.clone()]).await;
        let error = dune(server.url())
            .execute(&daily().pipeline)
            .await
            .unwrap_err();
        assert_eq!(server.requests().len(), 1, "{reply:?}");
        assert!(error.may_have_started() && !error.is_retryable(), "{error}");
        let text = error.to_string();
        assert!(
            text.contains("may have started") && text.contains("look at the executions in Dune"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn what_dune_refuses_is_sent_once_and_has_started_nothing() {
    for status in [400, 401, 402, 403, 404, 409, 410] {
        let server = Server::replies([Reply::error(status, "no")]).await;
        let dune = dune(server.url());
        let error = dune.execute(&daily().pipeline).await.unwrap_err();
        assert_eq!(error.status(), StatusCode::from_u16(status).ok());
        assert!(
            !error.may_have_started() && !error.is_retryable(),
            "{error}"
        );
        let error = dune.query_pipeline(query(1)).await.unwrap_err();
        assert!(!error.is_retryable(), "{error}");
        assert_eq!(server.requests().len(), 2);
    }
}

#[tokio::test]
async fn a_name_that_nobody_knows_has_started_nothing() {
    let dune = impatient("http://dune.invalid:4000")
        .allow_plain_http(true)
        .build()
        .unwrap();
    let error = dune.execute(&daily().pipeline).await.unwrap_err();
    let Error::Unreachable { call, .. } = &error else {
        panic!("{error}");
    };
    assert_eq!(call.attempts(), 4);
    assert!(!error.may_have_started() && error.is_retryable());
}

#[tokio::test]
async fn a_deadline_ends_the_waiting_for_another_attempt_too() {
    let limited = Reply::error(429, "Too many requests").header("retry-after", "4");
    let server = Server::replies([limited]).await;
    let dune = dune(server.url());
    let begin = Instant::now();
    let run = dune.run(RUN).unwrap();
    let limit = Duration::from_millis(200);
    let wait = run.wait().on_deadline(OnDeadline::Leave);
    let error = wait.deadline(limit).await.unwrap_err();
    assert!(matches!(error, Error::Deadline(_)), "{error}");
    assert!(begin.elapsed() < Duration::from_secs(4));
    // What was given up is not sent later either.
    tokio::time::sleep(limit).await;
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_post_that_only_reads_is_a_read_and_one_that_changes_something_is_not_repeated() {
    let page = || Reply::html(502, "<html>Bad Gateway</html>");
    let usage = Reply::json(json!({ "private_queries": 1, "billing_periods": [] }));
    let server = Server::replies([page(), usage]).await;
    dune(server.url())
        .get_usage(UsageDays::default())
        .await
        .unwrap();
    assert_eq!(server.requests().len(), 2);

    let server = Server::replies([page()]).await;
    let error = dune(server.url()).archive_query(3101).await.unwrap_err();
    assert_eq!(server.requests().len(), 1);
    assert!(error.may_have_started() && !error.is_retryable());
    assert!(error.to_string().contains("may have been done"), "{error}");
    assert!(!error.call().unwrap().starts_work() && error.call().unwrap().changes_something());

    let server = Server::replies([page(), Reply::json(json!({ "success": true }))]).await;
    let execution = dune(server.url()).execution("01A").unwrap();
    assert!(execution.cancel().await.unwrap(), "cancelling is repeated");
}
