//! Saved queries: reading, listing, making and changing them. Those of the manifest are changed in
//! its files and not over the API.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use dune_api::types;

use super::App;
use super::error::{Answer, ApiError};
use super::executions::time;
use super::request::{Body, Pairs, QueryId};
use crate::library::{Origin, SavedQuery};
use crate::parameters::{Kind, Parameter};

/// How many queries a list has where the caller does not say, and at most.
const LISTED: (usize, usize) = (20, 10_000);

/// `GET /v1/query/{query_id}`
pub(super) async fn read(
    State(app): State<Arc<App>>,
    QueryId(id): QueryId,
) -> Answer<types::GetQueryResponse> {
    let query = find(&app, id)?;
    Ok(Json(types::GetQueryResponse {
        description: Some(query.description.clone()),
        is_archived: Some(query.is_archived),
        is_private: Some(query.is_private),
        is_temp: Some(query.is_temp),
        is_unsaved: Some(query.is_temp),
        name: query.name.clone(),
        owner: Some(app.library.team().to_owned()),
        parameters: Some(query.parameters.iter().map(written).collect()),
        query_engine: Some("v2 Dune SQL".to_owned()),
        query_id: query.id,
        query_sql: query.sql.clone(),
        tags: Some(query.tags.clone()),
        version: Some(query.version),
    }))
}

/// `GET /v1/queries`
pub(super) async fn list(
    State(app): State<Arc<App>>,
    pairs: Pairs,
) -> Answer<types::ListQueriesResponse> {
    let (usual, most) = LISTED;
    let limit = pairs.number("limit")?.unwrap_or(usual).min(most);
    let offset = pairs.number("offset")?.unwrap_or(0);
    let queries = app.library.queries();
    let page = queries.iter().skip(offset).take(limit);
    let overview = |query: &Arc<SavedQuery>| types::ResolvedQueryOverview {
        created_at: Some(time(query.created_at)),
        description: Some(query.description.clone()),
        id: query.id,
        name: Some(query.name.clone()),
        owner: Some(app.library.team().to_owned()),
        tags: Some(query.tags.clone()),
        updated_at: Some(time(query.updated_at)),
    };
    Ok(Json(types::ListQueriesResponse {
        queries: Some(page.map(overview).collect()),
        total: i64::try_from(queries.len()).ok(),
    }))
}

/// `POST /v1/query`
pub(super) async fn create(
    State(app): State<Arc<App>>,
    Body(request): Body<types::CreateQueryRequest>,
) -> Answer<types::CreateQueryResponse> {
    let parameters = parameters(request.parameters)?;
    let is_temp = request.is_temp.unwrap_or(false);
    let query_id = app.library.create(|id| SavedQuery {
        name: request.name,
        description: request.description.unwrap_or_default(),
        tags: request.tags,
        parameters,
        is_private: request.is_private.unwrap_or(false),
        is_temp,
        ..SavedQuery::new(id, request.query_sql)
    })?;
    Ok(Json(types::CreateQueryResponse { query_id }))
}

/// `PATCH /v1/query/{query_id}`
pub(super) async fn update(
    State(app): State<Arc<App>>,
    QueryId(id): QueryId,
    Body(request): Body<types::UpdateQueryRequest>,
) -> Answer<types::UpdateQueryResponse> {
    let query = editable(&app, id)?;
    if query.is_archived && request.is_archived != Some(false) {
        return Err(ApiError::forbidden(format!(
            "query {id} is archived: unarchive it first"
        )));
    }
    let parameters = request.parameters.map(parameters).transpose()?;
    app.library.update(&query, |query| {
        query.name = request.name.unwrap_or_else(|| query.name.clone());
        query.description = request
            .description
            .unwrap_or_else(|| query.description.clone());
        query.sql = request.query_sql.unwrap_or_else(|| query.sql.clone());
        query.tags = request.tags.unwrap_or_else(|| query.tags.clone());
        query.parameters = parameters.unwrap_or_else(|| query.parameters.clone());
        query.is_private = request.is_private.unwrap_or(query.is_private);
        query.is_archived = request.is_archived.unwrap_or(query.is_archived);
    })?;
    Ok(Json(types::UpdateQueryResponse { query_id: id }))
}

