//! What became of each node, and what its execution says of itself.

use std::sync::Mutex;

use dune_pipeline::{Error, Outcome, RunStatus, State, pipeline};
use serde_json::{Value, json};

use crate::server::{Reply, Server};
use crate::waiting::{PENDING, completed, executing, run, status};
use crate::{RUN, daily, dune};

/// The outcome of each node, shortly.
fn outcomes(status: &RunStatus) -> Vec<String> {
    let outcomes = status.nodes().iter().map(|node| match node.outcome() {
        None => "open".to_owned(),
        Some(Outcome::Failed(error)) => {
            let place = error.and_then(|error| Some((error.line()?, error.column()?)));
            format!("failed at {place:?}")
        }
        Some(outcome) => format!("{outcome:?}"),
    });
    outcomes.collect()
}

async fn outcomes_of(reply: Reply) -> Vec<String> {
    let server = Server::replies([reply]).await;
    outcomes(&run(&dune(server.url())).status().await.unwrap())
}

#[tokio::test]
async fn every_end_of_a_node_is_a_value() {
    let ended = |words: [(&str, &str, &str); 3]| outcomes_of(status("failed", words));
    let text = "line 1:8: Column 'x' cannot be resolved [Execution ID: 01A]";
    assert_eq!(
        ended([
            ("failed", "01A", text),
            ("COMPLETED_PARTIAL", "01B", ""),
            ("failed", "", "not run because `1` failed"),
        ])
        .await,
        [
            "failed at Some((1, 8))",
            "Partial",
            "NotRun { because_of: [1] }"
        ]
    );
    assert_eq!(
        ended([
            ("QUERY_STATE_CANCELED", "01A", ""),
            ("expired", "01B", ""),
            ("pending", "", ""),
        ])
        .await,
        ["Cancelled", "Expired", "NotRun { because_of: [1, 2] }"]
    );
    assert_eq!(
        ended([
            ("completed", "01A", ""),
            ("failed", "", "no credits left"),
            PENDING
        ])
        .await,
        ["Completed", "failed at None", "NotRun { because_of: [2] }"],
        "what waited for nothing failed by itself"
    );
    assert_eq!(
        ended([PENDING, ("completed", "01B", ""), PENDING]).await,
        [
            "NotRun { because_of: [] }",
            "Completed",
            "NotRun { because_of: [1] }"
        ],
        "of a run that is over, what has not started was not run"
    );
}

#[tokio::test]
async fn what_may_still_happen_has_no_outcome_yet() {
    let going = outcomes_of(executing()).await;
    assert_eq!(going, ["open", "open", "open"]);
    let odd = status("executing", [("QUEUED_TWICE", "01A", ""), PENDING, PENDING]);
    assert_eq!(outcomes_of(odd).await, ["open", "open", "open"]);
    // As soon as one dependency failed, what waits for it will not run, whatever becomes of the others.
    let failed = status("executing", [("failed", "01A", ""), PENDING, PENDING]);
    assert_eq!(
        outcomes_of(failed).await,
        ["failed at None", "open", "NotRun { because_of: [1] }"]
    );
}

#[tokio::test]
async fn what_waits_for_a_failed_node_far_above_will_not_run_either() {
    let chain = pipeline![
        first = refresh("dune.acme.result_dex_daily"),
        second = query(3101).after(first),
        third = query(3103).after(second),
    ];
    let odd = status("errored", [("failed", "01A", "no"), PENDING, PENDING]);
    let server = Server::replies([odd]).await;
    let run = dune(server.url()).run(RUN).unwrap().attach(&chain).unwrap();
    // No word of Dune's says that it is over: it is, for nothing is left that can run.
    let error = run.wait().await.unwrap_err();
    let Error::Failed(failed) = error else {
        panic!("{error}");
    };
    assert_eq!(
        outcomes(failed.status()),
        [
            "failed at None",
            "NotRun { because_of: [1] }",
            "NotRun { because_of: [2] }"
        ]
    );
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_failed_run_says_what_completed_and_its_rows_can_be_read() {
    let failed = status(
        "failed",
        [("failed", "01A", "no"), ("completed", "01B", ""), PENDING],
    );
    let server = Server::start(move |_, request| match request.target.contains("01B/results") {
        true => Reply::json(json!({"execution_id": "01B", "is_execution_finished": true,
            "state": "QUERY_STATE_COMPLETED", "result": {"rows": [{"n": 7}], "metadata": {"total_row_count": 1}}})),
        false => failed.clone(),
    })
    .await;
    let daily = daily();
    let share = daily.pipeline.query("share").unwrap();
    let by_id = dune(server.url()).run(RUN).unwrap();
    let run = by_id.attach(&daily.pipeline).unwrap();
    let Err(Error::Failed(failed)) = run.wait().await else {
        panic!("it did not fail");
    };
    let completed: Vec<_> = failed.completed().map(|node| node.label()).collect();
    assert_eq!(completed, [Some("share")]);
    let rows: Vec<Value> = run.rows(share).await.unwrap();
    assert_eq!(rows, [json!({"n": 7})]);
}

#[tokio::test]
async fn a_failed_run_says_of_each_node_where_it_is_wrong_and_what_was_not_run() {
    let failed = status(
        "failed",
        [
            ("failed", "01A", "line 3:14: no such column"),
            PENDING,
            PENDING,
        ],
    );
    let server = Server::replies([failed]).await;
    let by_id = dune(server.url()).run(RUN).unwrap();
    let error = by_id.wait().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "run {RUN} failed\n  node `1` (refresh of dune.acme.result_dex_daily) failed: line 3:14: no such column\n  \
             node `2` (query 3101) was not run\n  node `3` (query 3103) was not run"
        )
    );
    let Error::Failed(failed) = error else {
        panic!("{error}");
    };
    let wrong = failed.failed().next().unwrap().error().unwrap();
    assert_eq!((wrong.line(), wrong.column()), (Some(3), Some(14)));
    assert_eq!((failed.failed().count(), failed.not_run().count()), (1, 2));
    let not_run = failed.not_run().next().unwrap();
    assert!(not_run.error().is_none() && not_run.blocked_by().is_empty());
}

