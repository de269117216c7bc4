//! The status of an execution: all that Dune says, and nothing that it does not.

use std::time::Duration;

use dune_pipeline::State;
use serde_json::json;

use super::{completed, status};
use crate::server::{Reply, Server};
use crate::{EXECUTION, dune, only};

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
