//! Uploaded tables: made over the API, filled with rows that are sent to it, read as `dune.<team>.<name>`.
//!
//! ```text
//! uploads/dune.acme.prices/table      what the table is, and which version of its rows answers
//!                          01J..Z.parquet      that version
//! uploads/.new-Ab12Cd                 rows that are being received
//! ```
//!
//! An insert writes a new version, the old rows first, attaches it, and then replaces the record. Whatever ends before that
//! leaves the old rows; files that no record names are removed at the next start. A version that was replaced is removed when
//! the last execution that may read it ends.

mod error;
mod record;
mod rules;

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::Utc;
use tokio::sync::Semaphore;

pub use self::error::UploadsError;
pub(crate) use self::error::{Refused, UploadError};
pub(crate) use self::record::{Upload, UploadColumn};
pub(crate) use self::rules::{columns, name_of};
use crate::durable;
use crate::engine::{
    Engine, FileFormat, Import, ImportColumn, Imported, TableName, TableSource, TextFormat,
};
use crate::library::Library;
use crate::versions::{self, Draft, Eras};

/// What the names of tables that are uploaded as a CSV begin with.
const CSV_PREFIX: &str = "dataset_";

/// How many tables are written at the same time.
const PARALLEL: u32 = 4;
/// How long what is being written may take when the server stops.
const GOODBYE: Duration = Duration::from_secs(10);

/// All uploaded tables.
pub(crate) struct Uploads {
    folder: PathBuf,
    engine: Arc<dyn Engine>,
    tables: Mutex<BTreeMap<TableName, Arc<Upload>>>,
    /// One change of a table at a time.
    turns: Mutex<HashMap<TableName, Arc<tokio::sync::Mutex<()>>>>,
    /// Changes that go on at the same time, and none any more once the server stops.
    slots: Semaphore,
    eras: Arc<Eras>,
}

/// What is said of a table beside its columns.
#[derive(Debug, Clone, Default)]
pub(crate) struct About {
    pub(crate) description: String,
    pub(crate) is_private: bool,
}

impl std::fmt::Debug for Uploads {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Uploads")
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

impl Uploads {
    /// The tables that are kept in a folder, attached. What writers that were killed have left is removed.
    pub(crate) async fn open(
        folder: PathBuf,
        engine: Arc<dyn Engine>,
        library: &Library,
        eras: Arc<Eras>,
    ) -> Result<Self, UploadsError> {
        versions::not_a_link(&folder)?;
        std::fs::create_dir_all(&folder).map_err(|source| error::io(&folder, source))?;
        versions::clean(&folder, None)?;
        let uploads = Self {
            folder,
            engine,
            tables: Mutex::default(),
            turns: Mutex::default(),
            slots: Semaphore::new(PARALLEL as usize),
            eras,
        };
        for name in uploads.kept()? {
            let folder = uploads.folder_of(&name);
            let Some(upload) = record::read(&folder, &name)? else {
                versions::clean(&folder, None)?;
                continue;
            };
            if library.is_table(&name) || library.view(&name).is_some() {
                return Err(UploadsError::Declared { folder, name });
            }
            versions::clean(&folder, Some(&upload.version))?;
            uploads.attach(&name, &folder.join(upload.file())).await?;
            uploads.tables().insert(name, Arc::new(upload));
        }
        Ok(uploads)
    }

