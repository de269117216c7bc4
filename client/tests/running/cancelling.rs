//! Cancelling a run: each execution that runs, also one that starts meanwhile, and what is said of those that do not stop.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use dune_pipeline::{
    Cancellation, NodeCancellation, NotCancelled, Pipeline, Run, State, pipeline, query,
};
use serde_json::{Value, json};

use crate::server::{Reply, Request, Server};
use crate::waiting::{PENDING, completed, executing, run, status};
use crate::{RUN, daily, dune, impatient};

/// The executions that were to be cancelled, in order.
pub(crate) fn cancels(server: &Server) -> Vec<String> {
    let requests = server.requests();
    let cancels = requests
        .iter()
        .filter(|request| request.method == "POST")
        .map(|request| {
            let path = request.target.strip_prefix("/api/v1/execution/");
            let id = path.and_then(|path| path.strip_suffix("/cancel"));
            id.unwrap_or(&request.target).to_owned()
        });
    let mut cancels: Vec<_> = cancels.collect();
    cancels.sort();
    cancels
}

pub(crate) fn is_cancel(request: &Request) -> bool {
    request.target.ends_with("/cancel")
}

pub(crate) fn taken() -> Reply {
    Reply::json(json!({"success": true}))
}

/// What became of each node of [`daily`], shortly.
fn effects(cancellation: &Cancellation) -> Vec<String> {
    let nodes = cancellation.nodes();
    let effects = nodes.map(|(node, what)| {
        let what = match what {
            NodeCancellation::Cancelled => "cancelled",
            NodeCancellation::HadEnded => "had ended",
            NodeCancellation::NeverStarted => "never started",
            NodeCancellation::NotCancelled(NotCancelled::Failed(_)) => "failed",
            NodeCancellation::NotCancelled(NotCancelled::Declined) => "declined",
            NodeCancellation::NotCancelled(NotCancelled::NotSeenToEnd) => "not seen to end",
            NodeCancellation::NotCancelled(NotCancelled::OutOfTime) => "out of time",
            NodeCancellation::NotCancelled(NotCancelled::MayStart) => "may start",
            _ => "of no known effect",
        };
        format!("{} {what}", node.label().unwrap())
    });
    effects.collect()
}

/// A server whose nodes stop when they are cancelled, as these say then.
async fn obedient(before: Reply, after: Reply) -> Server {
    let cancelled = Mutex::new(false);
    Server::start(move |_, request| {
        let mut cancelled = cancelled.lock().unwrap();
        *cancelled |= is_cancel(request);
        match (is_cancel(request), *cancelled) {
            (true, _) => taken(),
            (false, true) => after.clone(),
            (false, false) => before.clone(),
        }
    })
    .await
}

#[tokio::test]
async fn what_runs_is_cancelled_and_each_node_says_what_became_of_it() {
    for word in ["cancelled", "QUERY_STATE_CANCELED", "failed"] {
        let before = status(
            "executing",
            [("executing", "01A", ""), ("completed", "01B", ""), PENDING],
        );
        let after = status(
            "failed",
            [
                (word, "01A", ""),
                ("completed", "01B", ""),
                ("failed", "", "not run because `1` was cancelled"),
            ],
        );
        let server = obedient(before, after).await;
        let daily = daily();
        let by_id = dune(server.url()).run(RUN).unwrap();
        let run = by_id.attach(&daily.pipeline).unwrap();
        let cancellation = run.cancel().await.unwrap();
        assert_eq!(
            effects(&cancellation),
            ["volume cancelled", "share had ended", "trend never started"]
        );
        assert!(cancellation.is_complete());
        assert_eq!(cancellation.status().state(), &State::Failed);
        assert!(matches!(
            cancellation.node(daily.trend),
            Some(NodeCancellation::NeverStarted)
        ));
        assert!(cancellation.node(crate::daily().trend).is_none());
        assert_eq!(
            cancellation.to_string(),
            format!(
                "run {RUN} was cancelled\n  `volume` was cancelled\n  `share` had ended: completed\n  \
                 `trend` never started"
            )
        );
        assert_eq!(cancels(&server), ["01A"]);
        assert_eq!(server.requests()[1].body, "", "nothing to say but whom");
    }
}

