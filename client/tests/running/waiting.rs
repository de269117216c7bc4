//! Following a run: states as they come, and patience with reads that fail.

use std::future::IntoFuture as _;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use dune_pipeline::{Dune, Error, NodeStatus, OnDeadline, Run, State, StatusCode, Task};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::time::sleep;

use crate::server::{Reply, Server};
use crate::{RUN, daily, dune, impatient};

/// A status answer: the whole, and state, execution and error of each of the nodes `volume`, `share`, `trend`.
pub(crate) fn status(whole: &str, nodes: [(&str, &str, &str); 3]) -> Reply {
    let node = |id: i64, kind: &str, (state, execution, error): (&str, &str, &str)| {
        let mut status = json!({"status": state});
        if !execution.is_empty() {
            status["execution_id"] = json!(execution);
        }
        if !error.is_empty() {
            status["error"] = json!(error);
        }
        match id {
            1 => status["name"] = json!("dune.acme.result_dex_daily"),
            2 => status["query_id"] = json!(3101),
            _ => status["query_id"] = json!(3103),
        }
        json!({"id": id, kind: status})
    };
    let [volume, share, trend] = nodes;
    Reply::json(json!({"status": whole, "node_executions": [
        node(1, "materialized_view_refresh_status", volume),
        node(2, "query_execution_status", share),
        node(3, "query_execution_status", trend),
    ]}))
}

pub(crate) const PENDING: (&str, &str, &str) = ("pending", "", "");

/// Every node under way.
pub(crate) fn executing() -> Reply {
    status("executing", [("executing", "01A", ""), PENDING, PENDING])
}

/// Every node done.
pub(crate) fn completed() -> Reply {
    let done = |execution| ("completed", execution, "");
    status("completed", [done("01A"), done("01B"), done("01C")])
}

/// A run whose status is read from this server.
pub(crate) fn run(dune: &Dune) -> Run {
    dune.run(RUN).unwrap().attach(&daily().pipeline).unwrap()
}

#[tokio::test]
async fn a_run_is_followed_to_its_end() {
    let server = Server::replies([executing(), executing(), completed()]).await;
    let status = run(&dune(server.url())).wait().await.unwrap();
    assert_eq!(status.state(), &State::Completed);
    assert!(status.is_success());
    let requests = server.requests();
    assert_eq!(requests.len(), 3);
    let path = format!("/api/v1/pipelines/executions/{RUN}/status");
    assert!(
        requests
            .iter()
            .all(|read| read.method == "GET" && read.target == path)
    );
}

#[tokio::test]
async fn each_node_is_found_by_handle_by_label_and_by_id() {
    let server = Server::replies([executing()]).await;
    let daily = daily();
    let run = dune(server.url())
        .run(RUN)
        .unwrap()
        .attach(&daily.pipeline)
        .unwrap();
    let status = run.status().await.unwrap();
    let volume = status.node_by_label("volume").unwrap();
    assert_eq!(volume.state(), &State::Executing);
    assert_eq!(volume.execution_id(), Some("01A"));
    assert_eq!(
        volume.task(),
        &Task::Refresh("dune.acme.result_dex_daily".to_owned())
    );
    let trend = status.node(daily.trend).unwrap();
    assert_eq!((trend.id(), trend.label()), (3, Some("trend")));
    assert_eq!(
        (trend.state(), trend.execution_id()),
        (&State::Pending, None)
    );
    assert_eq!(status.node_by_id(2).unwrap().task(), &Task::Query(3101));
    assert!(status.node_by_label("trades").is_none());
    assert!(
        status.node(crate::daily().trend).is_none(),
        "of another pipeline"
    );
    let names: Vec<_> = status.nodes().iter().map(NodeStatus::name).collect();
    assert_eq!(names, ["`volume`", "`share`", "`trend`"]);
}

#[tokio::test]
async fn a_run_without_its_pipeline_is_named_by_ids_and_tasks() {
    let server = Server::replies([executing()]).await;
    let run = dune(server.url()).run(RUN).unwrap();
    let status = run.status().await.unwrap();
    assert_eq!(
        status.to_string(),
        format!(
            "run {RUN} executing\n  `1` (refresh of dune.acme.result_dex_daily) executing\n  \
             `2` (query 3101) pending\n  `3` (query 3103) pending"
        )
    );
}

