//! What `tracing` hears of requests: what each was for and what became of it, every wait, and never the key.

use std::time::Duration;

use dune_pipeline::{Error, OnDeadline, RateLimits, query};
use serde_json::json;
use tokio::time::timeout;
use tracing::field::Empty;
use tracing::{Instrument as _, info_span};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::registry;

use crate::server::{Reply, Request, Server};
use crate::traces::Traces;
use crate::waiting::{PENDING, completed, executing, status};
use crate::{KEY, RUN, daily, dune, impatient};

#[tokio::test]
async fn every_request_is_a_span_that_says_what_it_was_and_what_became_of_it() {
    let (traces, _guard) = Traces::listen();
    let started = Reply::json(json!({ "pipeline_execution_id": RUN }));
    let rows = json!({"execution_id": "01C", "is_execution_finished": true,
        "state": "QUERY_STATE_COMPLETED", "result": {"rows": [], "metadata": {"total_row_count": 0}}});
    let answers = [started, completed(), Reply::json(rows)];
    let server = Server::replies(answers).await;
    let daily = daily();
    let run = dune(server.url()).execute(&daily.pipeline).await.unwrap();
    run.wait().await.unwrap();
    run.rows::<u8>(daily.trend).await.unwrap();

    let spans = traces.spans("request");
    let path = |request: &Request| {
        let path = request.target.split('?').next();
        path.unwrap().to_owned()
    };
    let paths: Vec<_> = server.requests().iter().map(path).collect();
    let fields = |name| spans.iter().map(move |span| span.field(name));
    assert!(fields("path").eq(paths.iter().map(|path| Some(path.as_str()))));
    assert!(fields("method").eq([Some("POST"), Some("GET"), Some("GET")]));
    assert!(fields("operation").eq([
        Some("execute_pipeline"),
        Some("get_pipeline_execution_status"),
        Some("get_execution_results"),
    ]));
    assert!(fields("attempt").all(|attempt| attempt == Some("1")));
    assert!(fields("status").all(|status| status == Some("200")));
    for time in fields("elapsed_ms") {
        assert!(time.unwrap().parse::<u64>().unwrap() < 60_000);
    }
    assert!(fields("run").eq([None, Some(RUN), Some(RUN)]));
    let purposes: Vec<_> = fields("purpose").map(Option::unwrap).collect();
    assert_eq!(
        purposes[..2],
        ["starting the pipeline", "reading the status"]
    );
    assert_eq!(traces.events("answered").len(), 3);
}

#[tokio::test]
async fn a_run_is_a_span_its_nodes_are_spans_in_it_and_each_change_is_told() {
    let (traces, _guard) = Traces::listen();
    let started = Reply::json(json!({ "pipeline_execution_id": RUN }));
    let failed = status(
        "failed",
        [
            ("failed", "01A", "line 1:8: no such column"),
            ("completed", "01B", ""),
            ("failed", "", "not run because `1` failed"),
        ],
    );
    let server = Server::replies([started, executing(), executing(), failed]).await;
    let run = dune(server.url()).execute(&daily().pipeline).await.unwrap();
    run.wait().await.unwrap_err();

    let started = traces.events("started");
    assert_eq!(started[0].field("run"), Some(RUN));
    assert_eq!(started[0].field("nodes"), Some("3"));
    for span in traces.spans("run") {
        assert_eq!(span.field("id"), Some(RUN));
        assert_eq!(span.field("nodes"), Some("3"));
    }
    let nodes = traces.spans("node");
    let names: Vec<_> = nodes.iter().map(|node| node.field("name")).collect();
    assert_eq!(names, [Some("`volume`"), Some("`share`"), Some("`trend`")]);
    assert!(nodes.iter().all(|node| node.within == ["run"]));

    let changes = traces.events("node changed");
    let told = changes.iter().map(|change| {
        assert_eq!(change.field("run"), Some(RUN));
        assert_eq!(change.within, ["run", "node"]);
        ["node", "from", "to", "execution", "error"].map(|name| change.field(name))
    });
    let told: Vec<_> = told.collect();
    let (volume, share, trend) = (Some("`volume`"), Some("`share`"), Some("`trend`"));
    let (pending, executing) = (Some("pending"), Some("executing"));
    let (text, not_run) = ("line 1:8: no such column", "not run because `1` failed");
    assert_eq!(
        told,
        [
            [volume, None, executing, Some("01A"), None],
            [share, None, pending, None, None],
            [trend, None, pending, None, None],
            [volume, executing, Some("failed"), Some("01A"), Some(text)],
            [share, pending, Some("completed"), Some("01B"), None],
            [trend, pending, Some("failed"), None, Some(not_run)],
        ]
    );
    let run = traces.events("run changed");
    let run: Vec<_> = run.iter().map(|change| change.field("to")).collect();
    assert_eq!(run, [executing, Some("failed")]);
    let requests = traces.spans("request");
    let reads = requests.iter().skip(1);
    assert!(reads.clone().count() == 3 && reads.clone().all(|read| read.within == ["run"]));
}

