//! What a table is, as it is kept beside its rows.

use std::path::Path;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::error::{UploadsError, io};
use crate::durable::{self, rfc3339};
use crate::engine::{Column, ImportColumn, TableName};
use crate::versions;

/// The record's name in a table's folder.
pub(super) const NAME: &str = "table";

/// An uploaded table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Upload {
    pub(crate) name: TableName,
    /// The version of its rows that answers.
    pub(super) version: String,
    pub(crate) rows: u64,
    /// The size of the file.
    pub(crate) bytes: u64,
    pub(crate) columns: Vec<UploadColumn>,
    pub(crate) description: String,
    pub(crate) is_private: bool,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
}

/// A column as it was declared, or told from a CSV.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct UploadColumn {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) data_type: String,
    pub(crate) nullable: bool,
}

/// All but the name, which the folder has.
#[derive(Serialize, Deserialize)]
struct Record {
    version: String,
    rows: u64,
    bytes: u64,
    columns: Vec<UploadColumn>,
    description: String,
    is_private: bool,
    #[serde(with = "rfc3339")]
    created_at: DateTime<Utc>,
    #[serde(with = "rfc3339")]
    updated_at: DateTime<Utc>,
}

impl Upload {
    /// The name of the file that holds its rows.
    pub(super) fn file(&self) -> String {
        versions::file_of(&self.version)
    }
}

impl From<&UploadColumn> for ImportColumn {
    fn from(column: &UploadColumn) -> Self {
        Self {
            name: column.name.clone(),
            data_type: column.data_type.clone(),
            nullable: column.nullable,
        }
    }
}

impl From<&Column> for UploadColumn {
    fn from(column: &Column) -> Self {
        Self {
            name: column.name.clone(),
            data_type: column.data_type.clone(),
            nullable: true,
        }
    }
}

/// What the record in a folder says; nothing where there is none.
pub(super) fn read(folder: &Path, name: &TableName) -> Result<Option<Upload>, UploadsError> {
    versions::not_a_link(folder)?;
    let file = folder.join(NAME);
    let text = match std::fs::read(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(io(&file, source)),
    };
    let damaged = |message: String| UploadsError::Record {
        file: file.clone(),
        message,
    };
    let record: Record =
        serde_json::from_slice(&text).map_err(|error| damaged(error.to_string()))?;
    if !versions::is_version(&record.version) {
        return Err(damaged("it names no version".to_owned()));
    }
    let upload = Upload {
        name: name.clone(),
        version: record.version,
        rows: record.rows,
        bytes: record.bytes,
        columns: record.columns,
        description: record.description,
        is_private: record.is_private,
        created_at: record.created_at,
        updated_at: record.updated_at,
    };
    if !folder.join(upload.file()).is_file() {
        return Err(damaged(format!(
            "its version `{}` is not there",
            upload.file()
        )));
    }
    Ok(Some(upload))
}

pub(super) fn write(folder: &Path, upload: &Upload) -> Result<(), UploadsError> {
    let file = folder.join(NAME);
    let upload = upload.clone();
    let record = Record {
        version: upload.version,
        rows: upload.rows,
        bytes: upload.bytes,
        columns: upload.columns,
        description: upload.description,
        is_private: upload.is_private,
        created_at: upload.created_at,
        updated_at: upload.updated_at,
    };
    let text = serde_json::to_vec_pretty(&record).map_err(|error| io(&file, error.into()))?;
    durable::replace(&file, &text).map_err(|source| io(&file, source))
}

pub(super) fn remove(folder: &Path) -> Result<(), UploadsError> {
    let file = folder.join(NAME);
    std::fs::remove_file(&file).map_err(|source| io(&file, source))?;
    durable::sync_folder(folder).map_err(|source| io(folder, source))
}
