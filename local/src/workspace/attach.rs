//! Gives the tables of a workspace to the engine, and gives a table again when its file has
//! changed: what is appended to a file is there for the next query.

use std::path::Path;
use std::time::SystemTime;

use tokio::sync::Mutex;

use super::faults::Faults;
use super::{MANIFEST, Table};
use crate::engine::{AttachError, Column, Engine, SqlError, TableName};

/// What a file looked like when it was attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    bytes: u64,
    changed: Option<SystemTime>,
}

impl Stamp {
    fn of(file: &Path) -> Option<Self> {
        let metadata = std::fs::metadata(file).ok()?;
        Some(Self {
            bytes: metadata.len(),
            changed: metadata.modified().ok(),
        })
    }
}

/// A table as it was last attached.
#[derive(Debug)]
struct Attached {
    table: Table,
    stamp: Option<Stamp>,
    columns: Vec<Column>,
}

/// What there is to say of a table.
#[derive(Debug)]
pub(crate) struct Described {
    pub(crate) name: TableName,
    pub(crate) columns: Vec<Column>,
    /// The file as the manifest names it.
    pub(crate) file: String,
    pub(crate) created: Option<SystemTime>,
    pub(crate) changed: Option<SystemTime>,
}

/// The tables of a workspace, attached.
#[derive(Debug)]
pub(crate) struct Tables {
    attached: Mutex<Vec<Attached>>,
}

impl Tables {
    /// Attaches every table. All that fail are reported.
    pub(crate) async fn attach(engine: &dyn Engine, tables: Vec<Table>) -> Result<Self, Faults> {
        let mut faults = Faults::default();
        let mut attached = Vec::with_capacity(tables.len());
        for table in tables {
            let stamp = Stamp::of(&table.source.file);
            match engine.attach(&table.name, table.source.clone()).await {
                Ok(columns) => attached.push(Attached {
                    table,
                    stamp,
                    columns,
                }),
                Err(error) => report(&table, &error, &mut faults),
            }
        }
        if faults.is_empty() {
            Ok(Self {
                attached: Mutex::new(attached),
            })
        } else {
            Err(faults)
        }
    }

    /// Attaches again what has changed on disk. A file that has become unreadable fails whatever
    /// would run now: an answer from rows that are gone would be silently stale.
    pub(crate) async fn refresh(&self, engine: &dyn Engine) -> Result<(), SqlError> {
        let mut attached = self.attached.lock().await;
        for attached in attached.iter_mut() {
            let table = &attached.table;
            let now = Stamp::of(&table.source.file);
            if now.is_some() && now == attached.stamp {
                continue;
            }
            let again = engine.attach(&table.name, table.source.clone()).await;
            attached.columns = again.map_err(|error| {
                let mut faults = Faults::default();
                report(table, &error, &mut faults);
                let message = format!("the table {} cannot be read: {faults}", table.name);
                SqlError::new("GENERIC_EXTERNAL", message)
            })?;
            attached.stamp = now;
        }
        Ok(())
    }

    /// Every table as it was last attached, in the order of the manifest.
    pub(crate) async fn described(&self) -> Vec<Described> {
        let attached = self.attached.lock().await;
        let described = attached.iter().map(|attached| {
            let metadata = std::fs::metadata(&attached.table.source.file).ok();
            let changed = metadata.as_ref().and_then(|file| file.modified().ok());
            Described {
                name: attached.table.name.clone(),
                columns: attached.columns.clone(),
                file: attached.table.file.clone(),
                // Not every file system knows when a file was made.
                created: metadata.and_then(|file| file.created().ok()).or(changed),
                changed,
            }
        });
        described.collect()
    }
}

fn report(table: &Table, error: &AttachError, faults: &mut Faults) {
    let file = table.file.clone();
    match error {
        AttachError::Io { source, .. } => {
            faults.add(
                file,
                None,
                format!("cannot be read: {source}"),
                "make it readable",
            );
        }
        AttachError::Format { message, .. } => {
            let remedy = "write it again, or give the file an ending that says its format";
            faults.add(file, None, message.clone(), remedy);
        }
        AttachError::Cell {
            line,
            column,
            value,
            data_type,
            ..
        } => faults.add(
            file,
            usize::try_from(*line).ok(),
            format!(
                "column `{column}`: `{}` is no {data_type}",
                shortened(value)
            ),
            "mend the cell, or declare another type for the column",
        ),
        AttachError::Type { column, data_type } => faults.add(
            MANIFEST,
            table.line,
            format!(
                "column `{column}` of `{}`: `{data_type}` is no type of a table",
                table.name
            ),
            "declare a type as Trino's `typeof()` says it, such as `bigint` or `timestamp(3)`",
        ),
        AttachError::Columns { message, .. } => faults.add(
            MANIFEST,
            table.line,
            format!("the columns of `{}`: {message}", table.name),
            "declare the columns that the file has",
        ),
    }
}

/// A cell on one line, its beginning if it is long.
fn shortened(value: &str) -> String {
    let mut short: String = value
        .chars()
        .take(60)
        .flat_map(char::escape_debug)
        .collect();
    if value.chars().nth(60).is_some() {
        short.push_str("..");
    }
    short
}