#[tokio::test]
async fn the_span_of_a_node_is_over_when_the_node_is() {
    let (traces, _guard) = Traces::listen();
    let done = ("completed", "01A", "");
    let second = status("executing", [done, ("executing", "01B", ""), PENDING]);
    let server = Server::replies([executing(), second, completed()]).await;
    let run = dune(server.url()).run(RUN).unwrap();
    let mut events = run.attach(&daily().pipeline).unwrap().events();
    let open = |traces: &Traces| {
        let nodes = traces.spans("node").into_iter();
        let open = nodes.filter(|node| !node.closed);
        let names = open.map(|node| node.field("name").unwrap().to_owned());
        names.collect::<Vec<_>>()
    };
    for _ in 0..4 {
        events.next().await.unwrap().unwrap();
    }
    assert_eq!(open(&traces), ["`volume`", "`share`", "`trend`"]);
    events.next().await.unwrap().unwrap();
    assert_eq!(open(&traces), ["`share`", "`trend`"]);
    while events.next().await.is_some() {}
    assert!(open(&traces).is_empty());
    assert_eq!(traces.spans("node").len(), 3, "one for each");
}

#[tokio::test]
async fn cancelling_and_a_passed_deadline_are_told() {
    let (traces, _guard) = Traces::listen();
    let stopped = status("failed", [("cancelled", "01A", ""), PENDING, PENDING]);
    let server = Server::start(move |before, request| match before {
        _ if request.method == "POST" => Reply::json(json!({"success": true})),
        0 => executing(),
        1 => Reply::html(502, "Bad Gateway"),
        2 => Reply::Silence,
        3 => executing(),
        _ => stopped.clone(),
    })
    .await;
    let dune = impatient(server.url()).retries(0).build().unwrap();
    let run = dune.run(RUN).unwrap().attach(&daily().pipeline).unwrap();
    let limit = Duration::from_millis(100);
    run.wait().deadline(limit).await.unwrap_err();

    let again = traces.events("the status is read again later");
    assert!(again[0].field("error").unwrap().contains("502"));
    let passed = traces.events("the deadline of the wait has passed");
    assert_eq!(passed[0].field("on_deadline"), Some("Cancel"));
    let cancelled = traces.events("cancelled");
    assert_eq!(cancelled[0].field("node"), Some("`volume`"));
    assert_eq!(cancelled[0].field("execution"), Some("01A"));
    for event in again.iter().chain(&passed).chain(&cancelled) {
        assert_eq!(event.field("run"), Some(RUN));
    }
    let requests = traces.spans("request");
    let cancel = requests
        .iter()
        .find(|span| span.field("method") == Some("POST"));
    assert_eq!(cancel.unwrap().within, ["run", "node"]);
}

#[tokio::test]
async fn what_is_sent_again_is_told_with_its_run_and_why() {
    let (traces, _guard) = Traces::listen();
    let answers = [Reply::HangUp, Reply::error(503, KEY), completed()];
    let server = Server::replies(answers).await;
    dune(server.url()).run(RUN).unwrap().status().await.unwrap();

    let spans = traces.spans("request");
    let fields = |name| spans.iter().map(move |span| span.field(name));
    assert!(fields("attempt").eq([Some("1"), Some("2"), Some("3")]));
    assert!(fields("status").eq([None, Some("503"), Some("200")]));
    assert!(fields("elapsed_ms").all(|time| time.is_some()));
    let again = traces.events("it will be sent again");
    assert_eq!(again.len(), 2);
    for (event, reason) in again.iter().zip(["the answer was lost", "503"]) {
        assert_eq!(event.field("run"), Some(RUN));
        assert!(event.field("delay_ms").is_some() && event.field("attempt").is_some());
        assert!(event.field("error").unwrap().contains(reason), "{event:?}");
    }
}

