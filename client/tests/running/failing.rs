//! Runs that do not complete: what is said of them, and when they are over.

use dune_pipeline::{Error, State, pipeline};
use serde_json::json;

use crate::server::{Reply, Server};
use crate::waiting::{PENDING, executing, run, status};
use crate::{RUN, dune};

#[tokio::test]
async fn a_failed_run_names_each_failed_node_and_each_that_did_not_run_for_it() {
    let failed = status(
        "failed",
        [
            ("failed", "01A", "line 1:8: Column 'x' cannot be resolved"),
            ("completed", "01B", ""),
            ("failed", "", "not run because `1` failed"),
        ],
    );
    let server = Server::replies([executing(), failed]).await;
    let error = run(&dune(server.url())).wait().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "run {RUN} failed\n  node `volume` failed: line 1:8: Column 'x' cannot be resolved\n  \
             node `trend` was not run because `volume` failed"
        )
    );
    assert_eq!(error.run_id(), Some(RUN));
    assert_eq!(
        error.message(),
        Some("line 1:8: Column 'x' cannot be resolved")
    );
    let Error::Failed(run) = error else {
        panic!("{error}");
    };
    let failed: Vec<_> = run.failed().map(|node| node.name()).collect();
    assert_eq!(failed, ["`volume`"]);
    let not_run: Vec<_> = run
        .not_run()
        .map(|node| (node.name(), node.blocked_by()))
        .collect();
    assert_eq!(not_run, [("`trend`", &["`volume`".to_owned()][..])]);
    let of_dune: Vec<_> = run.not_run().map(|node| node.message()).collect();
    assert_eq!(of_dune, [Some("not run because `1` failed")]);
    let share = run.status().node_by_label("share").unwrap();
    assert_eq!(share.execution_id(), Some("01B"));
}

#[tokio::test]
async fn what_waits_for_a_node_that_was_not_run_is_not_said_to_wait_for_a_failed_one() {
    let chain = pipeline![
        first = refresh("dune.acme.result_dex_daily"),
        second = query(3101).after(first),
        third = query(3103).after(second),
    ];
    let query = |id, query_id| {
        json!({"id": id, "query_execution_status": {
            "status": "failed", "query_id": query_id, "error": "not run because `1` failed",
        }})
    };
    let first = json!({"id": 1, "materialized_view_refresh_status": {
        "status": "failed", "name": "dune.acme.result_dex_daily", "execution_id": "01A", "error": "no",
    }});
    let body =
        json!({"status": "failed", "node_executions": [first, query(2, 3101), query(3, 3103)]});
    let server = Server::replies([Reply::json(body)]).await;
    let run = dune(server.url()).run(RUN).unwrap().attach(&chain).unwrap();
    let error = run.wait().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "run {RUN} failed\n  node `first` failed: no\n  node `second` was not run because `first` failed\n  \
             node `third` was not run because `second` did not complete"
        )
    );
}

#[tokio::test]
async fn what_dune_says_of_the_run_is_shown_unless_a_node_says_it_too() {
    for (whole, shown) in [
        ("out of credits", "failed: out of credits\n  node"),
        ("node `2` failed: no such view", "failed\n  node"),
    ] {
        let node = json!({"id": 2, "query_execution_status": {
            "status": "failed", "query_id": 3101, "execution_id": "01A", "error": "no such view",
        }});
        let body = json!({"status": "failed", "error": whole, "node_executions": [node]});
        let server = Server::replies([Reply::json(body)]).await;
        let error = run(&dune(server.url())).wait().await.unwrap_err();
        assert!(error.to_string().contains(shown), "{error}");
        assert_eq!(error.message(), Some(whole));
    }
}

#[tokio::test]
async fn both_spellings_of_cancelled_end_a_run() {
    for word in ["cancelled", "QUERY_STATE_CANCELED"] {
        let stopped = status(word, [(word, "01A", ""), PENDING, PENDING]);
        let server = Server::replies([stopped]).await;
        let error = run(&dune(server.url())).wait().await.unwrap_err();
        let Error::Failed(run) = &error else {
            panic!("{error}");
        };
        assert_eq!(run.status().state(), &State::Cancelled);
        assert!(error.to_string().contains("was cancelled"), "{error}");
    }
}

#[tokio::test]
async fn a_run_in_an_unknown_state_is_over_when_its_nodes_are() {
    let odd = |trend| {
        status(
            "errored",
            [("failed", "01A", "no"), ("completed", "01B", ""), trend],
        )
    };
    // The state of a node that waits for a failed one says nothing any more.
    let server = Server::replies([odd(PENDING)]).await;
    let error = run(&dune(server.url())).wait().await.unwrap_err();
    assert!(error.to_string().contains("ended as errored"), "{error}");
    // A node that still runs is waited for.
    let server =
        Server::replies([odd(("executing", "01C", "")), odd(("failed", "01C", "no"))]).await;
    run(&dune(server.url())).wait().await.unwrap_err();
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_completed_run_with_a_node_that_failed_is_no_success() {
    let mixed = status(
        "completed",
        [
            ("failed", "01A", "no"),
            ("completed", "01B", ""),
            ("failed", "", ""),
        ],
    );
    let server = Server::replies([mixed]).await;
    let error = run(&dune(server.url())).wait().await.unwrap_err();
    assert!(
        error.to_string().contains("node `volume` failed: no"),
        "{error}"
    );
}
