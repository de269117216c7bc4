//! The pointer of a view: a small file that names the version which answers.

use std::path::Path;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{ViewsError, io};
use crate::durable;
use crate::engine::Materialized;
use crate::versions;

/// The pointer's name in a view's folder.
pub(super) const NAME: &str = "current";

/// A version of a view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Version {
    version: String,
    /// The size of its file.
    pub(crate) bytes: u64,
    pub(crate) rows: u64,
}

impl Version {
    pub(super) fn new(version: String, written: &Materialized) -> Self {
        Self {
            version,
            bytes: written.bytes,
            rows: written.rows,
        }
    }

    /// When it was begun, which its name says.
    pub(crate) fn since(&self) -> Option<DateTime<Utc>> {
        versions::since(&self.version)
    }

    /// Its file's name.
    pub(super) fn file(&self) -> String {
        versions::file_of(&self.version)
    }

    pub(super) fn name(&self) -> &str {
        &self.version
    }
}

/// What the pointer in a folder says; nothing where there is none.
pub(super) fn read(folder: &Path) -> Result<Option<Version>, ViewsError> {
    let file = folder.join(NAME);
    let text = match std::fs::read(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(io(&file, source)),
    };
    let damaged = |message: String| ViewsError::Pointer {
        file: file.clone(),
        message,
    };
    let version: Version =
        serde_json::from_slice(&text).map_err(|error| damaged(error.to_string()))?;
    if !versions::is_version(&version.version) {
        return Err(damaged("it names no version".to_owned()));
    }
    if !folder.join(version.file()).is_file() {
        return Err(damaged(format!(
            "its version `{}` is not there",
            version.file()
        )));
    }
    Ok(Some(version))
}

pub(super) fn write(folder: &Path, version: &Version) -> Result<(), ViewsError> {
    let file = folder.join(NAME);
    let text = serde_json::to_vec(version).map_err(|error| io(&file, error.into()))?;
    durable::replace(&file, &text).map_err(|source| io(&file, source))
}

pub(super) fn remove(folder: &Path) -> Result<(), ViewsError> {
    let file = folder.join(NAME);
    match std::fs::remove_file(&file) {
        Ok(()) => durable::sync_folder(folder).map_err(|source| io(folder, source)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(io(&file, source)),
    }
}