    /// The names that folders of tables have.
    fn kept(&self) -> Result<Vec<TableName>, UploadsError> {
        let failed = |source| error::io(&self.folder, source);
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&self.folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name().into_string().ok();
            let name = name.and_then(|name| name.parse::<TableName>().ok());
            // A folder whose name is no table's was not made by us.
            if let Some(name) = name.filter(rules::is_possible)
                && entry.file_type().map_err(failed)?.is_dir()
            {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    /// Where rows that are being received are written to.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Every table, by name.
    pub(crate) fn all(&self) -> Vec<Arc<Upload>> {
        self.tables().values().cloned().collect()
    }

    /// The table of that name.
    pub(crate) fn find(&self, name: &TableName) -> Option<Arc<Upload>> {
        self.tables().get(name).cloned()
    }

    /// Makes an empty table. One of that name and these columns stays as it is; says whether there was one.
    pub(crate) async fn create(
        &self,
        name: &TableName,
        about: About,
        columns: Vec<UploadColumn>,
    ) -> Result<bool, UploadError> {
        let _turn = self.turn(name).await;
        if let Some(known) = self.find(name) {
            return match known.columns == columns {
                true => Ok(true),
                false => Err(Refused::Exists(name.clone()).into()),
            };
        }
        let import = Import {
            before: None,
            text: None,
            columns: Some(columns.iter().map(ImportColumn::from).collect()),
        };
        let now = Utc::now();
        self.write(name, import, |version, imported| Upload {
            name: name.clone(),
            version,
            rows: 0,
            bytes: imported.file.bytes,
            columns,
            description: about.description,
            is_private: about.is_private,
            created_at: now,
            updated_at: now,
        })
        .await?;
        Ok(false)
    }

    /// Adds the rows of a text, all of them or none. Says how many.
    pub(crate) async fn insert(
        &self,
        name: &TableName,
        text: &Path,
        format: TextFormat,
    ) -> Result<u64, UploadError> {
        self.change(name, |known, before| Import {
            before: Some(before),
            text: Some((text.to_owned(), format)),
            columns: Some(known.columns.iter().map(ImportColumn::from).collect()),
        })
        .await
    }

    /// Removes all rows.
    pub(crate) async fn clear(&self, name: &TableName) -> Result<(), UploadError> {
        let cleared = self.change(name, |known, _| Import {
            before: None,
            text: None,
            columns: Some(known.columns.iter().map(ImportColumn::from).collect()),
        });
        cleared.await.map(drop)
    }

    /// Makes the table `dataset_<name>` of a CSV, in the place of one of that name. Says its full name.
    pub(crate) async fn replace(
        &self,
        library: &Library,
        name: &str,
        about: About,
        csv: &Path,
    ) -> Result<TableName, UploadError> {
        let name = name_of(library, &format!("{CSV_PREFIX}{name}"))?;
        let _turn = self.turn(&name).await;
        let created_at = self.find(&name).map(|known| known.created_at);
        let import = Import {
            before: None,
            text: Some((csv.to_owned(), TextFormat::Csv)),
            columns: None,
        };
        let now = Utc::now();
        self.write(&name, import, |version, imported| Upload {
            name: name.clone(),
            version,
            rows: imported.rows,
            bytes: imported.file.bytes,
            columns: imported
                .file
                .columns
                .iter()
                .map(UploadColumn::from)
                .collect(),
            description: about.description,
            is_private: about.is_private,
            created_at: created_at.unwrap_or(now),
            updated_at: now,
        })
        .await?;
        Ok(name)
    }

    /// Removes a table and its rows. The name is free at once.
    pub(crate) async fn delete(&self, name: &TableName) -> Result<(), UploadError> {
        let _turn = self.turn(name).await;
        let known = self
            .find(name)
            .ok_or_else(|| Refused::NotFound(name.clone()))?;
        let folder = self.folder_of(name);
        versions::not_a_link(&folder).map_err(UploadsError::from)?;
        record::remove(&folder)?;
        self.engine.detach(name).await;
        self.tables().remove(name);
        self.eras.retire(folder.join(known.file()));
        Ok(())
    }

    /// Lets no more changes begin, and waits for those that have, but not for long.
    pub(crate) async fn stop(&self) {
        let all = self.slots.acquire_many(PARALLEL);
        // What has not ended by then keeps nothing: it finds the slots closed.
        let _ = tokio::time::timeout(GOODBYE, all).await;
        self.close();
    }

    /// Lets no more changes begin.
    pub(crate) fn close(&self) {
        self.slots.close();
    }

    /// Writes the next version of a table's rows. Says how many were new.
    async fn change(
        &self,
        name: &TableName,
        import: impl FnOnce(&Upload, PathBuf) -> Import,
    ) -> Result<u64, UploadError> {
        let _turn = self.turn(name).await;
        let known = self
            .find(name)
            .ok_or_else(|| Refused::NotFound(name.clone()))?;
        let import = import(&known, self.folder_of(name).join(known.file()));
        self.write(name, import, |version, imported| Upload {
            version,
            rows: imported.file.rows,
            bytes: imported.file.bytes,
            updated_at: Utc::now(),
            ..Upload::clone(&known)
        })
        .await
    }

    async fn write(
        &self,
        name: &TableName,
        import: Import,
        make: impl FnOnce(String, &Imported) -> Upload,
    ) -> Result<u64, UploadError> {
        let slot = self.slots.acquire().await;
        let _slot = slot.map_err(|_| Refused::Stopping)?;
        let draft = Draft::new(&self.folder_of(name)).map_err(UploadsError::from)?;
        let imported = self.engine.import(import, draft.file()).await?;
        rules::names(&imported.file.columns)?;
        let upload = make(draft.name().to_owned(), &imported);
        if self.slots.is_closed() {
            return Err(Refused::Stopping.into());
        }
        self.publish(draft, upload).await?;
        Ok(imported.rows)
    }

    /// Makes a written version the one that answers.
    async fn publish(&self, draft: Draft, upload: Upload) -> Result<(), UploadsError> {
        let name = upload.name.clone();
        let folder = self.folder_of(&name);
        self.attach(&name, draft.file()).await?;
        let old = self.find(&name);
        if let Err(error) = write_record(folder.clone(), upload.clone()).await {
            // What answers from now on is what answers after a restart.
            match &old {
                Some(old) => self.attach(&name, &folder.join(old.file())).await?,
                None => {
                    self.engine.detach(&name).await;
                }
            }
            return Err(error);
        }
        draft.keep();
        self.tables().insert(name, Arc::new(upload));
        if let Some(old) = old {
            self.eras.retire(folder.join(old.file()));
        }
        Ok(())
    }

    async fn attach(&self, name: &TableName, file: &Path) -> Result<(), UploadsError> {
        let source = TableSource {
            file: file.to_owned(),
            format: FileFormat::Parquet,
            columns: None,
        };
        let attached = self.engine.attach(name, source).await;
        attached.map(drop).map_err(|source| UploadsError::Attach {
            name: name.clone(),
            source: Box::new(source),
        })
    }

    /// A place in the line of those who change this table.
    async fn turn(&self, name: &TableName) -> tokio::sync::OwnedMutexGuard<()> {
        let turn = {
            let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(turns.entry(name.clone()).or_default())
        };
        turn.lock_owned().await
    }

    fn tables(&self) -> MutexGuard<'_, BTreeMap<TableName, Arc<Upload>>> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A table's name can hold nothing that means something in a path: see [`rules`].
    fn folder_of(&self, name: &TableName) -> PathBuf {
        self.folder.join(name.to_string())
    }
}

/// Replaces the record where waiting for the disk keeps nobody from running.
async fn write_record(folder: PathBuf, upload: Upload) -> Result<(), UploadsError> {
    let file = folder.join(record::NAME);
    let written = tokio::task::spawn_blocking(move || record::write(&folder, &upload));
    written
        .await
        .unwrap_or_else(|error| Err(error::io(&file, std::io::Error::other(error))))
}

/// The name of a file in which something is received: of no use after a crash.
pub(crate) fn receiving(folder: &Path) -> std::io::Result<tempfile::NamedTempFile> {
    tempfile::Builder::new()
        .prefix(durable::LEFTOVER)
        .tempfile_in(folder)
}
