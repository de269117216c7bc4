//! Uploaded tables: making, filling, clearing, removing and listing them.

use std::io::Write;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use dune_api::types;
use serde_json::{Map, Value};

use super::App;
use super::error::{Answer, ApiError};
use super::executions::time;
use super::received;
use super::request::{Body, Pairs, TablePath, read_json};
use crate::engine::{TableName, TextFormat};
use crate::uploads::{self, About, Upload, UploadColumn};

/// How many tables a list has where the caller does not say, and at most.
const LISTED: (usize, usize) = (50, 10_000);
/// The largest body of rows, as on Dune.
const MAX_ROWS: u64 = 1_200_000_000;
/// The largest CSV, as on Dune. It is text within JSON, and so in memory until it is read.
const MAX_CSV: usize = 200_000_000;

/// `GET /v1/uploads`, by name.
pub(super) async fn list(
    State(app): State<Arc<App>>,
    pairs: Pairs,
) -> Answer<types::TableListResponse> {
    let (usual, most) = LISTED;
    let limit = pairs.number("limit")?.unwrap_or(usual).min(most);
    let offset = pairs.number("offset")?.unwrap_or(0);
    let all = app.uploads.all();
    let page: Vec<_> = all.iter().skip(offset).take(limit).collect();
    let end = offset.saturating_add(page.len());
    let more = end < all.len() && !page.is_empty();
    Ok(Json(types::TableListResponse {
        next_offset: i64::try_from(end).ok().filter(|_| more),
        tables: Some(page.iter().map(|its| element(&app, its)).collect()),
    }))
}

/// `POST /v1/uploads`: an empty table.
pub(super) async fn create(
    State(app): State<Arc<App>>,
    Body(request): Body<types::TableCreateRequest>,
) -> Answer<types::TableCreateResponse> {
    ours(&app, &request.namespace)?;
    let name = uploads::name_of(&app.library, &request.table_name)?;
    let given = request.schema.iter();
    let given = given.map(|column| (column.name.as_str(), &column.type_, column.nullable));
    let columns = uploads::columns(given)?;
    let about = About {
        description: request.description.unwrap_or_default(),
        is_private: request.is_private.unwrap_or(false),
    };
    let uploads = Arc::clone(&app.uploads);
    let named = name.clone();
    let made = tokio::spawn(async move { uploads.create(&named, about, columns).await });
    let existed = finished(made).await?;
    let message = match existed {
        true => "Table already existed and matched the request",
        false => "Table created successfully",
    };
    Ok(Json(types::TableCreateResponse {
        already_existed: Some(existed),
        example_query: Some(format!("select * from {} limit 10", sql(&name))),
        full_name: Some(name.to_string()),
        message: Some(message.to_owned()),
        namespace: Some(app.library.team().to_owned()),
        table_name: Some(request.table_name),
    }))
}

/// `POST /v1/uploads/{namespace}/{table_name}/insert`: the rows are received into a file, and become the table's all or none.
pub(super) async fn insert(
    State(app): State<Arc<App>>,
    path: TablePath,
    request: Request,
) -> Answer<types::TableInsertResponse> {
    let known = find(&app, &path)?;
    let format = format(request.headers())?;
    let (text, bytes) = received::into_file(request, app.uploads.folder(), MAX_ROWS).await?;
    let uploads = Arc::clone(&app.uploads);
    let name = known.name.clone();
    let inserted = tokio::spawn(async move { uploads.insert(&name, text.path(), format).await });
    let rows = finished(inserted).await?;
    Ok(Json(types::TableInsertResponse {
        bytes_written: i64::try_from(bytes).ok(),
        name: Some(known.name.to_string()),
        rows_written: i64::try_from(rows).ok(),
    }))
}

/// `POST /v1/uploads/csv`: the table `dataset_<name>`, its types told from its cells.
pub(super) async fn csv(
    State(app): State<Arc<App>>,
    request: Request,
) -> Answer<types::CsvUploadResponse> {
    let request: types::CsvUploadRequest = read_json(request, MAX_CSV).await?;
    let about = About {
        description: request.description.unwrap_or_default(),
        is_private: request.is_private.unwrap_or(false),
    };
    let folder = app.uploads.folder().to_owned();
    let kept = tokio::task::spawn_blocking(move || {
        let mut file = uploads::receiving(&folder)?;
        file.write_all(request.data.as_bytes())?;
        Ok(file.into_temp_path())
    });
    let text = received::kept(kept).await?;
    let (uploads, library) = (Arc::clone(&app.uploads), Arc::clone(&app.library));
    let replaced = tokio::spawn(async move {
        let name = &request.table_name;
        uploads.replace(&library, name, about, &text).await
    });
    let name = finished(replaced).await?;
    Ok(Json(types::CsvUploadResponse {
        success: Some(true),
        table_name: name.parts().last().cloned(),
    }))
}