/// What an execution says of itself.
fn execution(id: &str, state: &str, credits: Option<f64>) -> Value {
    json!({
        "execution_id": id, "query_id": 3101, "state": state,
        "is_execution_finished": credits.is_some(), "execution_cost_credits": credits,
        "submitted_at": "2025-10-22T10:31:04.222464Z",
        "execution_started_at": "2025-10-22T10:31:05.123456Z",
    })
}

#[tokio::test]
async fn what_each_execution_cost_and_took_is_read_once_it_has_ended() {
    let looks = Mutex::new(0);
    let server = Server::start(move |_, request| {
        let mut looks = looks.lock().unwrap();
        let path = request.target.as_str();
        if path.contains("01A") {
            Reply::json(execution("01A", "QUERY_STATE_COMPLETED", Some(2.5)))
        } else if path.contains("01B") && *looks == 1 {
            Reply::json(execution("01B", "QUERY_STATE_EXECUTING", None))
        } else if path.contains("01B") {
            Reply::json(execution("01B", "QUERY_STATE_COMPLETED", Some(10.0)))
        } else if path.contains("01C") {
            Reply::error(404, "Object not found")
        } else {
            *looks += 1;
            match *looks {
                1 => status(
                    "executing",
                    [("completed", "01A", ""), ("executing", "01B", ""), PENDING],
                ),
                _ => completed(),
            }
        }
    })
    .await;
    let daily = daily();
    let share = daily.pipeline.query("share").unwrap();
    let by_id = dune(server.url()).run(RUN).unwrap();
    let run = by_id.attach(&daily.pipeline).unwrap();
    let reads = || server.requests().len();

    let first = run.executions().await.unwrap();
    assert_eq!(first.status().state(), &State::Executing);
    assert_eq!(reads(), 3, "the run, and the two that have started");
    assert_eq!(first.credits(), 2.5);
    assert!(first.node(daily.trend).is_none());
    let started = first.node(share).unwrap().started_at().unwrap();
    assert_eq!(started.as_str(), "2025-10-22T10:31:05.123456Z");

    let second = run.executions().await.unwrap();
    assert_eq!(
        reads(),
        6,
        "the run, the one that ran, and the one that is new"
    );
    assert_eq!(second.credits(), 12.5);
    assert_eq!(second.nodes().count(), 2);
    let (node, error) = second.unread().next().unwrap();
    assert_eq!(node.label(), Some("trend"));
    assert_eq!(error.message(), Some("Object not found"));
    assert_eq!((error.run_id(), error.node()), (Some(RUN), Some("`trend`")));

    assert_eq!(run.clone().executions().await.unwrap().credits(), 12.5);
    assert_eq!(
        reads(),
        7,
        "of a run that is over, only what could not be read"
    );
}

#[tokio::test]
async fn a_run_of_which_nothing_has_started_has_cost_nothing() {
    let server = Server::replies([status("pending", [PENDING, PENDING, PENDING])]).await;
    let executions = run(&dune(server.url())).executions().await.unwrap();
    assert_eq!(executions.credits().to_string(), "0");
    assert_eq!(server.requests().len(), 1);
}