#[tokio::test]
async fn every_spelling_of_a_state_is_understood_and_an_unknown_one_carried() {
    let odd = status(
        "Rebalancing",
        [
            ("QUERY_STATE_EXECUTING", "01A", ""),
            ("QUEUED_TWICE", "", ""),
            PENDING,
        ],
    );
    let shouted = status(
        "QUERY_STATE_COMPLETED",
        [
            ("COMPLETED", "01A", ""),
            ("Completed", "01B", ""),
            ("QUERY_STATE_COMPLETED", "01C", ""),
        ],
    );
    let server = Server::replies([odd, shouted]).await;
    let seen = Mutex::new(Vec::new());
    let dune = dune(server.url());
    let run = run(&dune);
    let wait = run.wait().on_change(|status| {
        let share = status.node_by_label("share").unwrap().state().clone();
        seen.lock().unwrap().push((status.state().clone(), share));
    });
    wait.await.unwrap();
    assert_eq!(
        seen.into_inner().unwrap(),
        [
            (
                State::Other("Rebalancing".into()),
                State::Other("QUEUED_TWICE".into())
            ),
            (State::Completed, State::Completed),
        ]
    );
}

#[tokio::test]
async fn a_list_of_nodes_that_is_null_or_missing_is_empty() {
    for body in [
        json!({"status": "pending", "node_executions": null}),
        json!({"status": "pending"}),
    ] {
        let server = Server::replies([Reply::json(body), completed()]).await;
        let dune = dune(server.url());
        assert!(run(&dune).status().await.unwrap().nodes().is_empty());
        assert_eq!(run(&dune).wait().await.unwrap().nodes().len(), 3);
    }
}

#[tokio::test]
async fn watching_is_told_what_changed_and_nothing_twice() {
    let server = Server::replies([executing(), executing(), executing(), completed()]).await;
    let mut told = 0;
    run(&dune(server.url()))
        .wait()
        .on_change(|_| told += 1)
        .await
        .unwrap();
    assert_eq!(told, 2);
    assert_eq!(server.requests().len(), 4);
}

#[tokio::test]
async fn reads_that_fail_for_a_moment_are_repeated() {
    let server = Server::replies([
        executing(),
        Reply::html(502, "<html>Bad Gateway</html>"),
        executing(),
        Reply::error(500, "Internal error"),
        Reply::HangUp,
        Reply::Cut(200, r#"{"status": "exec"#.to_owned()),
        executing(),
        Reply::error(503, "later").header("retry-after", "0"),
        Reply::error(429, "slow down").header("retry-after", "0"),
        completed(),
    ])
    .await;
    run(&dune(server.url())).wait().await.unwrap();
    assert_eq!(server.requests().len(), 10);
}

#[tokio::test]
async fn reads_that_keep_failing_end_a_wait_when_its_patience_does_with_the_status_the_text_and_the_run()
 {
    let server = Server::replies([Reply::html(502, "<html>Bad Gateway</html>")]).await;
    let dune = dune(server.url());
    let run = run(&dune);
    let mut troubles = 0;
    let wait = run.wait().patience(Duration::ZERO);
    let error = wait.on_trouble(|_| troubles += 1).await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::BAD_GATEWAY));
    assert_eq!(error.run_id(), Some(RUN));
    assert!(error.is_retryable() && !error.may_have_started());
    assert_eq!(
        error.to_string(),
        format!(
            "reading the status of run {RUN} (4 attempts): Dune answered 502 Bad Gateway: <html>Bad Gateway</html>"
        )
    );
    assert_eq!((server.requests().len(), troubles), (4, 0));

    let begin = Instant::now();
    let wait = run.wait().patience(Duration::from_millis(300));
    let error = wait.on_trouble(|_| troubles += 1).await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::BAD_GATEWAY));
    assert!(begin.elapsed() >= Duration::from_millis(200), "not before");
    assert!(troubles >= 2, "{troubles} reads failed and were made again");
}

#[tokio::test]
async fn a_server_that_is_gone_for_a_while_does_not_end_a_wait() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let before = Server::on(listener, |_, _| executing());
    let dune = impatient(before.url()).retries(0).build().unwrap();
    let run = run(&dune);
    let (told, troubles) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    let wait = run
        .wait()
        .on_change(|status| told.lock().unwrap().push(status.state().clone()))
        .on_trouble(|error| troubles.lock().unwrap().push(error.to_string()));
    let restart = async {
        while before.requests().is_empty() {
            sleep(Duration::from_millis(2)).await;
        }
        before.stop().await;
        while troubles.lock().unwrap().len() < 5 {
            sleep(Duration::from_millis(2)).await;
        }
        Server::on(TcpListener::bind(address).await.unwrap(), |_, _| {
            completed()
        })
    };
    let (status, _after) = tokio::join!(wait.into_future(), restart);
    assert_eq!(status.unwrap().state(), &State::Completed);
    assert_eq!(
        told.into_inner().unwrap(),
        [State::Executing, State::Completed]
    );
    let troubles = troubles.into_inner().unwrap();
    assert!(
        troubles.iter().all(|text| text.contains(RUN)),
        "{troubles:?}"
    );
}