#[tokio::test]
async fn a_run_that_has_ended_is_left_as_it_is_and_so_is_one_that_was_cancelled_before() {
    let server = Server::replies([completed()]).await;
    let cancellation = run(&dune(server.url())).cancel().await.unwrap();
    assert!(cancellation.is_complete());
    assert_eq!(cancellation.cancelled().count(), 0);
    assert!(cancellation.to_string().contains("nothing to cancel"));
    assert_eq!(server.requests().len(), 1);

    let stopped = ("cancelled", "01A", "");
    let after = status("cancelled", [stopped, stopped, stopped]);
    let server = obedient(executing(), after).await;
    let run = run(&dune(server.url()));
    assert_eq!(run.cancel().await.unwrap().cancelled().count(), 1);
    let again = run.cancel().await.unwrap();
    assert_eq!(again.cancelled().count(), 0);
    assert!(again.is_complete());
    assert_eq!(cancels(&server), ["01A"], "not a second time");
}

/// Queries without dependencies of which so many run at a time; when one is cancelled, the next starts.
struct InTurn {
    states: Mutex<Vec<&'static str>>,
}

impl InTurn {
    fn reply(&self, request: &Request) -> Reply {
        let mut states = self.states.lock().unwrap();
        if is_cancel(request) {
            let id = request.target.split('/').nth_back(1).unwrap();
            let place: usize = id.trim_start_matches("01X").parse().unwrap();
            states[place] = "cancelled";
            if let Some(next) = states.iter_mut().find(|state| **state == "pending") {
                *next = "executing";
            }
            return taken();
        }
        let nodes = states.iter().enumerate().map(|(place, state)| {
            let execution = (*state != "pending").then(|| format!("01X{place}"));
            json!({"id": place + 1, "query_execution_status": {
                "query_id": 3101, "status": state, "execution_id": execution,
            }})
        });
        let nodes: Vec<Value> = nodes.collect();
        let over = states.iter().all(|state| *state == "cancelled");
        let whole = if over { "failed" } else { "executing" };
        Reply::json(json!({"status": whole, "node_executions": nodes}))
    }
}

fn many(count: i64) -> Pipeline {
    let mut builder = Pipeline::builder();
    for number in 0..count {
        builder.node(
            format!("share_{number}"),
            query(3101).parameter("n", number),
        );
    }
    builder.build().unwrap()
}

#[tokio::test]
async fn what_starts_while_others_are_cancelled_is_cancelled_too() {
    let mut states = vec!["pending"; 30];
    states[..2].fill("executing");
    let model = InTurn {
        states: Mutex::new(states),
    };
    let server = Server::start(move |_, request| model.reply(request)).await;
    let run = dune(server.url()).run(RUN).unwrap();
    let run = run.attach(&many(30)).unwrap();
    let cancellation = run.cancel().await.unwrap();
    assert_eq!(cancellation.cancelled().count(), 30);
    let cancels = cancels(&server);
    assert_eq!(cancels.len(), 30, "each once: {cancels:?}");
}

#[tokio::test]
async fn what_could_not_be_cancelled_is_said_with_the_reason() {
    let run_on = status(
        "executing",
        [("executing", "01A", ""), ("executing", "01B", ""), PENDING],
    );
    for (reply, effect, text, most) in [
        (
            Reply::error(403, "not yours"),
            "failed",
            "`volume` could not be cancelled: cancelling the execution of node `volume` of run",
            1,
        ),
        (
            Reply::json(json!({"success": false})),
            "declined",
            "Dune answered that there is nothing to cancel, and it has not ended",
            10,
        ),
        (taken(), "not seen to end", "not been seen to end since", 1),
    ] {
        let run_on = run_on.clone();
        let server = Server::start(move |_, request| match request.target.as_str() {
            path if path.contains("01A/cancel") => reply.clone(),
            path if path.contains("/cancel") => taken(),
            _ => run_on.clone(),
        })
        .await;
        let cancellation = run(&dune(server.url())).cancel().await.unwrap();
        assert_eq!(
            effects(&cancellation),
            [
                &format!("volume {effect}"),
                "share not seen to end",
                "trend may start"
            ]
        );
        assert!(!cancellation.is_complete());
        assert_eq!(cancellation.not_cancelled().count(), 3);
        let told = cancellation.to_string();
        assert!(told.contains(text), "{told}");
        assert!(
            told.starts_with(&format!("run {RUN}: not all of it could be cancelled")),
            "{told}"
        );
        let asked = cancels(&server);
        let asked = asked.iter().filter(|id| *id == "01A").count();
        assert!((1..=most).contains(&asked), "{asked} times");
    }
}

