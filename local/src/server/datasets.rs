//! Datasets: whatever a statement can read by name. The tables of the workspace, the materialized
//! views and the uploaded tables, each with its columns.

use std::sync::Arc;
use std::time::SystemTime;

use axum::Json;
use axum::extract::State;
use dune_api::types;
use serde_json::{Map, Value};

use super::App;
use super::error::{Answer, ApiError};
use super::executions::time;
use super::request::{Pairs, Segment};
use crate::engine::{Column, TableName};
use crate::library::SavedView;
use crate::uploads::Upload;
use crate::workspace::Described;

/// How many datasets a list has where the caller does not say, and at most.
const LISTED: (usize, usize) = (50, 10_000);

/// Dune's word for a table that is simply there.
const TABLE: &str = "dune_table";
/// Dune's word for a materialized view.
const VIEW: &str = "materialized_view";
/// Dune's word for a table that somebody uploaded.
const UPLOAD: &str = "uploaded_table";

/// `GET /v1/datasets`, by name.
pub(super) async fn list(
    State(app): State<Arc<App>>,
    pairs: Pairs,
) -> Answer<types::ListDatasetsResponse> {
    let (usual, most) = LISTED;
    let limit = pairs.number("limit")?.unwrap_or(usual).min(most);
    let offset = pairs.number("offset")?.unwrap_or(0);
    let mut datasets = if pairs
        .get("owner_handle")
        .is_none_or(|owner| owns(&app, owner))
    {
        all(&app).await
    } else {
        Vec::new()
    };
    if let Some(kind) = pairs.get("type") {
        datasets.retain(|dataset| dataset.type_.as_deref() == Some(kind));
    }
    let total = i64::try_from(datasets.len()).ok();
    let page = datasets.into_iter().skip(offset).take(limit);
    Ok(Json(types::ListDatasetsResponse {
        datasets: Some(page.collect()),
        total,
    }))
}

/// `GET /v1/datasets/{slug}`: by full name, of as many parts as it has.
pub(super) async fn read(
    State(app): State<Arc<App>>,
    Segment(slug): Segment,
) -> Answer<types::DatasetResponse> {
    let bare: String = slug.chars().filter(|c| *c != '"').collect();
    let name = bare.to_lowercase();
    let mut datasets = all(&app).await.into_iter();
    let named = datasets.find(|dataset| dataset.full_name.as_ref() == Some(&name));
    let missing = || ApiError::not_found(format!("Dataset not found: {slug}"));
    named.map(Json).ok_or_else(missing)
}

/// One account owns everything here.
fn owns(app: &App, handle: &str) -> bool {
    handle.eq_ignore_ascii_case(app.library.team())
}

async fn all(app: &App) -> Vec<types::DatasetResponse> {
    let tables = app.tables.described().await;
    let views = app.library.views();
    let mut all: Vec<_> = tables.into_iter().map(|its| table(app, its)).collect();
    all.extend(views.iter().map(|its| view(app, its)));
    all.extend(app.uploads.all().iter().map(|its| upload(app, its)));
    all.sort_by(|a, b| a.full_name.cmp(&b.full_name));
    all
}

fn table(app: &App, table: Described) -> types::DatasetResponse {
    let written = |time_of: SystemTime| time(time_of.into());
    types::DatasetResponse {
        created_at: table.created.map(written),
        updated_at: table.changed.map(written),
        metadata: Some(metadata("file", table.file.into())),
        ..dataset(app, &table.name, TABLE, &table.columns)
    }
}

/// A view that was never filled has no columns yet, and no times. A refresh makes the table anew.
fn view(app: &App, view: &SavedView) -> types::DatasetResponse {
    let filled = app.views.filled(&view.name);
    let since = filled.as_ref().and_then(|filled| filled.version.since());
    let columns = filled.map(|filled| filled.columns).unwrap_or_default();
    types::DatasetResponse {
        created_at: since.map(time),
        updated_at: since.map(time),
        is_private: Some(view.is_private),
        metadata: Some(metadata("query_id", view.query.into())),
        ..dataset(app, &view.name, VIEW, &columns)
    }
}

fn upload(app: &App, upload: &Upload) -> types::DatasetResponse {
    let columns = upload.columns.iter().map(|its| types::DatasetColumn {
        nullable: Some(its.nullable),
        ..column(&Column::new(&its.name, &its.data_type))
    });
    types::DatasetResponse {
        columns: Some(columns.collect()),
        created_at: Some(time(upload.created_at)),
        updated_at: Some(time(upload.updated_at)),
        is_private: Some(upload.is_private),
        metadata: Some(metadata("description", upload.description.as_str().into())),
        ..dataset(app, &upload.name, UPLOAD, &[])
    }
}

/// A dataset of the one account there is, without times, open to everybody.
fn dataset(app: &App, name: &TableName, kind: &str, columns: &[Column]) -> types::DatasetResponse {
    types::DatasetResponse {
        columns: Some(columns.iter().map(column).collect()),
        created_at: None,
        full_name: Some(name.to_string()),
        is_private: Some(false),
        metadata: Some(Map::new()),
        owner: Some(types::DatasetOwner {
            handle: Some(app.library.team().to_owned()),
            type_: Some("team".to_owned()),
        }),
        type_: Some(kind.to_owned()),
        updated_at: None,
    }
}

fn column(column: &Column) -> types::DatasetColumn {
    types::DatasetColumn {
        metadata: Some(types::DatasetColumnMetadata {
            description: None,
            filtering_column: None,
        }),
        name: Some(column.name.clone()),
        nullable: Some(true),
        type_: Some(column.data_type.clone()),
    }
}

fn metadata(key: &str, value: Value) -> Map<String, Value> {
    Map::from_iter([(key.to_owned(), value)])
}
