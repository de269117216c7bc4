//! An engine that does what its statements say, so that tests decide how long a statement takes
//! and how it ends. Statements are words: `rows(5)`, `sleep(50)`, `fail(words)`, `copy(table)`, and a
//! table's name where it is followed by a blank or the end. `copy` answers with the text of a
//! table's or a view's file.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use dune_local::engine::{
    Answer, AttachError, Column, Engine, Import, ImportError, Imported, Materialized, Row,
    SqlError, TableName, TableSource,
};
use futures::StreamExt;
use serde_json::json;

#[derive(Default)]
pub(crate) struct Scripted {
    pub(crate) tables: Mutex<HashMap<TableName, PathBuf>>,
    /// Statements that run now, and the most that ever did.
    pub(crate) running: Arc<AtomicUsize>,
    pub(crate) most: AtomicUsize,
    /// Where a refresh writes half a file and hangs.
    pub(crate) hang: Option<PathBuf>,
}

impl Scripted {
    pub(crate) fn now(&self) -> usize {
        self.running.load(Ordering::SeqCst)
    }

    fn begin(&self) -> Running {
        let now = self.running.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        Running(Arc::clone(&self.running))
    }

    async fn rows(&self, sql: &str) -> Result<Vec<Row>, SqlError> {
        if let Some(words) = argument(sql, "fail") {
            return Err(SqlError::at("COLUMN_NOT_FOUND", 1, 8, words));
        }
        if let Some(millis) = argument(sql, "sleep") {
            tokio::time::sleep(Duration::from_millis(millis.parse().unwrap())).await;
        }
        if let Some(name) = argument(sql, "copy") {
            return Ok(vec![vec![
                json!(0),
                json!(self.text(&name)?),
                json!("1.50"),
            ]]);
        }
        let rows: usize = argument(sql, "rows").map_or(1, |rows| rows.parse().unwrap());
        let row = |n: usize| vec![json!(n), json!(format!("row, {n}")), json!("1.50")];
        Ok((0..rows).map(row).collect())
    }

    fn text(&self, name: &str) -> Result<String, SqlError> {
        let tables = self.tables.lock().unwrap();
        let file = name
            .parse::<TableName>()
            .ok()
            .and_then(|name| tables.get(&name).cloned());
        let Some(file) = file else {
            let words = format!("Table '{name}' does not exist");
            return Err(SqlError::at("TABLE_NOT_FOUND", 1, 1, words));
        };
        Ok(std::fs::read_to_string(file).unwrap().trim_end().to_owned())
    }
}

struct Running(Arc<AtomicUsize>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// What stands in `word(..)`.
fn argument(sql: &str, word: &str) -> Option<String> {
    let (_, rest) = sql.split_once(&format!("{word}("))?;
    rest.split_once(')').map(|(inner, _)| inner.to_owned())
}

fn columns() -> Vec<Column> {
    vec![
        Column::new("n", "bigint"),
        Column::new("text", "varchar"),
        Column::new("amount", "decimal(3,2)"),
    ]
}

#[async_trait]
impl Engine for Scripted {
    async fn describe(&self, sql: &str) -> Result<Vec<Column>, SqlError> {
        if let Some(words) = argument(sql, "fail") {
            return Err(SqlError::at("COLUMN_NOT_FOUND", 1, 8, words));
        }
        Ok(columns())
    }

    async fn query(&self, sql: &str) -> Result<Answer, SqlError> {
        let running = self.begin();
        let rows = self.rows(sql).await?;
        let batches: Vec<_> = rows.chunks(1000).map(|batch| Ok(batch.to_vec())).collect();
        let rows = futures::stream::iter(batches).map(move |batch| {
            let _ = &running;
            batch
        });
        Ok(Answer {
            columns: columns(),
            rows: rows.boxed(),
        })
    }

    async fn materialize(&self, sql: &str, path: &Path) -> Result<Materialized, SqlError> {
        let _running = self.begin();
        if let Some(told) = &self.hang {
            std::fs::write(path, "half a fi").unwrap();
            std::fs::write(told, "").unwrap();
            std::future::pending::<()>().await;
        }
        let rows = self.rows(sql).await?;
        let text: Vec<&str> = rows.iter().map(|row| row[1].as_str().unwrap()).collect();
        std::fs::write(path, text.join("\n")).unwrap();
        Ok(Materialized {
            rows: rows.len() as u64,
            bytes: std::fs::metadata(path).unwrap().len(),
            columns: columns(),
        })
    }

    async fn import(&self, import: Import, path: &Path) -> Result<Imported, ImportError> {
        let read = |file: PathBuf| std::fs::read_to_string(file).unwrap();
        let text = import.text.map(|(file, _)| read(file)).unwrap_or_default();
        if let Some(told) = &self.hang
            && !text.is_empty()
        {
            std::fs::write(path, "half a fi").unwrap();
            std::fs::write(told, "").unwrap();
            std::future::pending::<()>().await;
        }
        let before = import.before.map(read).unwrap_or_default();
        std::fs::write(path, before + &text).unwrap();
        Ok(Imported {
            rows: text.lines().count() as u64,
            file: Materialized {
                rows: 0,
                bytes: std::fs::metadata(path).unwrap().len(),
                columns: columns(),
            },
        })
    }

    async fn attach(
        &self,
        name: &TableName,
        source: TableSource,
    ) -> Result<Vec<Column>, AttachError> {
        let text = std::fs::read_to_string(&source.file).map_err(|error| AttachError::Io {
            file: source.file.clone(),
            source: error,
        })?;
        if text.contains("broken") {
            return Err(AttachError::Cell {
                file: source.file,
                line: 2,
                column: "x".into(),
                value: text,
                data_type: "bigint".into(),
            });
        }
        self.tables
            .lock()
            .unwrap()
            .insert(name.clone(), source.file);
        Ok(columns())
    }

    async fn detach(&self, name: &TableName) -> bool {
        self.tables.lock().unwrap().remove(name).is_some()
    }
}
