//! The folder of the server's own files, held by one server at a time.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

/// Where it is inside a workspace, unless somebody says otherwise.
const NAME: &str = ".dune";

/// Why the folder of the server's own files cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// Another server runs on it. Stop that one, or give this one a folder of its own.
    #[error("another server runs on this workspace: it holds {}", file.display())]
    Held {
        /// The file it holds.
        file: PathBuf,
    },
    /// It is a link, which a workspace from elsewhere could point anywhere. Make it a folder.
    #[error("{} is a symbolic link: remove it, or name the folder to use", folder.display())]
    Link {
        /// The folder.
        folder: PathBuf,
    },
    /// It cannot be made or written to. Check its permissions, or give another folder.
    #[error("{}: {source}", file.display())]
    Io {
        /// The file or folder.
        file: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// The folder, held until this is dropped.
#[derive(Debug)]
pub(crate) struct StateFolder {
    folder: PathBuf,
    _held: File,
}

impl StateFolder {
    /// Makes and holds the folder: the one that is given, or the workspace's own.
    pub(crate) fn open(workspace: &Path, given: Option<PathBuf>) -> Result<Self, StateError> {
        let own = given.is_none();
        let folder = given.unwrap_or_else(|| workspace.join(NAME));
        if own && folder.is_symlink() {
            return Err(StateError::Link { folder });
        }
        let io = |file: &Path| {
            let file = file.to_owned();
            move |source| StateError::Io { file, source }
        };
        std::fs::create_dir_all(&folder).map_err(io(&folder))?;
        let folder = folder.canonicalize().map_err(io(&folder))?;
        let ignore = folder.join(".gitignore");
        if own && std::fs::symlink_metadata(&ignore).is_err() {
            std::fs::write(&ignore, "*\n").map_err(io(&ignore))?;
        }
        let file = folder.join("lock");
        let held = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&file)
            .map_err(io(&file))?;
        match held.try_lock() {
            Ok(()) => Ok(Self {
                folder,
                _held: held,
            }),
            Err(TryLockError::WouldBlock) => Err(StateError::Held { file }),
            Err(TryLockError::Error(source)) => Err(StateError::Io { file, source }),
        }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the views' rows are.
    pub(crate) fn views(&self) -> PathBuf {
        self.folder.join("views")
    }

    /// Where the uploaded tables are.
    pub(crate) fn uploads(&self) -> PathBuf {
        self.folder.join("uploads")
    }

    /// Where the queries and views that were made over the API are.
    pub(crate) fn records(&self) -> PathBuf {
        self.folder.join("library.json")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_server_at_a_time() {
        let workspace = tempfile::tempdir().unwrap();
        let first = StateFolder::open(workspace.path(), None).unwrap();
        let second = StateFolder::open(workspace.path(), None).unwrap_err();
        assert!(
            second
                .to_string()
                .contains("another server runs on this workspace")
        );
        drop(first);
        StateFolder::open(workspace.path(), None).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn a_workspace_cannot_send_us_elsewhere() {
        let (workspace, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::os::unix::fs::symlink(elsewhere.path(), workspace.path().join(NAME)).unwrap();
        let error = StateFolder::open(workspace.path(), None).unwrap_err();
        assert!(matches!(error, StateError::Link { .. }));
    }
}
