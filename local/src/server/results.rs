//! Reading results in pages, as JSON and as CSV, by execution or the latest of a query.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, header};
use dune_api::types;
use serde_json::Value;

use super::App;
use super::error::{Answer, ApiError};
use super::executions::{Times, error, find, metadata, name};
use super::page::{Page, PageRequest};
use super::request::{ExecutionId, Origin, Pairs, QueryId};
use crate::executions::{Execution, Phase, StoredResult};

/// Trino's name of a failed execution's error, for which Dune's body has no room: what measures this engine by a Trino reads it.
const ERROR_NAME: HeaderName = HeaderName::from_static("x-dune-local-error");

/// `GET /v1/execution/{execution_id}/results`
pub(super) async fn of_execution(
    State(app): State<Arc<App>>,
    ExecutionId(id): ExecutionId,
    pairs: Pairs,
    origin: Origin,
) -> Result<(HeaderMap, Json<types::ReadExecutionResultResponse>), ApiError> {
    let execution = find(&app, &id)?;
    let body = json(Arc::clone(&execution), &pairs, origin.or(&app.base_url)).await?;
    let mut headers = HeaderMap::new();
    if let Phase::Failed(error) = execution.look().phase {
        headers.insert(ERROR_NAME, HeaderValue::from_static(error.name));
    }
    Ok((headers, body))
}

/// `GET /v1/query/{query_id}/results`
pub(super) async fn of_query(
    State(app): State<Arc<App>>,
    QueryId(id): QueryId,
    pairs: Pairs,
    origin: Origin,
) -> Answer<types::ReadExecutionResultResponse> {
    let execution = latest(&app, id, &pairs)?;
    json(execution, &pairs, origin.or(&app.base_url)).await
}

/// `GET /v1/execution/{execution_id}/results/csv`
pub(super) async fn csv_of_execution(
    State(app): State<Arc<App>>,
    ExecutionId(id): ExecutionId,
    pairs: Pairs,
    origin: Origin,
) -> Result<Response<Body>, ApiError> {
    let execution = find(&app, &id)?;
    csv(execution, &pairs, origin.or(&app.base_url)).await
}

/// `GET /v1/query/{query_id}/results/csv`
pub(super) async fn csv_of_query(
    State(app): State<Arc<App>>,
    QueryId(id): QueryId,
    pairs: Pairs,
    origin: Origin,
) -> Result<Response<Body>, ApiError> {
    let execution = latest(&app, id, &pairs)?;
    csv(execution, &pairs, origin.or(&app.base_url)).await
}

/// `GET /v1/endpoints/{handle}/{endpoint_slug}/results`: nobody can make such an endpoint here, nor any more on Dune.
pub(super) async fn of_endpoint() -> ApiError {
    ApiError::not_found("Custom endpoint not found")
}

/// The newest execution of a query, among those that ran with the values of `params.KEY`.
fn latest(app: &App, id: i64, pairs: &Pairs) -> Result<Arc<Execution>, ApiError> {
    let query = app
        .library
        .query(id)
        .ok_or_else(|| ApiError::not_found("Query not found"))?;
    let wanted = pairs.prefixed("params.");
    let declared = |key: &str| {
        query
            .parameters
            .iter()
            .any(|parameter| parameter.key == key)
    };
    if let Some((key, _)) = wanted.iter().find(|(key, _)| !declared(key)) {
        return Err(ApiError::bad_request(format!("unknown parameters ({key})")));
    }
    let newest = app.executions.latest(id, |values| {
        wanted
            .iter()
            .all(|(key, value)| values.get(key) == Some(value))
    });
    let none = "No execution found for the latest version of the given query";
    newest.ok_or_else(|| ApiError::not_found(none))
}

