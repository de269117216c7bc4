//! Materialized views: listing, reading, making, removing and refreshing them.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use dune_api::types;

use super::App;
use super::error::{Answer, ApiError};
use super::request::{Body, Pairs, Segment};
use crate::executions::Work;
use crate::library::{Origin, SavedView, view_name};
use crate::statement::{LineageError, lineage, of_view};

/// How many views a list has where the caller does not say, and at most.
const LISTED: usize = 10_000;

/// `GET /v1/materialized-views`
pub(super) async fn list(
    State(app): State<Arc<App>>,
    pairs: Pairs,
) -> Answer<types::MatviewsListResponse> {
    let limit = pairs.number("limit")?.unwrap_or(LISTED).min(LISTED);
    let offset = pairs.number("offset")?.unwrap_or(0);
    let views = app.library.views();
    let page: Vec<_> = views.iter().skip(offset).take(limit).collect();
    let end = offset.saturating_add(page.len());
    let element = |view: &&Arc<SavedView>| types::MatviewListElement {
        id: Some(view.name.to_string()),
        is_private: Some(view.is_private),
        query_id: view.query,
        sql_id: view.name.to_string(),
        table_size_bytes: size(&app, view),
    };
    Ok(Json(types::MatviewsListResponse {
        materialized_views: Some(page.iter().map(element).collect()),
        next_offset: i64::try_from(end)
            .ok()
            .filter(|_| end < views.len() && !page.is_empty()),
    }))
}

/// `GET /v1/materialized-views/{name}`
pub(super) async fn read(
    State(app): State<Arc<App>>,
    Segment(name): Segment,
) -> Answer<types::MatviewsGetResponse> {
    let view = find(&app, &name)?;
    Ok(Json(types::MatviewsGetResponse {
        id: Some(view.name.to_string()),
        is_private: Some(view.is_private),
        last_execution_ids: Some(app.executions.refreshes(&view.name)),
        owner_team_id: None,
        owner_user_id: None,
        query_id: view.query,
        sql_id: view.name.to_string(),
        table_size_bytes: size(&app, &view),
    }))
}

/// `POST /v1/materialized-views`: makes a view, or gives one of the same query its settings, and
/// fills it.
pub(super) async fn upsert(
    State(app): State<Arc<App>>,
    Body(request): Body<types::MatviewsUpsertRequest>,
) -> Answer<types::MatviewsUpsertResponse> {
    if request.cron_expression.is_some() || request.expires_at.is_some() {
        let text = "the local Dune has no schedules: leave out cron_expression and expires_at";
        return Err(ApiError::bad_request(text));
    }
    let team = app.library.team();
    let name = view_name(team, &request.name)
        .filter(|name| name.parts().get(1).is_some_and(|its| its == team))
        .ok_or_else(|| {
            let text = format!(
                "`{}` cannot be the name of a view: it begins with `result_`",
                request.name
            );
            ApiError::bad_request(text)
        })?;
    if app.library.is_table(&name) {
        return Err(ApiError::bad_request(format!(
            "`{name}` is a table of the workspace"
        )));
    }
    if app
        .library
        .query(request.query_id)
        .is_none_or(|query| query.is_archived)
    {
        return Err(ApiError::not_found("Query not found"));
    }
    if let Some(known) = app.library.view(&name) {
        editable(&known)?;
        if known.query != request.query_id {
            let text = format!("the view `{name}` belongs to query {}", known.query);
            return Err(ApiError::bad_request(text));
        }
    }
    let view = SavedView {
        name: name.clone(),
        query: request.query_id,
        is_private: request.is_private.unwrap_or(false),
        origin: Origin::Api,
    };
    refuse_ring(&app, &view)?;
    app.library.put_view(view.clone())?;
    let execution = app.executions.start(Work::refresh(&app.library, &view));
    Ok(Json(types::MatviewsUpsertResponse {
        execution_id: execution.id.clone(),
        name: name.to_string(),
    }))
}

/// `DELETE /v1/materialized-views/{name}`
pub(super) async fn remove(
    State(app): State<Arc<App>>,
    Segment(name): Segment,
) -> Answer<types::MatviewsDeleteResponse> {
    let view = find(&app, &name)?;
    editable(&view)?;
    let _turn = app.views.turn(&view.name).await;
    app.library.remove_view(&view.name)?;
    app.views.remove(&view.name).await?;
    Ok(Json(types::MatviewsDeleteResponse {
        message: Some(format!(
            "Materialized view {} successfully deleted",
            view.name
        )),
    }))
}

/// `POST /v1/materialized-views/{name}/refresh`
pub(super) async fn refresh(
    State(app): State<Arc<App>>,
    Segment(name): Segment,
    Body(_): Body<types::MatviewsRefreshRequest>,
) -> Answer<types::MatviewsRefreshResponse> {
    let view = find(&app, &name)?;
    let execution = app.executions.start(Work::refresh(&app.library, &view));
    Ok(Json(types::MatviewsRefreshResponse {
        execution_id: execution.id.clone(),
        sql_id: view.name.to_string(),
    }))
}

/// A view that would come to read itself is not made. Other faults of its SQL come out when it is
/// filled.
fn refuse_ring(app: &App, view: &SavedView) -> Result<(), ApiError> {
    let Ok(statement) = of_view(&app.library, view) else {
        return Ok(());
    };
    match lineage(&app.library, &statement) {
        Ok(found) if found.views.iter().any(|under| under.name == view.name) => {
            let text = format!("the view `{}` would read itself", view.name);
            Err(ApiError::bad_request(text))
        }
        Err(error @ (LineageError::Ring(_) | LineageError::Unknown { .. })) => Err(error.into()),
        Ok(_) | Err(LineageError::Sql { .. }) => Ok(()),
    }
}

fn find(app: &App, name: &str) -> Result<Arc<SavedView>, ApiError> {
    let view = view_name(app.library.team(), name).and_then(|name| app.library.view(&name));
    view.ok_or_else(|| ApiError::not_found(format!("Materialized view not found: {name}")))
}

fn editable(view: &SavedView) -> Result<(), ApiError> {
    match view.origin {
        Origin::Api => Ok(()),
        Origin::Manifest { line, .. } => Err(ApiError::forbidden(format!(
            "the view `{}` belongs to the workspace: edit `dune.toml`, line {line}, and start again",
            view.name
        ))),
    }
}

fn size(app: &App, view: &SavedView) -> Option<i64> {
    let bytes = app
        .views
        .version(&view.name)
        .map_or(0, |version| version.bytes);
    i64::try_from(bytes).ok()
}