#[tokio::test]
async fn a_cancel_that_is_lost_or_limited_is_sent_again() {
    let times = Mutex::new(0);
    let after = status("failed", [("cancelled", "01A", ""), PENDING, PENDING]);
    let server = Server::start(move |_, request| {
        let mut times = times.lock().unwrap();
        match is_cancel(request) {
            true => {
                *times += 1;
                match *times {
                    1 => Reply::HangUp,
                    2 => Reply::error(500, "Internal error"),
                    3 => Reply::error(429, "slow down").header("retry-after", "0"),
                    // Beyond the retries of one request.
                    4 | 5 => Reply::error(503, "later"),
                    _ => taken(),
                }
            }
            false if *times >= 6 => after.clone(),
            false => executing(),
        }
    })
    .await;
    let cancellation = run(&dune(server.url())).cancel().await.unwrap();
    assert!(cancellation.is_complete(), "{cancellation}");
    assert_eq!(cancels(&server).len(), 6);
}

#[tokio::test]
async fn a_node_in_a_state_that_nobody_documented_counts_as_running() {
    let odd = status("executing", [("QUEUED_TWICE", "01A", ""), PENDING, PENDING]);
    let after = status("failed", [("cancelled", "01A", ""), PENDING, PENDING]);
    let server = obedient(odd, after).await;
    let cancellation = run(&dune(server.url())).cancel().await.unwrap();
    assert_eq!(
        effects(&cancellation),
        [
            "volume cancelled",
            "share never started",
            "trend never started"
        ]
    );
    assert_eq!(cancels(&server), ["01A"]);
}

#[tokio::test]
async fn what_waits_for_a_cancelled_node_however_far_below_is_not_waited_for() {
    // The words for the whole and for what is below stay as they were: only the graph says that it is over.
    let chain = pipeline![
        first = refresh("dune.acme.result_dex_daily"),
        second = query(3101).after(first),
        third = query(3103).after(second),
    ];
    let stopped = status("executing", [("cancelled", "01A", ""), PENDING, PENDING]);
    let server = obedient(executing(), stopped).await;
    let run = dune(server.url()).run(RUN).unwrap().attach(&chain).unwrap();
    let cancellation = run.cancel().await.unwrap();
    assert!(cancellation.is_complete(), "{cancellation}");
    assert_eq!(server.requests().len(), 3, "no read more than it takes");
}

#[tokio::test]
async fn cancelling_does_not_take_longer_than_it_may() {
    let ms = Duration::from_millis;
    let server = Server::start(|_, request| match is_cancel(request) {
        true => Reply::Silence,
        false => executing(),
    })
    .await;
    let dune = impatient(server.url())
        .cancel_limit(ms(150))
        .build()
        .unwrap();
    let begin = Instant::now();
    let cancellation = run(&dune).cancel().await.unwrap();
    assert!(begin.elapsed() < Duration::from_secs(5));
    assert_eq!(
        effects(&cancellation),
        ["volume out of time", "share may start", "trend may start"]
    );

    let silent = Server::replies([Reply::Silence]).await;
    let dune = impatient(silent.url())
        .cancel_limit(ms(100))
        .build()
        .unwrap();
    let error = run(&dune).cancel().await.unwrap_err();
    assert_eq!(error.run_id(), Some(RUN));
    assert!(
        error.to_string().contains("no status within 0.1 s"),
        "{error}"
    );
}