/// `POST /v1/query/{query_id}/archive`
pub(super) async fn archive(
    State(app): State<Arc<App>>,
    QueryId(id): QueryId,
) -> Answer<types::UpdateQueryResponse> {
    edit(&app, id, |query| query.is_archived = true)
}

/// `POST /v1/query/{query_id}/unarchive`
pub(super) async fn unarchive(
    State(app): State<Arc<App>>,
    QueryId(id): QueryId,
) -> Answer<types::UpdateQueryResponse> {
    edit(&app, id, |query| query.is_archived = false)
}

/// `POST /v1/query/{query_id}/private`
pub(super) async fn private(
    State(app): State<Arc<App>>,
    QueryId(id): QueryId,
) -> Answer<types::UpdateQueryResponse> {
    edit(&app, id, |query| query.is_private = true)
}

/// `POST /v1/query/{query_id}/unprivate`
pub(super) async fn unprivate(
    State(app): State<Arc<App>>,
    QueryId(id): QueryId,
) -> Answer<types::UpdateQueryResponse> {
    edit(&app, id, |query| query.is_private = false)
}

fn edit(
    app: &App,
    id: i64,
    edit: impl FnOnce(&mut SavedQuery),
) -> Answer<types::UpdateQueryResponse> {
    let query = editable(app, id)?;
    app.library.update(&query, edit)?;
    Ok(Json(types::UpdateQueryResponse { query_id: id }))
}

fn find(app: &App, id: i64) -> Result<Arc<SavedQuery>, ApiError> {
    app.library
        .query(id)
        .ok_or_else(|| ApiError::not_found("Query not found"))
}

fn editable(app: &App, id: i64) -> Result<Arc<SavedQuery>, ApiError> {
    let query = find(app, id)?;
    match &query.origin {
        Origin::Api => Ok(query),
        Origin::Manifest { file, .. } => Err(ApiError::forbidden(format!(
            "query {id} belongs to the workspace: edit `{file}` or `dune.toml` and start again"
        ))),
    }
}

/// The declarations of parameters that somebody sends.
fn parameters(sent: Vec<types::Parameter>) -> Result<Vec<Parameter>, ApiError> {
    let mut parameters: Vec<Parameter> = Vec::with_capacity(sent.len());
    for sent in sent {
        let kind = Kind::named(&sent.type_).ok_or_else(|| {
            ApiError::bad_request(format!("`{}` is no type of a parameter", sent.type_))
        })?;
        let defaults = if sent.values.is_empty() {
            sent.value.map(|value| vec![value])
        } else {
            Some(sent.values)
        };
        let parameter = Parameter {
            key: sent.key,
            kind,
            defaults,
            options: sent.enum_options,
            multiselect: sent.is_multiselect.unwrap_or(false),
            freeform: sent.is_freeform_allowed.unwrap_or(false),
            description: sent.description.unwrap_or_default(),
        };
        if let Err(fault) = parameter.check() {
            return Err(ApiError::bad_request(format!(
                "{}: {}",
                fault.message, fault.remedy
            )));
        }
        if parameters.iter().any(|known| known.key == parameter.key) {
            let text = format!("the parameter `{}` is declared twice", parameter.key);
            return Err(ApiError::bad_request(text));
        }
        parameters.push(parameter);
    }
    Ok(parameters)
}

/// A parameter as Dune writes it.
fn written(parameter: &Parameter) -> types::ResponseParameter {
    let multiselect = parameter.multiselect;
    types::ResponseParameter {
        description: Some(parameter.description.clone()).filter(|text| !text.is_empty()),
        enum_from_results: None,
        enum_options: (parameter.kind == Kind::Enum).then(|| parameter.options.clone()),
        is_freeform_allowed: parameter.freeform.then_some(true),
        is_multiselect: multiselect.then_some(true),
        key: parameter.key.clone(),
        type_: parameter.kind.name().to_owned(),
        value: Some(parameter.default_text()),
        values: parameter.defaults.clone().filter(|_| multiselect),
    }
}
