//! Executions: started as queries and as SQL, taken up by id, watched, waited for, cancelled, and read.

mod cancelling;
mod reading;
mod starting;
mod status;
mod waiting;

use serde_json::{Value, json};

use crate::server::Reply;
use crate::{EXECUTION, KEY};

fn started() -> Reply {
    Reply::json(json!({"execution_id": EXECUTION, "state": "QUERY_STATE_PENDING"}))
}

/// A status as Dune writes it, with these fields beside or in place of the usual ones.
fn status(state: &str, fields: Value) -> Reply {
    let finished = !state.ends_with("PENDING") && !state.ends_with("EXECUTING");
    let mut status = json!({
        "execution_id": EXECUTION,
        "query_id": 3101,
        "is_execution_finished": finished,
        "state": state,
        "submitted_at": "2025-10-22T10:31:04.222464Z",
        "expires_at": "2026-01-20T10:31:04.36241Z",
    });
    let Value::Object(fields) = fields else {
        panic!("{fields}");
    };
    status.as_object_mut().unwrap().extend(fields);
    Reply::json(status)
}

fn completed() -> Reply {
    status(
        "QUERY_STATE_COMPLETED",
        json!({
            "execution_started_at": "2025-10-22T10:31:05.123456Z",
            "execution_ended_at": "2025-10-22T10:31:15.789012Z",
            "execution_cost_credits": 1.25,
            "result_metadata": {
                "column_names": ["day", "volume_usd"],
                "column_types": ["date", "double"],
                "row_count": 366,
                "total_row_count": 366,
                "result_set_bytes": 5_018,
                "total_result_set_bytes": 5_018,
                "datapoint_count": 732,
                "pending_time_millis": 1_185,
                "execution_time_millis": 29_352,
            },
        }),
    )
}

fn failed() -> Reply {
    let message =
        format!("line 1:8: Column 'x' cannot be resolved [Execution ID: {EXECUTION}] {KEY}");
    status(
        "QUERY_STATE_FAILED",
        json!({
            "execution_started_at": "2025-10-22T10:31:05Z",
            "execution_ended_at": "2025-10-22T10:31:07.5Z",
            "error": {
                "type": "FAILED_TYPE_EXECUTION_FAILED",
                "message": message,
                "metadata": {"line": 1, "column": 8},
            },
        }),
    )
}

fn page(rows: Value, next: Option<u64>) -> Reply {
    let mut page = json!({
        "execution_id": EXECUTION,
        "query_id": 3101,
        "is_execution_finished": true,
        "state": "QUERY_STATE_COMPLETED",
        "result": {"rows": rows, "metadata": {"total_row_count": 2}},
    });
    if let Some(next) = next {
        page["next_offset"] = next.into();
    }
    Reply::json(page)
}
