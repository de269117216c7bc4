//! The key is judged before everything else: who has none learns nothing else.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use subtle::ConstantTimeEq;

use super::App;
use super::error::ApiError;

/// The header a key comes in.
const HEADER: &str = "x-dune-api-key";
/// The query parameter it may come in instead.
pub(super) const PARAMETER: &str = "api_key";

/// Lets a request through that has the key.
pub(super) async fn authorize(
    State(app): State<Arc<App>>,
    request: Request,
    next: Next,
) -> Response {
    let key = given(request.headers(), request.uri().query().unwrap_or_default());
    let right = key.is_some_and(|key| bool::from(key.as_bytes().ct_eq(app.key.as_bytes())));
    if right {
        next.run(request).await
    } else {
        ApiError::new(StatusCode::UNAUTHORIZED, "invalid API Key").into_response()
    }
}

fn given(headers: &HeaderMap, query: &str) -> Option<String> {
    if let Some(header) = headers.get(HEADER) {
        return header.to_str().ok().map(str::to_owned);
    }
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs
        .find(|(name, _)| name == PARAMETER)
        .map(|(_, key)| key.into_owned())
}