/// `POST /v1/uploads/{namespace}/{table_name}/clear`
pub(super) async fn clear(
    State(app): State<Arc<App>>,
    path: TablePath,
) -> Answer<types::TableClearResponse> {
    let known = find(&app, &path)?;
    let (uploads, name) = (Arc::clone(&app.uploads), known.name.clone());
    finished(tokio::spawn(async move { uploads.clear(&name).await })).await?;
    Ok(Json(types::TableClearResponse {
        message: Some(format!("Table {} successfully cleared", known.name)),
    }))
}

/// `DELETE /v1/uploads/{namespace}/{table_name}`
pub(super) async fn delete(
    State(app): State<Arc<App>>,
    path: TablePath,
) -> Answer<types::TableDeleteResponse> {
    let known = find(&app, &path)?;
    let (uploads, name) = (Arc::clone(&app.uploads), known.name.clone());
    finished(tokio::spawn(async move { uploads.delete(&name).await })).await?;
    // Dune leaves its catalog's name out here, and here alone.
    let name = known.name.to_string();
    let name = name.strip_prefix("dune.").unwrap_or(&name);
    Ok(Json(types::TableDeleteResponse {
        message: Some(format!("Table {name} successfully deleted")),
    }))
}

/// A change that goes on to its end even if its caller goes away, and what came of it.
async fn finished<T, E: Into<ApiError>>(
    change: tokio::task::JoinHandle<Result<T, E>>,
) -> Result<T, ApiError> {
    let broken = |_| ApiError::internal("the engine broke down over this table");
    change.await.map_err(broken)?.map_err(Into::into)
}

/// The one namespace here is the team's.
fn ours(app: &App, namespace: &str) -> Result<(), ApiError> {
    let team = app.library.team();
    if namespace.eq_ignore_ascii_case(team) {
        return Ok(());
    }
    Err(ApiError::forbidden(format!(
        "not allowed in the namespace `{}`: the key's is `{team}`",
        namespace.escape_debug()
    )))
}

fn find(app: &App, path: &TablePath) -> Result<Arc<Upload>, ApiError> {
    ours(app, &path.namespace)?;
    let (team, table) = (app.library.team(), &path.table);
    let name = TableName::new(["dune", team, table]).ok();
    let known = name.and_then(|name| app.uploads.find(&name));
    let shown = || format!("Table not found: {team}.{}", table.escape_debug());
    known.ok_or_else(|| ApiError::not_found(shown()))
}

fn format(headers: &HeaderMap) -> Result<TextFormat, ApiError> {
    let given = headers.get(CONTENT_TYPE);
    let given = given
        .and_then(|given| given.to_str().ok())
        .unwrap_or_default();
    let kind = given.split(';').next().unwrap_or_default().trim();
    match kind.to_lowercase().as_str() {
        "text/csv" => Ok(TextFormat::Csv),
        "application/x-ndjson" => Ok(TextFormat::Ndjson),
        _ => Err(ApiError::bad_request(format!(
            "the content type `{}` is not one of rows: send `text/csv` or `application/x-ndjson`",
            kind.escape_debug()
        ))),
    }
}

/// The name as SQL takes it: a team that is no word stands in quotes.
fn sql(name: &TableName) -> String {
    let part = |part: &String| {
        let word = part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        match word && !part.starts_with(|c: char| c.is_ascii_digit()) {
            true => part.clone(),
            false => format!("\"{part}\""),
        }
    };
    let parts: Vec<String> = name.parts().iter().map(part).collect();
    parts.join(".")
}

fn element(app: &App, upload: &Upload) -> types::TableListElement {
    let column = |column: &UploadColumn| types::TableColumnInfo {
        metadata: Some(Map::<String, Value>::new()),
        name: Some(column.name.clone()),
        nullable: Some(column.nullable),
        type_: Some(column.data_type.clone()),
    };
    types::TableListElement {
        columns: Some(upload.columns.iter().map(column).collect()),
        created_at: Some(time(upload.created_at)),
        full_name: Some(upload.name.to_string()),
        is_private: Some(upload.is_private),
        owner: Some(types::TableOwner {
            handle: Some(app.library.team().to_owned()),
            type_: Some("team".to_owned()),
        }),
        purged_at: None,
        table_size_bytes: Some(upload.bytes.to_string()),
        updated_at: Some(time(upload.updated_at)),
    }
}
