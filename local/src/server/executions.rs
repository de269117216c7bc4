//! Starting executions, following them and cancelling them.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use dune_api::types;

use super::App;
use super::error::{Answer, ApiError};
use super::request::{Body, ExecutionId, Pairs, QueryId};
use crate::executions::{self, Execution, Phase, StoredResult, Work};
use crate::parameters::Given;

/// How long Dune keeps a result.
const RETENTION: TimeDelta = TimeDelta::days(90);

/// `POST /v1/query/{query_id}/execute`
pub(super) async fn execute_query(
    State(app): State<Arc<App>>,
    QueryId(id): QueryId,
    pairs: Pairs,
    Body(request): Body<types::ExecuteQueryRequest>,
) -> Answer<types::ExecuteQueryResponse> {
    let mut given = given(&pairs)?;
    given.extend(request.query_parameters);
    let work = Work::query(&app.library, id, &given)?;
    Ok(started(&app.executions.start(work)))
}

/// `POST /v1/sql/execute`
pub(super) async fn execute_sql(
    State(app): State<Arc<App>>,
    Body(request): Body<types::ExecuteSqlRequest>,
) -> Answer<types::ExecuteQueryResponse> {
    let work = Work::sql(&app.library, &request.sql, &request.query_parameters)?;
    Ok(started(&app.executions.start(work)))
}

/// `GET /v1/execution/{execution_id}/status`
pub(super) async fn status(
    State(app): State<Arc<App>>,
    ExecutionId(id): ExecutionId,
) -> Answer<types::GetExecutionStatusResponse> {
    let execution = find(&app, &id)?;
    let state = execution.look();
    let times = Times::of(&execution, &state);
    let metadata = match &state.phase {
        Phase::Completed(result) => Some(metadata(result, &state, &execution)),
        _ => None,
    };
    Ok(Json(types::GetExecutionStatusResponse {
        cancelled_at: times.cancelled_at,
        error: error(&execution, &state),
        execution_cost_credits: Some(0.0),
        execution_ended_at: times.ended_at,
        execution_id: execution.id.clone(),
        execution_started_at: times.started_at,
        expires_at: times.expires_at,
        is_execution_finished: state.finished(),
        max_inflight_interactive_executions: None,
        max_inflight_interactive_reached: None,
        query_id: Some(execution.query_id),
        queue_position: None,
        result_metadata: metadata,
        state: name(&state.phase).to_owned(),
        submitted_at: times.submitted_at,
    }))
}

/// `POST /v1/execution/{execution_id}/cancel`
pub(super) async fn cancel(
    State(app): State<Arc<App>>,
    ExecutionId(id): ExecutionId,
) -> Answer<types::CancelQueryExecutionResponse> {
    let success = find(&app, &id)?.cancel();
    Ok(Json(types::CancelQueryExecutionResponse { success }))
}

pub(super) fn find(app: &App, id: &str) -> Result<Arc<Execution>, ApiError> {
    let gone = || {
        let text = format!("Execution not found: {id} (executions are gone when the server stops)");
        ApiError::not_found(text)
    };
    app.executions.find(id).ok_or_else(gone)
}

/// The parameters that Dune's document puts into the query as one JSON object.
pub(super) fn given(pairs: &Pairs) -> Result<Given, ApiError> {
    let Some(text) = pairs.get("query_parameters") else {
        return Ok(Given::new());
    };
    serde_json::from_str(text).map_err(|error| {
        ApiError::bad_request(format!("invalid query_parameters: no JSON object: {error}"))
    })
}

fn started(execution: &Execution) -> Json<types::ExecuteQueryResponse> {
    Json(types::ExecuteQueryResponse {
        execution_id: execution.id.clone(),
        state: name(&Phase::Pending).to_owned(),
    })
}

/// Dune's word for a state.
pub(super) fn name(phase: &Phase) -> &'static str {
    match phase {
        Phase::Pending => "QUERY_STATE_PENDING",
        Phase::Executing => "QUERY_STATE_EXECUTING",
        Phase::Completed(_) => "QUERY_STATE_COMPLETED",
        Phase::Failed(_) => "QUERY_STATE_FAILED",
        Phase::Cancelled => "QUERY_STATE_CANCELLED",
        Phase::Expired => "QUERY_STATE_EXPIRED",
    }
}

/// The times of an execution, each only where it has come.
pub(super) struct Times {
    pub(super) submitted_at: Option<String>,
    pub(super) started_at: Option<String>,
    pub(super) ended_at: Option<String>,
    pub(super) cancelled_at: Option<String>,
    pub(super) expires_at: Option<String>,
}

impl Times {
    pub(super) fn of(execution: &Execution, state: &executions::State) -> Self {
        let ended = state.ended_at.map(time);
        let expires = execution.submitted_at.checked_add_signed(RETENTION);
        Self {
            submitted_at: Some(time(execution.submitted_at)),
            started_at: state.started_at.map(time),
            // What never began to run has not ended either, it was only cancelled.
            ended_at: ended.clone().filter(|_| state.started_at.is_some()),
            cancelled_at: ended.filter(|_| matches!(state.phase, Phase::Cancelled)),
            expires_at: expires.map(time),
        }
    }
}

/// A time as Dune writes it.
pub(super) fn time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Nanos, true)
}

/// Why an execution failed. The type is the same for every failure, as on Dune.
pub(super) fn error(
    execution: &Execution,
    state: &executions::State,
) -> Option<types::QueryResultError> {
    let Phase::Failed(error) = &state.phase else {
        return None;
    };
    let number = |place: Option<u64>| place.and_then(|place| i64::try_from(place).ok());
    let metadata = error.line.is_some().then(|| types::SyntaxErrorMetadata {
        line: number(error.line),
        column: number(error.column),
    });
    Some(types::QueryResultError {
        type_: Some("FAILED_TYPE_EXECUTION_FAILED".to_owned()),
        message: Some(format!(
            "{} [Execution ID: {}]",
            error.message, execution.id
        )),
        metadata,
    })
}

/// What is said of a whole result.
pub(super) fn metadata(
    result: &StoredResult,
    state: &executions::State,
    execution: &Execution,
) -> types::ExecutionResultMetadata {
    let count = |count: usize| i64::try_from(count).ok();
    let millis = |from: Option<DateTime<Utc>>, to: Option<DateTime<Utc>>| {
        Some((to? - from?).num_milliseconds().max(0))
    };
    types::ExecutionResultMetadata {
        column_names: Some(
            result
                .columns
                .iter()
                .map(|column| column.name.clone())
                .collect(),
        ),
        column_types: Some(
            result
                .columns
                .iter()
                .map(|column| column.data_type.clone())
                .collect(),
        ),
        datapoint_count: count(result.rows.saturating_mul(result.columns.len())),
        execution_time_millis: millis(state.started_at, state.ended_at),
        pending_time_millis: millis(Some(execution.submitted_at), state.started_at),
        result_set_bytes: i64::try_from(result.text_bytes).ok(),
        row_count: count(result.rows),
        total_result_set_bytes: i64::try_from(result.text_bytes).ok(),
        total_row_count: count(result.rows),
    }
}
