//! Reads what a request says: ids in its path, pairs in its query, a JSON body of whatever type it
//! claims to be, and the address the caller knows this server by.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, RawQuery, Request};
use axum::http::StatusCode;
use axum::http::header::HOST;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::auth;
use super::error::ApiError;

/// The largest body that is read. A pipeline of 10,000 nodes is two megabytes.
const MAX_BODY: usize = 32 << 20;

/// The id of a query, from the path.
#[derive(Debug, Clone, Copy)]
pub(super) struct QueryId(pub(super) i64);

impl<S: Send + Sync> FromRequestParts<S> for QueryId {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Segment(text) = Segment::from_request_parts(parts, state).await?;
        let Ok(id) = text.parse::<i64>() else {
            return Err(ApiError::bad_request("Invalid request path"));
        };
        // Dune's ids are of 32 bits, and this is what it says of longer ones.
        if i32::try_from(id).is_err() {
            return Err(ApiError::internal("An internal error occured"));
        }
        Ok(Self(id))
    }
}

/// The id of an execution, from the path.
#[derive(Debug)]
pub(super) struct ExecutionId(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for ExecutionId {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Segment(id) = Segment::from_request_parts(parts, state).await?;
        match ulid::Ulid::from_string(&id) {
            Ok(id) => Ok(Self(id.to_string())),
            Err(_) => Err(ApiError::bad_request(format!(
                "The requested execution ID (ID: {id}) is invalid."
            ))),
        }
    }
}

/// The one part of the path that is not fixed.
#[derive(Debug)]
pub(super) struct Segment(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for Segment {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match Path::<String>::from_request_parts(parts, state).await {
            Ok(Path(segment)) => Ok(Self(segment)),
            Err(_) => Err(ApiError::bad_request("Invalid request path")),
        }
    }
}

/// An uploaded table, from the path: the namespace and the name in it.
#[derive(Debug)]
pub(super) struct TablePath {
    pub(super) namespace: String,
    pub(super) table: String,
}

impl<S: Send + Sync> FromRequestParts<S> for TablePath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match Path::<(String, String)>::from_request_parts(parts, state).await {
            Ok(Path((namespace, table))) => Ok(Self { namespace, table }),
            Err(_) => Err(ApiError::bad_request("Invalid request path")),
        }
    }
}

/// The pairs of the query, decoded, in the order given.
#[derive(Debug, Default)]
pub(super) struct Pairs(Vec<(String, String)>);

impl Pairs {
    /// The last value of a name; an empty one counts as none.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let mut pairs = self.0.iter().rev();
        let value = pairs
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str());
        value.filter(|value| !value.is_empty())
    }

    /// A whole number that is not negative.
    pub(super) fn number(&self, name: &str) -> Result<Option<usize>, ApiError> {
        let Some(text) = self.get(name) else {
            return Ok(None);
        };
        let wrong = |_| {
            ApiError::bad_request(format!(
                "invalid {name}: `{text}` is no whole number from 0 on"
            ))
        };
        text.parse().map(Some).map_err(wrong)
    }

    /// Whether a name is there and says yes.
    pub(super) fn flag(&self, name: &str) -> bool {
        matches!(self.get(name), Some("true" | "1"))
    }

    /// The names that begin with `prefix`, without it, and their values.
    pub(super) fn prefixed(&self, prefix: &str) -> Vec<(&str, &str)> {
        let pairs = self.0.iter();
        pairs
            .filter_map(|(name, value)| Some((name.strip_prefix(prefix)?, value.as_str())))
            .collect()
    }

    /// The key, where it came in the query: what is fetched next needs it there too.
    pub(super) fn key(&self) -> Option<&str> {
        self.get(auth::PARAMETER)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Pairs {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let query = match RawQuery::from_request_parts(parts, state).await {
            Ok(RawQuery(query)) => query.unwrap_or_default(),
            Err(never) => match never {},
        };
        let pairs = url::form_urlencoded::parse(query.as_bytes());
        Ok(Self(pairs.into_owned().collect()))
    }
}

/// The address of this server as its caller has it, without a slash at the end: `127.0.0.1` and
/// `localhost` are different to some clients.
#[derive(Debug)]
pub(super) struct Origin(Option<String>);

impl Origin {
    /// The address, or `known` where the request does not say it.
    pub(super) fn or(self, known: &str) -> String {
        self.0
            .map_or_else(|| known.to_owned(), |host| format!("http://{host}"))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Origin {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok());
        Ok(Self(host.map(str::to_owned)))
    }
}

/// A JSON body, whatever its content type says. No body is an empty object.
#[derive(Debug)]
pub(super) struct Body<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        read_json(request, MAX_BODY).await.map(Self)
    }
}

/// A JSON body of at most so many bytes.
pub(super) async fn read_json<T: DeserializeOwned>(
    request: Request,
    most: usize,
) -> Result<T, ApiError> {
    let body = axum::body::to_bytes(request.into_body(), most);
    let bytes = body.await.map_err(|_| {
        let text = format!("the body is larger than {most} bytes, or was cut off");
        ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, text)
    })?;
    parse(&bytes)
}

fn parse<T: DeserializeOwned>(bytes: &Bytes) -> Result<T, ApiError> {
    let empty = || Value::Object(serde_json::Map::new());
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return typed(empty());
    }
    let mut body: Value = serde_json::from_slice(bytes).map_err(wrong)?;
    without_nulls(&mut body);
    match body {
        Value::Null => typed(empty()),
        // The types would take an array for their fields in order.
        Value::Array(_) => Err(ApiError::bad_request(
            "Invalid request body payload: an array, where an object is expected",
        )),
        body => typed(body),
    }
}

/// A body as its type.
pub(super) fn typed<T: DeserializeOwned>(body: Value) -> Result<T, ApiError> {
    serde_json::from_value(body).map_err(wrong)
}

fn wrong(error: serde_json::Error) -> ApiError {
    ApiError::bad_request(format!("Invalid request body payload: {error}"))
}

/// A field that is null is a field that is not there, save for the values of parameters.
fn without_nulls(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, field| !field.is_null());
            let inner = fields
                .iter_mut()
                .filter(|(name, _)| *name != "query_parameters");
            inner.for_each(|(_, field)| without_nulls(field));
        }
        Value::Array(items) => items.iter_mut().for_each(without_nulls),
        _ => {}
    }
}
