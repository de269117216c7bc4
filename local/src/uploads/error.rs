//! What keeps uploaded tables from being kept, and what is refused of what somebody uploads.

use std::path::{Path, PathBuf};

use crate::engine::{AttachError, ImportError, TableName};
use crate::versions::FolderError;

/// Why uploaded tables cannot be kept or found again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UploadsError {
    /// A file cannot be read, written or removed. Check the folder's permissions and the disk's space.
    #[error("{}: {source}", file.display())]
    Io {
        /// The file or folder.
        file: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A folder of tables is a symbolic link: files would be written and removed elsewhere. Remove the link.
    #[error("{}: it is a symbolic link, and what it leads to is not ours to write to: remove the link", folder.display())]
    Link {
        /// The folder.
        folder: PathBuf,
    },
    /// The record of a table is damaged. Remove the table's folder, and upload it again.
    #[error("{}: {message}: remove the folder, and upload the table again", file.display())]
    Record {
        /// The record.
        file: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// The engine cannot read a table's rows. Remove the table's folder, and upload it again.
    #[error("the rows of the uploaded table `{name}` cannot be read: {source}")]
    Attach {
        /// The table.
        name: TableName,
        /// What the engine said.
        source: Box<AttachError>,
    },
    /// The manifest has given the name of an uploaded table to a table or a view. Rename that, or remove the folder.
    #[error("the manifest declares `{name}`, and it was uploaded too: give it another name, or remove {}", folder.display())]
    Declared {
        /// The folder of the uploaded table.
        folder: PathBuf,
        /// The name.
        name: TableName,
    },
}

/// What is refused of what somebody asks, in words for them.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    #[error("Table not found: {0}")]
    NotFound(TableName),
    #[error("the table `{0}` exists with other columns: delete it first")]
    Exists(TableName),
    #[error("{0}")]
    Name(String),
    #[error("{0}")]
    Columns(String),
    #[error("the server is shutting down")]
    Stopping,
}

/// Why a table is not made or changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UploadError {
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Its rows do not fit.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// It cannot be kept.
    #[error(transparent)]
    Store(#[from] UploadsError),
}

impl From<FolderError> for UploadsError {
    fn from(error: FolderError) -> Self {
        match error {
            FolderError::Io { file, source } => Self::Io { file, source },
            FolderError::Link(folder) => Self::Link { folder },
        }
    }
}

pub(super) fn io(file: &Path, source: std::io::Error) -> UploadsError {
    UploadsError::Io {
        file: file.to_owned(),
        source,
    }
}
