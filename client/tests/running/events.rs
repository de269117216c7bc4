//! The changes of a run as a stream.

use std::time::{Duration, SystemTime};

use dune_pipeline::{Error, Event, Events, State};
use futures_util::{StreamExt as _, TryStreamExt as _};
use serde_json::json;

use crate::server::{Reply, Server};
use crate::waiting::{PENDING, completed, executing, run, status};
use crate::{RUN, daily, dune, impatient};

async fn lines(mut events: Events) -> Vec<String> {
    let mut lines = Vec::new();
    while let Some(event) = events.next().await {
        lines.push(event.unwrap().to_string());
    }
    lines
}

#[tokio::test]
async fn every_change_is_told_once_and_the_end_of_the_run_last() {
    let second = status(
        "executing",
        [
            ("completed", "01A", ""),
            ("QUEUED_TWICE", "01B", ""),
            PENDING,
        ],
    );
    let server = Server::replies([
        executing(),
        executing(),
        second.clone(),
        second,
        completed(),
    ])
    .await;
    let told = lines(run(&dune(server.url())).events()).await;
    let expected = [
        "executing",
        ": `volume` executing",
        ": `share` pending",
        ": `trend` pending",
        ": `volume` executing -> completed",
        ": `share` pending -> QUEUED_TWICE",
        ": `share` QUEUED_TWICE -> completed",
        ": `trend` pending -> completed",
        "executing -> completed",
    ];
    let expected = expected.map(|line| match line.starts_with(':') {
        true => format!("run {RUN}{line}"),
        false => format!("run {RUN} {line}"),
    });
    assert_eq!(told, expected);
    assert_eq!(server.requests().len(), 5, "one read for all that changed");
}

#[tokio::test]
async fn an_event_says_which_node_from_where_to_where_and_when() {
    let server = Server::replies([executing(), completed()]).await;
    let daily = daily();
    let run = dune(server.url()).run(RUN).unwrap();
    let run = run.attach(&daily.pipeline).unwrap();
    let before = SystemTime::now();
    let events: Vec<Event> = run.events().try_collect().await.unwrap();
    let trend: Vec<_> = events
        .iter()
        .filter(|event| event.is_of(daily.trend))
        .collect();
    let [first, second] = trend.as_slice() else {
        panic!("{trend:?}");
    };
    assert_eq!((first.from(), first.to()), (None, &State::Pending));
    assert_eq!(
        (second.from(), second.to()),
        (Some(&State::Pending), &State::Completed)
    );
    let node = second.node().unwrap();
    assert_eq!((node.id(), node.label()), (3, Some("trend")));
    assert_eq!(second.run_id(), RUN);
    assert!(before <= first.at() && first.at() <= second.at());
    assert!(second.at() <= SystemTime::now());
    assert_eq!(second.status().state(), &State::Completed);
    let last = events.last().unwrap();
    assert!(last.node().is_none() && !last.is_of(daily.trend));
    assert!(!second.is_of(crate::daily().trend), "of another pipeline");
}

#[tokio::test]
async fn a_failure_is_told_in_one_line_with_dunes_text() {
    let failed = status(
        "failed",
        [
            (
                "failed",
                "01A",
                "line 1:8: Column 'x'\n  cannot be resolved",
            ),
            ("completed", "01B", ""),
            ("failed", "", "not run because `1` failed"),
        ],
    );
    let server = Server::replies([failed]).await;
    let told = lines(run(&dune(server.url())).events()).await;
    assert_eq!(
        told,
        [
            format!("run {RUN}: `volume` failed: line 1:8: Column 'x' cannot be resolved"),
            format!("run {RUN}: `share` completed"),
            format!("run {RUN}: `trend` failed: not run because `1` failed"),
            format!("run {RUN} failed"),
        ]
    );
}

#[tokio::test]
async fn a_stream_gets_over_reads_that_fail_and_ends_with_its_patience() {
    let bad = || Reply::html(502, "Bad Gateway");
    let server = Server::replies([executing(), bad(), bad(), bad(), completed()]).await;
    let dune = impatient(server.url()).retries(0).build().unwrap();
    let (sender, troubles) = std::sync::mpsc::channel();
    let events = run(&dune)
        .events()
        .on_trouble(move |error| sender.send(error.to_string()).unwrap());
    assert_eq!(lines(events).await.len(), 8);
    assert_eq!(troubles.iter().count(), 3);

    let server = Server::replies([executing(), bad()]).await;
    let dune = impatient(server.url()).retries(0).build().unwrap();
    let mut events = run(&dune).events().patience(Duration::ZERO);
    for _ in 0..4 {
        events.next().await.unwrap().unwrap();
    }
    let error = events.next().await.unwrap().unwrap_err();
    assert!(matches!(error, Error::Refused { .. }), "{error}");
    assert_eq!(error.run_id(), Some(RUN));
    assert!(events.next().await.is_none(), "after an error it is over");
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_run_that_nobody_knows_ends_the_stream_with_dunes_text() {
    let server = Server::replies([Reply::error(404, "Object not found")]).await;
    let mut events = run(&dune(server.url())).events();
    let error = events.next().await.unwrap().unwrap_err();
    assert_eq!(error.message(), Some("Object not found"));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn nothing_is_asked_before_the_stream_is_and_a_dropped_next_loses_nothing() {
    let server = Server::replies([executing(), Reply::Silence, completed()]).await;
    let ms = Duration::from_millis;
    let dune = impatient(server.url())
        .read_timeout(ms(300))
        .build()
        .unwrap();
    let mut events = run(&dune).events();
    tokio::time::sleep(ms(30)).await;
    assert!(server.requests().is_empty());
    for _ in 0..4 {
        events.next().await.unwrap().unwrap();
    }
    // Given up while a read hangs: the same read is gone on with.
    for _ in 0..3 {
        assert!(tokio::time::timeout(ms(40), events.next()).await.is_err());
    }
    assert_eq!(server.requests().len(), 2);
    let rest: Vec<_> = events.map(Result::unwrap).collect().await;
    assert_eq!(rest.len(), 4);
    drop(server);
}

#[tokio::test]
async fn a_run_whose_state_nobody_documented_ends_with_its_nodes() {
    let node = |state: &str| json!({"id": 1, "query_execution_status": {"status": state, "query_id": 3101, "execution_id": "01A"}});
    let body =
        |state| Reply::json(json!({"status": "Rebalancing", "node_executions": [node(state)]}));
    let server = Server::replies([body("executing"), body("completed")]).await;
    let run = dune(server.url()).run(RUN).unwrap();
    assert_eq!(
        lines(run.events()).await,
        [
            format!("run {RUN} Rebalancing"),
            format!("run {RUN}: `1` (query 3101) executing"),
            format!("run {RUN}: `1` (query 3101) executing -> completed"),
        ]
    );
}
