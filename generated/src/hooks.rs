//! What happens around every generated request: the key goes in, `api-version` goes out, and an error answer that is
//! not Dune's JSON is brought into that form, so that its status and text are not lost in a failed decoding. No answer may
//! be longer than the memory that it is worth.

use http::HeaderName;
use progenitor_client::{ClientHooks, Error, OperationInfo};
use reqwest::{Request, Response};
use serde_json::Value;

use crate::Client;
use crate::body::with_body;
use crate::connection::Connection;
use crate::key::ApiKey;
use crate::length::limited;
use crate::trace;

const KEY: HeaderName = HeaderName::from_static("x-dune-api-key");

/// Sent by the generated code, unknown to Dune.
const API_VERSION: &str = "api-version";

/// The operations whose bodies may be long.
const UPLOADS: [&str; 2] = ["insert_rows", "upload_csv"];

/// As much of an error answer as is kept, in bytes: a proxy's page can be any length, its message is at its start.
const LONGEST_ERROR: usize = 64 * 1024;

impl ClientHooks<Connection> for Client {
    async fn pre<E>(&self, request: &mut Request, _: &OperationInfo) -> Result<(), Error<E>> {
        let headers = request.headers_mut();
        headers.remove(API_VERSION);
        headers.insert(KEY, self.key().header().clone());
        Ok(())
    }

    async fn exec(&self, request: Request, info: &OperationInfo) -> reqwest::Result<Response> {
        trace::sent(&request, info, self.key());
        let http = match UPLOADS.contains(&info.operation_id) {
            true => &self.inner.uploads,
            false => &self.client,
        };
        let response = http.execute(request).await?;
        let status = response.status();
        trace::answered(status);
        if status.is_client_error() || status.is_server_error() {
            Ok(as_error_of_dune(response, self.key()).await)
        } else {
            Ok(limited(response, info))
        }
    }
}

/// The same answer with a body that the generated error type can be read from, and without the key: a server, or a
/// proxy before it, may show the request in its answer.
async fn as_error_of_dune(mut response: Response, key: &ApiKey) -> Response {
    let body = start_of_body(&mut response).await;
    let text = String::from_utf8_lossy(&body);
    let text = key.redact(text.trim());
    let body = match is_error_of_dune(&text) {
        true => text.into_owned(),
        false => serde_json::json!({ "error": text }).to_string(),
    };
    with_body(response, |parts, _| {
        // They belong to the body that was.
        parts.headers.remove(http::header::CONTENT_LENGTH);
        parts.headers.remove(http::header::TRANSFER_ENCODING);
        body.into()
    })
}

/// What arrives of a body, up to the limit. One that breaks off still says something, and the status says the rest.
async fn start_of_body(response: &mut Response) -> Vec<u8> {
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        let room = LONGEST_ERROR - body.len();
        body.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
        if body.len() >= LONGEST_ERROR {
            break;
        }
    }
    body
}

fn is_error_of_dune(body: &str) -> bool {
    let parsed = serde_json::from_str::<Value>(body);
    parsed.is_ok_and(|body| body.get("error").is_some_and(Value::is_string))
}