#[tokio::test]
async fn requests_beyond_the_plan_wait_for_their_turn_and_that_is_told() {
    let (traces, _guard) = Traces::listen();
    let server = Server::replies([completed()]).await;
    let client = || {
        let limits = RateLimits::new(2, 3);
        impatient(server.url()).rate_limits(limits).build().unwrap()
    };
    let first = client();
    let run = first.clone().run(RUN).unwrap();
    run.status().await.unwrap();
    first.run(RUN).unwrap().status().await.unwrap();
    // Another client with the same key shares the count.
    let run = client().run(RUN).unwrap();
    run.status().await.unwrap();

    let limit = Duration::from_millis(150);
    let wait = run.wait().deadline(limit).on_deadline(OnDeadline::Leave);
    let error = wait.await.unwrap_err();
    assert!(
        matches!(&error, Error::Deadline(missed) if missed.status().is_none()),
        "{error}"
    );
    assert_eq!(server.requests().len(), 3);
    // What costs is cancelled all the same, and the status is read for it.
    let nothing_to_do = run.cancel().await.unwrap();
    assert!(nothing_to_do.is_complete());
    assert_eq!(server.requests().len(), 4);
    let execution = first.execution("01A").unwrap();
    execution.cancel().await.unwrap_err();
    assert_eq!(server.requests().len(), 5);
    let waits = traces.events("waiting for the plan's requests a minute");
    let [wait] = waits.as_slice() else {
        panic!("{waits:?}");
    };
    assert_eq!(wait.field("run"), Some(RUN));
    assert_eq!(wait.field("limit"), Some("high"));
    assert_eq!(wait.field("purpose"), Some("reading the status"));

    // What starts has a count of its own; there no answer has an id, and it counts all the same.
    for _ in 0..2 {
        first.execute(&daily().pipeline).await.unwrap_err();
    }
    let third = timeout(limit, first.execute(&daily().pipeline)).await;
    assert!(third.is_err(), "{third:?}");
    assert_eq!(server.requests().len(), 7);
}

#[tokio::test]
async fn what_was_not_sent_does_not_use_up_the_plan() {
    let port = {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap().port()
    };
    let dune = impatient(&format!("http://127.0.0.1:{port}"))
        .rate_limits(RateLimits::new(1, 1))
        .build()
        .unwrap();
    for _ in 0..3 {
        let error = dune.execute(&daily().pipeline).await.unwrap_err();
        assert!(matches!(error, Error::Unreachable { .. }), "{error}");
    }
}

#[tokio::test]
async fn a_server_on_this_machine_is_asked_without_a_limit() {
    let (traces, _guard) = Traces::listen();
    let server = Server::replies([completed()]).await;
    let dune = dune(server.url());
    for _ in 0..60 {
        dune.run(RUN).unwrap().status().await.unwrap();
    }
    assert!(
        traces
            .events("waiting for the plan's requests a minute")
            .is_empty()
    );
}

#[tokio::test]
async fn no_trace_holds_the_key_whatever_the_server_says() {
    let (traces, _guard) = Traces::listen();
    let said = format!("x-dune-api-key: {KEY}");
    for reply in [
        Reply::error(400, &said),
        Reply::error(429, &said),
        Reply::html(502, &said),
        Reply::html(200, &said),
        Reply::html(302, "").header("location", &format!("http://other.example/{KEY}")),
        Reply::Cut(200, said.clone()),
        Reply::HangUp,
        completed(),
    ] {
        let server = Server::replies([reply]).await;
        let dune = impatient(server.url())
            .retry_delays(Duration::from_millis(1), Duration::from_millis(2))
            .wait_limit(Duration::from_millis(50))
            .cancel_limit(Duration::from_millis(50))
            .build()
            .unwrap();
        let _ = dune.execute(&daily().pipeline).await;
        let _ = dune.query_pipeline(query(1)).await;
        let _ = dune.run(RUN).unwrap().wait().await;
    }
    assert!(traces.spans("request").len() > 24);
    assert!(traces.events("it will be sent again").len() > 6);
    let text = traces.text();
    assert!(!text.contains(KEY) && !text.contains("k3yThat"), "{text}");
    assert!(text.contains("<api key>"), "the servers did say it back");
}

#[tokio::test]
async fn spans_of_the_caller_are_left_alone() {
    let traces = Traces::default();
    let foreign = filter_fn(|metadata| metadata.name() != "request");
    let subscriber = registry().with(traces.clone().with_filter(foreign));
    let _guard = tracing::subscriber::set_default(subscriber);
    let server = Server::replies([completed()]).await;
    let span = info_span!("mine", path = "as it was", status = Empty);
    let run = dune(server.url()).run(RUN).unwrap();
    run.status().instrument(span).await.unwrap();
    assert!(traces.spans("request").is_empty());
    assert!(traces.text().contains("as it was"));
    assert!(!traces.text().contains("\"200\""), "{}", traces.text());
}