async fn json(
    execution: Arc<Execution>,
    pairs: &Pairs,
    origin: String,
) -> Answer<types::ReadExecutionResultResponse> {
    let request = PageRequest::new(pairs)?;
    let state = execution.look();
    let times = Times::of(&execution, &state);
    let mut answer = types::ReadExecutionResultResponse {
        cancelled_at: times.cancelled_at,
        error: error(&execution, &state),
        execution_ended_at: times.ended_at,
        execution_id: execution.id.clone(),
        execution_started_at: times.started_at,
        expires_at: times.expires_at,
        is_execution_finished: state.finished(),
        next_offset: None,
        next_uri: None,
        query_id: Some(execution.query_id),
        result: None,
        state: name(&state.phase).to_owned(),
        submitted_at: times.submitted_at,
    };
    if let Phase::Completed(result) = &state.phase {
        let (request, page) = read(request, result).await?;
        let whole = metadata(result, &state, &execution);
        let count = |count: usize| i64::try_from(count).ok();
        let names = page
            .columns
            .iter()
            .map(|column| column.name.clone())
            .collect();
        let types = page
            .columns
            .iter()
            .map(|column| column.data_type.clone())
            .collect();
        answer.next_offset = page.next.and_then(count);
        answer.next_uri = page
            .next
            .map(|next| request.uri(&origin, &execution.id, false, next));
        answer.result = Some(types::QueryResultData {
            metadata: Some(types::ExecutionResultMetadata {
                column_names: Some(names),
                column_types: Some(types),
                row_count: count(page.rows.len()),
                result_set_bytes: i64::try_from(page.text_bytes).ok(),
                datapoint_count: count(page.rows.len().saturating_mul(page.columns.len())),
                total_row_count: count(page.total_rows),
                total_result_set_bytes: i64::try_from(page.total_text_bytes).ok(),
                ..whole
            }),
            update_type: result.update_type.map(str::to_owned),
            rows: Some(objects(page)),
        });
    }
    Ok(Json(answer))
}

async fn csv(
    execution: Arc<Execution>,
    pairs: &Pairs,
    origin: String,
) -> Result<Response<Body>, ApiError> {
    let request = PageRequest::new(pairs)?;
    let state = execution.look();
    let result = match &state.phase {
        Phase::Completed(result) => result,
        Phase::Failed(_) => {
            let message = error(&execution, &state).and_then(|error| error.message);
            return Err(ApiError::bad_request(message.unwrap_or_default()));
        }
        phase => {
            let text = format!("execution {} has no result: {}", execution.id, name(phase));
            return Err(ApiError::bad_request(text));
        }
    };
    let (request, page) = read(request, result).await?;
    let failed =
        |error: &dyn std::fmt::Display| ApiError::internal(format!("no CSV can be made: {error}"));
    let text = table(&page).map_err(|error| failed(&error))?;
    let mut answer = Response::builder().header(header::CONTENT_TYPE, "text/csv; charset=utf-8");
    if let Some(next) = page.next {
        let uri = request.uri(&origin, &execution.id, true, next);
        let uri = HeaderValue::try_from(uri).map_err(|error| failed(&error))?;
        answer = answer
            .header("x-dune-next-uri", uri)
            .header("x-dune-next-offset", next);
    }
    answer
        .body(Body::from(text))
        .map_err(|error| failed(&error))
}

/// Reads a page where waiting for the disk disturbs nobody.
async fn read(
    request: PageRequest,
    result: &Arc<StoredResult>,
) -> Result<(PageRequest, Page), ApiError> {
    let result = Arc::clone(result);
    let read = tokio::task::spawn_blocking(move || {
        let page = request.of(&result)?;
        Ok((request, page))
    });
    read.await
        .map_err(|_| ApiError::internal("the result cannot be read"))?
}

fn objects(page: Page) -> Vec<types::Row> {
    let names: Vec<String> = page.columns.into_iter().map(|column| column.name).collect();
    let object = |row: Vec<Value>| types::Row(names.iter().cloned().zip(row).collect());
    page.rows.into_iter().map(object).collect()
}

/// Lines that end in a single line feed, quotes only where they are needed.
fn table(page: &Page) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::Any(b'\n'))
        .from_writer(Vec::new());
    writer.write_record(page.columns.iter().map(|column| &column.name))?;
    for row in &page.rows {
        for value in row {
            match value {
                Value::Null => writer.write_field("")?,
                Value::String(text) => writer.write_field(text)?,
                other => writer.write_field(other.to_string())?,
            }
        }
        writer.write_record(None::<&[u8]>)?;
    }
    writer
        .into_inner()
        .map_err(|error| error.into_error().into())
}
