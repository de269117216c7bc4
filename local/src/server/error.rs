//! What is answered instead of a body: a status and one compact object, `{"error":"..."}`.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use dune_api::types;

use crate::engine::ImportError;
use crate::executions::Refused;
use crate::library::RecordsError;
use crate::parameters::ParameterError;
use crate::pipelines::{NodeError, PlanError};
use crate::statement::LineageError;
use crate::uploads::{self, UploadError, UploadsError};
use crate::views::ViewsError;

/// An error as it is answered.
#[derive(Debug)]
pub(super) struct ApiError {
    status: StatusCode,
    text: String,
}

/// What a handler answers.
pub(super) type Answer<T> = Result<Json<T>, ApiError>;

impl ApiError {
    pub(super) fn new(status: StatusCode, text: impl Into<String>) -> Self {
        Self {
            status,
            text: text.into(),
        }
    }

    pub(super) fn bad_request(text: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, text)
    }

    pub(super) fn not_found(text: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, text)
    }

    pub(super) fn forbidden(text: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, text)
    }

    pub(super) fn internal(text: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, text)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        (self.status, Json(types::Error { error: self.text })).into_response()
    }
}

impl From<Refused> for ApiError {
    fn from(refused: Refused) -> Self {
        let status = match &refused {
            Refused::NotFound => StatusCode::NOT_FOUND,
            Refused::Archived => StatusCode::FORBIDDEN,
            Refused::Parameter(_) => StatusCode::BAD_REQUEST,
        };
        Self::new(status, refused.to_string())
    }
}

impl From<ParameterError> for ApiError {
    fn from(error: ParameterError) -> Self {
        Self::bad_request(error.to_string())
    }
}

impl From<LineageError> for ApiError {
    fn from(error: LineageError) -> Self {
        Self::bad_request(error.to_string())
    }
}

impl From<PlanError> for ApiError {
    fn from(error: PlanError) -> Self {
        match error {
            PlanError::Query(refused) => refused.into(),
            PlanError::Nodes(errors) => {
                let missing = |error: &NodeError| {
                    matches!(error, NodeError::NoQuery { .. } | NodeError::NoView { .. })
                };
                let status = if errors.iter().any(missing) {
                    StatusCode::NOT_FOUND
                } else {
                    StatusCode::BAD_REQUEST
                };
                Self::new(status, PlanError::Nodes(errors).to_string())
            }
            PlanError::Graph(_) | PlanError::Lineage(_) => Self::bad_request(error.to_string()),
        }
    }
}

impl From<RecordsError> for ApiError {
    fn from(error: RecordsError) -> Self {
        Self::internal(error.to_string())
    }
}

impl From<ViewsError> for ApiError {
    fn from(error: ViewsError) -> Self {
        Self::internal(error.to_string())
    }
}

impl From<uploads::Refused> for ApiError {
    fn from(refused: uploads::Refused) -> Self {
        let status = match &refused {
            uploads::Refused::NotFound(_) => StatusCode::NOT_FOUND,
            uploads::Refused::Stopping => StatusCode::INTERNAL_SERVER_ERROR,
            uploads::Refused::Exists(_)
            | uploads::Refused::Name(_)
            | uploads::Refused::Columns(_) => StatusCode::BAD_REQUEST,
        };
        Self::new(status, refused.to_string())
    }
}

impl From<UploadError> for ApiError {
    fn from(error: UploadError) -> Self {
        match error {
            UploadError::Refused(refused) => refused.into(),
            UploadError::Import(error @ ImportError::Io { .. }) => {
                Self::internal(error.to_string())
            }
            UploadError::Import(error) => Self::bad_request(error.to_string()),
            UploadError::Store(error) => error.into(),
        }
    }
}

impl From<UploadsError> for ApiError {
    fn from(error: UploadsError) -> Self {
        Self::internal(error.to_string())
    }
}
