//! What was made over the API, as it is kept in a file.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Origin, SavedQuery, SavedView, view_name};
use crate::durable::{self, rfc3339};
use crate::engine::TableName;
use crate::parameters::Parameter;

/// Why the queries and views made over the API cannot be kept or found again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordsError {
    /// The file cannot be read or written. Check the folder's permissions and the disk's space.
    #[error("{}: {source}", file.display())]
    Io {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file does not hold what it should. Move it away to start without what it holds.
    #[error("{}: {message}", file.display())]
    Content {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// A query of the manifest has the id of one that was made over the API. Give it another id.
    #[error("the manifest declares query {id}, and so does {}: give it another id", file.display())]
    QueryTwice {
        /// The file.
        file: PathBuf,
        /// The id.
        id: i64,
    },
    /// A view of the manifest has the name of one that was made over the API. Rename it.
    #[error("the manifest declares the view `{name}`, and so does {}: give it another name", file.display())]
    ViewTwice {
        /// The file.
        file: PathBuf,
        /// The name.
        name: TableName,
    },
}

#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Records {
    pub(super) queries: Vec<QueryRecord>,
    pub(super) views: Vec<ViewRecord>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct QueryRecord {
    pub(super) id: i64,
    name: String,
    description: String,
    tags: Vec<String>,
    sql: String,
    parameters: Vec<Parameter>,
    version: i64,
    is_private: bool,
    is_archived: bool,
    is_temp: bool,
    #[serde(with = "rfc3339")]
    created_at: DateTime<Utc>,
    #[serde(with = "rfc3339")]
    updated_at: DateTime<Utc>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ViewRecord {
    name: String,
    query: i64,
    is_private: bool,
}

impl Records {
    /// What the file holds; nothing where there is none.
    pub(super) fn read(file: &Path) -> Result<Self, RecordsError> {
        let text = match std::fs::read(file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self::default());
            }
            Err(source) => {
                return Err(RecordsError::Io {
                    file: file.to_owned(),
                    source,
                });
            }
        };
        serde_json::from_slice(&text).map_err(|error| RecordsError::Content {
            file: file.to_owned(),
            message: error.to_string(),
        })
    }

    pub(super) fn write(&self, file: &Path) -> Result<(), RecordsError> {
        let failed = |source| RecordsError::Io {
            file: file.to_owned(),
            source,
        };
        let text = serde_json::to_vec_pretty(self).map_err(|error| failed(error.into()))?;
        durable::replace(file, &text).map_err(failed)
    }
}

impl From<&SavedQuery> for QueryRecord {
    fn from(query: &SavedQuery) -> Self {
        let query = query.clone();
        Self {
            id: query.id,
            name: query.name,
            description: query.description,
            tags: query.tags,
            sql: query.sql,
            parameters: query.parameters,
            version: query.version,
            is_private: query.is_private,
            is_archived: query.is_archived,
            is_temp: query.is_temp,
            created_at: query.created_at,
            updated_at: query.updated_at,
        }
    }
}

impl From<QueryRecord> for SavedQuery {
    fn from(record: QueryRecord) -> Self {
        Self {
            id: record.id,
            name: record.name,
            description: record.description,
            tags: record.tags,
            sql: record.sql,
            parameters: record.parameters,
            version: record.version,
            is_private: record.is_private,
            is_archived: record.is_archived,
            is_temp: record.is_temp,
            origin: Origin::Api,
            created_at: record.created_at,
            updated_at: record.updated_at,
        }
    }
}

impl From<&SavedView> for ViewRecord {
    fn from(view: &SavedView) -> Self {
        Self {
            name: view.name.to_string(),
            query: view.query,
            is_private: view.is_private,
        }
    }
}

impl TryFrom<ViewRecord> for SavedView {
    type Error = String;

    fn try_from(record: ViewRecord) -> Result<Self, String> {
        let name = view_name("", &record.name).ok_or(record.name)?;
        Ok(Self {
            name,
            query: record.query,
            is_private: record.is_private,
            origin: Origin::Api,
        })
    }
}
