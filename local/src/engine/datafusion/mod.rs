//! The embedded engine: Trino's dialect, planned here by Trino's rules, run by DataFusion.
//!
//! The way of a statement: [`sql`] reads it, [`plan`] gives names and types to all of it and refuses what it does not
//! know, DataFusion optimises and runs the plan, calling back into [`functions`] and [`aggregates`] row by row, and
//! [`text`] prints what comes out.

use std::{
    collections::HashMap,
    path::Path,
    sync::{Arc, PoisonError, RwLock},
};

use async_trait::async_trait;

use super::{
    Answer, AttachError, Column, Engine, Import, ImportError, Imported, Materialized, SqlError,
    TableName, TableSource,
};

mod aggregates;
mod calendar;
mod cast;
mod csv;
mod files;
mod functions;
mod import;
mod json_cast;
mod materialize;
mod native;
mod parquet_file;
mod plan;
mod run;
mod session;
mod sql;
mod text;
mod type_text;
mod types;
mod value;
mod watch;
mod wide;

pub use self::session::Settings;

/// The engine on DataFusion.
pub struct DataFusionEngine {
    workers: run::Workers,
    session: session::Session,
    tables: Arc<RwLock<HashMap<TableName, files::Table>>>,
}

impl DataFusionEngine {
    /// An engine without tables, on threads of its own.
    ///
    /// # Errors
    /// The system has no threads left.
    pub fn new(settings: &Settings) -> std::io::Result<Self> {
        Ok(Self {
            workers: run::Workers::new(settings)?,
            session: session::Session::new(settings),
            tables: Arc::default(),
        })
    }

    /// A statement read and planned, on the engine's threads.
    fn prepare(
        &self,
        sql: &str,
        cancelled: &watch::Cancelled,
    ) -> impl Future<Output = Result<run::Prepared, SqlError>> + Send + 'static {
        let tables = self
            .tables
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let session = self.session.clone();
        let (sql, cancelled) = (sql.to_owned(), cancelled.clone());
        async move { run::Prepared::new(&sql, &tables, &session, cancelled) }
    }
}

impl std::fmt::Debug for DataFusionEngine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DataFusionEngine").finish_non_exhaustive()
    }
}

#[async_trait]
impl Engine for DataFusionEngine {
    async fn describe(&self, sql: &str) -> Result<Vec<Column>, SqlError> {
        let cancelled = watch::Cancelled::default();
        let prepared = self.prepare(sql, &cancelled);
        self.workers
            .run(async move { Ok(prepared.await?.columns()) }, cancelled)
            .await
    }

    async fn query(&self, sql: &str) -> Result<Answer, SqlError> {
        let cancelled = watch::Cancelled::default();
        let prepared = self.prepare(sql, &cancelled);
        // The statement outlives its planning: only its rows can cancel it.
        let prepared = self
            .workers
            .run(prepared, watch::Cancelled::default())
            .await?;
        let columns = prepared.columns();
        Ok(Answer {
            columns,
            rows: self.workers.stream(prepared),
        })
    }

    async fn materialize(&self, sql: &str, path: &Path) -> Result<Materialized, SqlError> {
        let cancelled = watch::Cancelled::default();
        let prepared = self.prepare(sql, &cancelled);
        let path = path.to_owned();
        self.workers
            .run(
                async move { materialize::write(prepared.await?, &path).await },
                cancelled,
            )
            .await
    }

    async fn import(&self, import: Import, path: &Path) -> Result<Imported, ImportError> {
        let cancelled = watch::Cancelled::default();
        let _guard = run::CancelOnDrop(cancelled.clone());
        let (path, into) = (path.to_owned(), path.to_owned());
        let work = move || import::write(&import, &path, &cancelled);
        let broken = || ImportError::Io {
            file: into,
            source: std::io::Error::other("the engine failed while writing it"),
        };
        self.workers.blocking(work).await.ok_or_else(broken)?
    }

    async fn attach(
        &self,
        name: &TableName,
        source: TableSource,
    ) -> Result<Vec<Column>, AttachError> {
        let file = source.file.clone();
        let table = match self
            .workers
            .blocking(move || files::Table::open(&source))
            .await
        {
            Some(table) => table?,
            None => {
                return Err(AttachError::Format {
                    file,
                    message: "the engine failed while reading it".to_owned(),
                });
            }
        };
        let columns = table.columns();
        self.tables
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(name.clone(), table);
        Ok(columns)
    }

    async fn detach(&self, name: &TableName) -> bool {
        self.tables
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(name)
            .is_some()
    }
}
