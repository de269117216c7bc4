//! The rows of materialized views: immutable Parquet files, and for each view one pointer to the
//! version that answers.
//!
//! ```text
//! views/dune.acme.result_daily/current                      which version answers
//!                              01J..Z.parquet               that version
//! ```
//!
//! A refresh writes a new file, attaches it, and then moves the pointer. Whatever ends before the
//! pointer has moved leaves the old version; files that no pointer names are removed at the next
//! start. A version that was replaced is removed when the last execution that may read it ends.

mod pointer;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

pub(crate) use self::pointer::Version;
use crate::engine::{
    AttachError, Column, Engine, FileFormat, Materialized, SqlError, TableName, TableSource,
};
use crate::versions::{self, Draft, Eras, FolderError, Reader};

/// Why a view's rows cannot be kept or found.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ViewsError {
    /// A file cannot be read, written or removed. Check the folder's permissions and the disk's space.
    #[error("{}: {source}", file.display())]
    Io {
        /// The file or folder.
        file: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A folder of views is a symbolic link: files would be written and removed elsewhere. Remove the link.
    #[error("{}: it is a symbolic link, and what it leads to is not ours to write to: remove the link", folder.display())]
    Link {
        /// The folder.
        folder: PathBuf,
    },
    /// The pointer of a view is damaged. Remove the view's folder: the view is filled anew.
    #[error("{}: {message}: remove the folder, and the view is filled anew", file.display())]
    Pointer {
        /// The pointer.
        file: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// The engine cannot read a version. Remove the view's folder: the view is filled anew.
    #[error("the rows of the view `{view}` cannot be read: {source}")]
    Attach {
        /// The view.
        view: TableName,
        /// What the engine said.
        source: Box<AttachError>,
    },
}

/// A view that holds rows.
#[derive(Debug, Clone)]
pub(crate) struct Filled {
    pub(crate) version: Version,
    pub(crate) columns: Vec<Column>,
}

/// The versions of all views.
pub(crate) struct Views {
    folder: PathBuf,
    engine: Arc<dyn Engine>,
    current: Mutex<HashMap<TableName, Filled>>,
    /// Views without rows whose refresh failed, and what it said.
    unfilled: Mutex<HashMap<TableName, String>>,
    /// One refresh of a view at a time: the one that began last shall win.
    turns: Mutex<HashMap<TableName, Arc<tokio::sync::Mutex<()>>>>,
    eras: Arc<Eras>,
}

impl std::fmt::Debug for Views {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Views")
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

impl Views {
    /// The views in a folder, which is made if it is not there.
    pub(crate) fn new(
        folder: PathBuf,
        engine: Arc<dyn Engine>,
        eras: Arc<Eras>,
    ) -> Result<Self, ViewsError> {
        versions::not_a_link(&folder)?;
        std::fs::create_dir_all(&folder).map_err(|source| io(&folder, source))?;
        Ok(Self {
            folder,
            engine,
            current: Mutex::default(),
            unfilled: Mutex::default(),
            turns: Mutex::default(),
            eras,
        })
    }

    /// Attaches the version of a view that answers, and removes what a refresh that was killed
    /// has left. Says whether there is such a version.
    pub(crate) async fn open(&self, view: &TableName) -> Result<bool, ViewsError> {
        let folder = self.folder_of(view);
        versions::not_a_link(&folder)?;
        let version = pointer::read(&folder)?;
        versions::clean(&folder, version.as_ref().map(Version::name))?;
        let Some(version) = version else {
            return Ok(false);
        };
        let columns = self.attach(view, &folder.join(version.file())).await?;
        let filled = Filled { version, columns };
        self.current().insert(view.clone(), filled);
        Ok(true)
    }

    /// A place in the line of those who refresh this view.
    pub(crate) async fn turn(&self, view: &TableName) -> tokio::sync::OwnedMutexGuard<()> {
        let turn = {
            let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(turns.entry(view.clone()).or_default())
        };
        turn.lock_owned().await
    }

    /// The file for a new version, which nobody sees until [`Views::publish`].
    pub(crate) fn draft(&self, view: &TableName) -> Result<Draft, ViewsError> {
        Ok(Draft::new(&self.folder_of(view))?)
    }

    /// Makes a written draft the version that answers.
    pub(crate) async fn publish(
        &self,
        view: &TableName,
        draft: Draft,
        written: &Materialized,
    ) -> Result<(), ViewsError> {
        let folder = self.folder_of(view);
        let version = Version::new(draft.name().to_owned(), written);
        let columns = self.attach(view, draft.file()).await?;
        let old = self.version(view);
        if let Err(error) = move_pointer(folder.clone(), version.clone()).await {
            // What answers from now on is what answers after a restart.
            match &old {
                Some(old) => drop(self.attach(view, &folder.join(old.file())).await?),
                None => {
                    self.engine.detach(view).await;
                }
            }
            return Err(error);
        }
        draft.keep();
        self.reasons().remove(view);
        let filled = Filled { version, columns };
        self.current().insert(view.clone(), filled);
        if let Some(old) = old {
            self.eras.retire(folder.join(old.file()));
        }
        Ok(())
    }

    /// Forgets a view and its rows.
    pub(crate) async fn remove(&self, view: &TableName) -> Result<(), ViewsError> {
        let folder = self.folder_of(view);
        versions::not_a_link(&folder)?;
        pointer::remove(&folder)?;
        self.engine.detach(view).await;
        self.reasons().remove(view);
        let old = self.current().remove(view);
        if let Some(old) = old {
            self.eras.retire(folder.join(old.version.file()));
        }
        Ok(())
    }

    /// What a view holds.
    pub(crate) fn filled(&self, view: &TableName) -> Option<Filled> {
        self.current().get(view).cloned()
    }

    /// The version of a view that answers.
    pub(crate) fn version(&self, view: &TableName) -> Option<Version> {
        self.filled(view).map(|filled| filled.version)
    }

    /// Takes down that a refresh failed. A view that has rows keeps them, and nobody asks why.
    pub(crate) fn failed(&self, view: &TableName, error: &SqlError) {
        if self.version(view).is_none() {
            let why = format!("its refresh failed: {}", error.message);
            self.reasons().insert(view.clone(), why);
        }
    }

    /// Why a view holds no rows, where a refresh of it failed and none has succeeded.
    pub(crate) fn unfilled(&self, view: &TableName) -> Option<String> {
        self.reasons().get(view).cloned()
    }

    /// An engine knows no table of a view without rows. What it says of that gets the reason.
    pub(crate) fn explain(&self, mut error: SqlError) -> SqlError {
        if error.name == "TABLE_NOT_FOUND" {
            let reasons = self.reasons();
            let named =
                |(view, _): &(&TableName, &String)| error.message.contains(&format!("'{view}'"));
            if let Some((_, why)) = reasons.iter().find(named) {
                error.message = format!("{}: the view was never filled, {why}", error.message);
            }
        }
        error
    }

    /// Keeps every version that can be read now for as long as it lives.
    pub(crate) fn reader(&self) -> Reader {
        self.eras.reader()
    }

    async fn attach(&self, view: &TableName, file: &Path) -> Result<Vec<Column>, ViewsError> {
        let source = TableSource {
            file: file.to_owned(),
            format: FileFormat::Parquet,
            columns: None,
        };
        let attached = self.engine.attach(view, source).await;
        attached.map_err(|source| ViewsError::Attach {
            view: view.clone(),
            source: Box::new(source),
        })
    }

    fn reasons(&self) -> std::sync::MutexGuard<'_, HashMap<TableName, String>> {
        self.unfilled.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn current(&self) -> std::sync::MutexGuard<'_, HashMap<TableName, Filled>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A view's name can hold nothing that means something in a path.
    fn folder_of(&self, view: &TableName) -> PathBuf {
        self.folder.join(view.to_string())
    }
}

/// Moves the pointer where waiting for the disk keeps nobody from running.
async fn move_pointer(folder: PathBuf, version: Version) -> Result<(), ViewsError> {
    let file = folder.join(pointer::NAME);
    let moved = tokio::task::spawn_blocking(move || pointer::write(&folder, &version));
    moved
        .await
        .unwrap_or_else(|error| Err(io(&file, std::io::Error::other(error))))
}

impl From<FolderError> for ViewsError {
    fn from(error: FolderError) -> Self {
        match error {
            FolderError::Io { file, source } => Self::Io { file, source },
            FolderError::Link(folder) => Self::Link { folder },
        }
    }
}

fn io(file: &Path, source: std::io::Error) -> ViewsError {
    ViewsError::Io {
        file: file.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[tokio::test]
    async fn a_link_does_not_lead_the_cleaning_elsewhere() {
        use crate::engine::{DataFusionEngine, Settings};

        let (state, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let lost = versions::file_of(&ulid::Ulid::generate().to_string());
        let lost = elsewhere.path().join(lost);
        std::fs::write(&lost, "x").unwrap();
        let engine = Arc::new(DataFusionEngine::new(&Settings::default()).unwrap());
        let views = |folder| Views::new(folder, engine.clone(), Arc::default());
        let linked = state.path().join("linked");
        std::os::unix::fs::symlink(elsewhere.path(), &linked).unwrap();
        let link = |error| matches!(error, ViewsError::Link { .. });
        assert!(link(views(linked).unwrap_err()));

        let views = views(state.path().join("views")).unwrap();
        let name: TableName = "dune.acme.result_a".parse().unwrap();
        std::os::unix::fs::symlink(elsewhere.path(), views.folder_of(&name)).unwrap();
        assert!(link(views.open(&name).await.unwrap_err()));
        assert!(link(views.draft(&name).unwrap_err()));
        assert!(link(views.remove(&name).await.unwrap_err()));
        assert!(lost.exists());
    }
}
