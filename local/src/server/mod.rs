//! Dune's API over HTTP: which path is served by what.

mod auth;
mod datasets;
mod error;
mod executions;
mod narrow;
mod page;
mod pipelines;
mod queries;
mod received;
mod request;
mod results;
mod uploads;
mod usage;
mod views;

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::routing::{delete, get, post};

use self::error::ApiError;
use crate::executions::Executions;
use crate::library::Library;
use crate::pipelines::Pipelines;
use crate::uploads::Uploads;
use crate::views::Views;
use crate::workspace::Tables;

/// What every handler can reach.
pub(crate) struct App {
    pub(crate) key: String,
    pub(crate) base_url: String,
    pub(crate) library: Arc<Library>,
    pub(crate) tables: Arc<Tables>,
    pub(crate) views: Arc<Views>,
    pub(crate) uploads: Arc<Uploads>,
    pub(crate) executions: Executions,
    pub(crate) pipelines: Pipelines,
    /// Where the rows of views are, on whose disk there is room or not.
    pub(crate) state_folder: PathBuf,
}

/// Everything that is served.
pub(crate) fn router(app: Arc<App>) -> Router {
    let v1 = Router::new()
        .route("/pipelines/execute", post(pipelines::execute))
        .route("/pipelines/executions/{id}/status", get(pipelines::status))
        .route("/query/{id}/pipeline", get(pipelines::of_query))
        .route(
            "/query/{id}/pipeline/execute",
            post(pipelines::execute_of_query),
        )
        .route("/sql/execute", post(executions::execute_sql))
        .route("/query/{id}/execute", post(executions::execute_query))
        .route("/execution/{id}/status", get(executions::status))
        .route("/execution/{id}/cancel", post(executions::cancel))
        .route("/execution/{id}/results", get(results::of_execution))
        .route(
            "/execution/{id}/results/csv",
            get(results::csv_of_execution),
        )
        .route("/query/{id}/results", get(results::of_query))
        .route("/query/{id}/results/csv", get(results::csv_of_query))
        .route(
            "/endpoints/{handle}/{endpoint_slug}/results",
            get(results::of_endpoint),
        )
        .route("/queries", get(queries::list))
        // Two of the official clients post to the path with a slash at its end.
        .route("/query", post(queries::create))
        .route("/query/", post(queries::create))
        .route("/query/{id}", get(queries::read).patch(queries::update))
        .route("/query/{id}/archive", post(queries::archive))
        .route("/query/{id}/unarchive", post(queries::unarchive))
        .route("/query/{id}/private", post(queries::private))
        .route("/query/{id}/unprivate", post(queries::unprivate))
        .route("/materialized-views", get(views::list).post(views::upsert))
        .route(
            "/materialized-views/{name}",
            get(views::read).delete(views::remove),
        )
        .route("/materialized-views/{name}/refresh", post(views::refresh))
        .route("/uploads", get(uploads::list).post(uploads::create))
        .route("/uploads/csv", post(uploads::csv))
        .merge(tables("/uploads"))
        // The paths of before, which clients still use.
        .route("/tables", get(uploads::list))
        .route("/table/create", post(uploads::create))
        .route("/table/upload/csv", post(uploads::csv))
        .merge(tables("/table"))
        .route("/datasets", get(datasets::list))
        .route("/datasets/{slug}", get(datasets::read))
        .route("/usage", post(usage::read));
    Router::new()
        .nest("/api/v1", v1)
        .fallback(nothing_here)
        .method_not_allowed_fallback(other_method)
        .layer(from_fn_with_state(Arc::clone(&app), auth::authorize))
        .with_state(app)
}

/// What is done with one uploaded table.
fn tables(under: &str) -> Router<Arc<App>> {
    let path = format!("{under}/{{namespace}}/{{table_name}}");
    Router::new()
        .route(&path, delete(uploads::delete))
        .route(&format!("{path}/clear"), post(uploads::clear))
        .route(&format!("{path}/insert"), post(uploads::insert))
}

async fn nothing_here(request: Request) -> ApiError {
    let text = format!(
        "the local Dune does not serve {} {}",
        request.method(),
        request.uri().path()
    );
    ApiError::not_found(text)
}

async fn other_method(request: Request) -> ApiError {
    let text = format!(
        "{} is not a method of {}",
        request.method(),
        request.uri().path()
    );
    ApiError::new(StatusCode::METHOD_NOT_ALLOWED, text)
}