#[tokio::test]
async fn a_status_that_cannot_be_read_any_more_ends_the_cancelling_with_what_is_known() {
    let asked = Mutex::new(false);
    let server = Server::start(move |_, request| {
        let mut asked = asked.lock().unwrap();
        let cancel = is_cancel(request);
        *asked |= cancel;
        match (cancel, *asked) {
            (true, _) => taken(),
            (false, false) => executing(),
            (false, true) => Reply::error(401, "invalid API Key"),
        }
    })
    .await;
    let cancellation = run(&dune(server.url())).cancel().await.unwrap();
    assert_eq!(
        effects(&cancellation),
        [
            "volume not seen to end",
            "share may start",
            "trend may start"
        ]
    );
    let trouble = cancellation.trouble().unwrap();
    assert_eq!(trouble.message(), Some("invalid API Key"));
    assert!(cancellation.to_string().contains("invalid API Key"));
}

#[tokio::test]
async fn what_completes_although_dune_took_the_cancel_has_completed() {
    let server = obedient(executing(), completed()).await;
    let run = run(&dune(server.url()));
    let cancellation = run.cancel().await.unwrap();
    assert_eq!(
        effects(&cancellation),
        ["volume had ended", "share had ended", "trend had ended"]
    );
    assert_eq!(cancels(&server), ["01A"]);
    assert!(cancellation.status().is_success());

    let server = obedient(executing(), completed()).await;
    let dune = dune(server.url());
    let limit = Duration::from_millis(100);
    let status = crate::waiting::run(&dune).wait().deadline(limit).await;
    assert!(status.unwrap().is_success(), "nothing of it is lost");
}

#[tokio::test]
async fn a_run_that_cannot_be_read_is_not_cancelled() {
    let server = Server::replies([Reply::error(404, "Object not found")]).await;
    let error = run(&dune(server.url())).cancel().await.unwrap_err();
    assert_eq!(error.message(), Some("Object not found"));
    assert!(cancels(&server).is_empty());
}

#[tokio::test]
async fn dropping_a_wait_or_a_stream_or_a_run_cancels_nothing() {
    let ms = Duration::from_millis;
    let server = Server::replies([executing()]).await;
    let run: Run = run(&dune(server.url()));
    drop(run.wait());
    assert!(server.requests().is_empty());
    let given_up = tokio::time::timeout(ms(50), run.wait().into_future()).await;
    assert!(given_up.is_err());
    let mut events = run.events();
    events.next().await.unwrap().unwrap();
    drop(events);
    let task = tokio::spawn({
        let run = run.clone();
        async move { run.wait().await.map(drop) }
    });
    tokio::time::sleep(ms(20)).await;
    task.abort();
    drop(run);
    let before = server.requests().len();
    assert!(before > 2);
    tokio::time::sleep(ms(100)).await;
    assert!(cancels(&server).is_empty());
    assert!(
        server.requests().len() <= before + 1,
        "and nothing is asked any more"
    );
}

#[tokio::test]
async fn a_dropped_cancel_cancels_no_more_than_it_has_asked_for() {
    let ms = Duration::from_millis;
    let model = Arc::new(InTurn {
        states: Mutex::new(vec!["executing"; 30]),
    });
    let server = Server::start({
        let model = Arc::clone(&model);
        move |_, request| match cancels_of(request) {
            Some(place) if place > 0 => Reply::Silence,
            _ => model.reply(request),
        }
    })
    .await;
    let run = dune(server.url()).run(RUN).unwrap();
    assert!(tokio::time::timeout(ms(100), run.cancel()).await.is_err());
    tokio::time::sleep(ms(50)).await;
    // At most eight are under way at a time.
    let asked = cancels(&server).len();
    assert!((1..=9).contains(&asked), "{asked}");
    assert_eq!(model.states.lock().unwrap()[0], "cancelled");
}

fn cancels_of(request: &Request) -> Option<usize> {
    let id = request.target.split('/').nth_back(1)?;
    id.strip_prefix("01X")?.parse().ok()
}
