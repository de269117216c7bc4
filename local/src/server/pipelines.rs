//! Starting pipelines, showing the one of a query, and following what runs.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use dune_api::types;
use serde_json::Value;

use super::App;
use super::error::{Answer, ApiError};
use super::executions::given;
use super::request::{Body, Pairs, QueryId, Segment, typed};
use crate::pipelines::{NodeRun, NodeStatus, Planned};

/// `POST /v1/pipelines/execute`: the nodes of Dune's schema, or the query of its prose.
pub(super) async fn execute(
    State(app): State<Arc<App>>,
    Body(mut body): Body<Value>,
) -> Answer<types::ExecutePipelineResponse> {
    complete(&mut body);
    let request: types::ExecutePipelineRequest = typed(body)?;
    let planned = match (request.pipeline, request.query_id) {
        (Some(pipeline), None) => Planned::explicit(&app.library, &pipeline.nodes)?,
        (None, Some(id)) => Planned::of_query(&app.library, id, &request.query_parameters)?,
        (Some(_), Some(_)) => {
            let text = "give either `pipeline` or `query_id`, not both";
            return Err(ApiError::bad_request(text));
        }
        (None, None) => {
            let text =
                "give `pipeline`, with the nodes to run, or `query_id`, whose lineage is then run";
            return Err(ApiError::bad_request(text));
        }
    };
    let run = app.pipelines.start(planned);
    Ok(Json(types::ExecutePipelineResponse {
        pipeline_execution_id: run.id.clone(),
    }))
}

/// `POST /v1/query/{query_id}/pipeline/execute`
pub(super) async fn execute_of_query(
    State(app): State<Arc<App>>,
    QueryId(id): QueryId,
    Body(request): Body<types::ExecuteQueryPipelineRequest>,
) -> Answer<types::ExecuteQueryPipelineResponse> {
    let planned = Planned::of_query(&app.library, id, &request.query_parameters)?;
    let run = app.pipelines.start(planned);
    Ok(Json(types::ExecuteQueryPipelineResponse {
        pipeline_execution_id: run.id.clone(),
    }))
}

/// `GET /v1/query/{query_id}/pipeline`
pub(super) async fn of_query(
    State(app): State<Arc<App>>,
    QueryId(id): QueryId,
    pairs: Pairs,
) -> Answer<types::GetQueryPipelineResponse> {
    let given = given(&pairs)?;
    let performance = match pairs.get("performance") {
        None => types::Performance::Medium,
        Some(tier) => tier
            .parse()
            .map_err(|_| ApiError::bad_request(format!("there is no performance `{tier}`")))?,
    };
    let planned = Planned::of_query(&app.library, id, &given)?;
    Ok(Json(types::GetQueryPipelineResponse {
        pipeline: planned.describe(performance, &given),
    }))
}

/// `GET /v1/pipelines/executions/{pipeline_execution_id}/status`
pub(super) async fn status(
    State(app): State<Arc<App>>,
    Segment(id): Segment,
) -> Answer<types::GetPipelineExecutionStatusResponse> {
    if ulid::Ulid::from_string(&id).is_err() {
        let text = format!("The requested pipeline execution ID (ID: {id}) is invalid.");
        return Err(ApiError::bad_request(text));
    }
    let run = app.pipelines.find(&id).ok_or_else(|| {
        let text =
            format!("Pipeline execution not found: {id} (they are gone when the server stops)");
        ApiError::not_found(text)
    })?;
    let (progress, error, statuses) = run.status();
    Ok(Json(types::GetPipelineExecutionStatusResponse {
        error,
        node_executions: Some(run.nodes.iter().zip(statuses).map(node).collect()),
        status: progress.word().to_owned(),
    }))
}

/// A node may leave out its dependencies, though the types that clients are given write them always.
fn complete(body: &mut Value) {
    let nodes = body
        .pointer_mut("/pipeline/nodes")
        .and_then(Value::as_array_mut);
    for node in nodes.into_iter().flatten().filter_map(Value::as_object_mut) {
        node.entry("dependencies")
            .or_insert_with(|| Value::Array(Vec::new()));
    }
}

fn node((node, status): (&NodeRun, NodeStatus)) -> types::PipelineNodeExecution {
    let NodeStatus {
        progress,
        execution_id,
        error,
    } = status;
    let status = progress.word().to_owned();
    match &node.view {
        Some(view) => types::PipelineNodeExecution {
            id: node.id,
            query_execution_status: None,
            materialized_view_refresh_status: Some(types::PipelineMaterializedViewRefreshStatus {
                error,
                execution_id,
                name: view.to_string(),
                status,
            }),
        },
        None => types::PipelineNodeExecution {
            id: node.id,
            materialized_view_refresh_status: None,
            query_execution_status: Some(types::PipelineQueryExecutionStatus {
                error,
                execution_id,
                query_id: node.query_id,
                status,
            }),
        },
    }
}