#[tokio::test]
async fn patience_begins_anew_with_each_read_that_succeeds() {
    let server = Server::start(|before, _| match before {
        0..60 if before % 2 == 0 => Reply::error(503, "later"),
        0..60 => executing(),
        _ => completed(),
    })
    .await;
    let dune = impatient(server.url()).retries(0).build().unwrap();
    let run = run(&dune);
    // All reads together take longer, whatever the machine does.
    let wait = run.wait().patience(Duration::from_millis(100));
    wait.await.unwrap();
    assert_eq!(server.requests().len(), 61);
}

#[tokio::test]
async fn what_something_in_between_answers_does_not_end_a_wait_that_dune_has_answered() {
    let sign_in = || Reply::html(200, "<html>Sign in to the network</html>");
    let portal = || Reply::html(302, "").header("location", "http://portal.example/");
    let server = Server::replies([executing(), sign_in(), portal(), completed()]).await;
    run(&dune(server.url())).wait().await.unwrap();
    assert_eq!(server.requests().len(), 4);

    for reply in [sign_in(), portal()] {
        let server = Server::replies([reply, completed()]).await;
        run(&dune(server.url())).wait().await.unwrap_err();
        assert_eq!(server.requests().len(), 1, "it may not be Dune at all");
    }
}

#[tokio::test]
async fn a_wait_comes_back_when_the_server_asked_it_to() {
    let server = Server::replies([
        Reply::error(429, "slow down").header("retry-after", "1"),
        completed(),
    ])
    .await;
    let ms = Duration::from_millis;
    let dune = impatient(server.url())
        .retries(0)
        .retry_delays(ms(1), ms(2))
        .build()
        .unwrap();
    let begin = Instant::now();
    run(&dune).wait().await.unwrap();
    assert!(begin.elapsed() >= ms(900), "{:?}", begin.elapsed());
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn an_unknown_run_gives_dunes_text_at_once() {
    let server = Server::replies([Reply::error(404, "Object not found")]).await;
    let error = run(&dune(server.url())).wait().await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::NOT_FOUND));
    assert_eq!(error.message(), Some("Object not found"));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_success_that_is_not_dunes_is_shown() {
    for body in ["<html>Sign in</html>", "", "[]", r#"{"status": 7}"#] {
        let server = Server::replies([Reply::html(200, body)]).await;
        let error = run(&dune(server.url())).status().await.unwrap_err();
        assert!(matches!(error, Error::UnreadableAnswer { .. }), "{error}");
        assert!(error.to_string().contains(body), "{error}");
    }
}

#[tokio::test]
async fn waiting_is_polite() {
    let server = Server::replies([executing()]).await;
    let ms = Duration::from_millis;
    let dune = impatient(server.url())
        .poll_between(ms(40), ms(200))
        .build()
        .unwrap();
    let run = run(&dune);
    let wait = run.wait().on_deadline(OnDeadline::Leave);
    wait.deadline(ms(1000)).await.unwrap_err();
    // At 0, 40, 120, 280, 440, .. 920 ms, each a little earlier.
    let reads = server.requests().len();
    assert!((2..=9).contains(&reads), "{reads} reads");
}

#[tokio::test]
async fn an_id_that_would_ask_for_something_else_is_refused() {
    let dune = dune("http://127.0.0.1:1");
    for id in ["", "..", "01A/../x", "01A?x", "01A x"] {
        let error = dune.run(id).unwrap_err();
        assert!(matches!(error, Error::InvalidRunId { .. }), "{id}");
    }
}

#[tokio::test]
async fn a_node_of_neither_kind_and_unknown_fields_do_no_harm() {
    let body: Value =
        json!({"status": "executing", "shard": 3, "node_executions": [{"id": 1, "colour": "red"}]});
    let server = Server::replies([Reply::json(body)]).await;
    let status = run(&dune(server.url())).status().await.unwrap();
    assert_eq!(status.nodes()[0].task(), &Task::Unknown);
    assert_eq!(status.nodes()[0].name(), "`volume`");
}

#[tokio::test]
async fn a_view_under_its_short_name_and_a_node_with_both_statuses_are_what_they_were_declared() {
    let body = json!({"status": "completed", "node_executions": [{
        "id": 1,
        "query_execution_status": {"status": "string", "query_id": 0},
        "materialized_view_refresh_status": {"status": "completed", "name": "RESULT_dex_daily"},
    }]});
    let server = Server::replies([Reply::json(body)]).await;
    let status = run(&dune(server.url())).wait().await.unwrap();
    assert_eq!(
        status.nodes()[0].task(),
        &Task::Refresh("RESULT_dex_daily".to_owned())
    );
}
