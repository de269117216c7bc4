//! Gives the tables of a workspace to the engine, and gives a table again when its file has
//! changed: what is appended to a file is there for the next query.

use std::path::Path;
use std::time::SystemTime;

use tokio::sync::Mutex;

use super::faults::Faults;
use super::{MANIFEST, Table};
use crate::engine::{AttachError, Engine, SqlError};

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

/// The tables of a workspace, attached.
#[derive(Debug)]
pub(crate) struct Tables {
    attached: Mutex<Vec<(Table, Option<Stamp>)>>,
}

impl Tables {
    /// Attaches every table. All that fail are reported.
    pub(crate) async fn attach(engine: &dyn Engine, tables: Vec<Table>) -> Result<Self, Faults> {
        let mut faults = Faults::default();
        let mut attached = Vec::with_capacity(tables.len());
        for table in tables {
            let stamp = Stamp::of(&table.source.file);
            match engine.attach(&table.name, table.source.clone()).await {
                Ok(_) => attached.push((table, stamp)),
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
        for (table, stamp) in attached.iter_mut() {
            let now = Stamp::of(&table.source.file);
            if now.is_some() && now == *stamp {
                continue;
            }
            let again = engine.attach(&table.name, table.source.clone()).await;
            again.map_err(|error| {
                let mut faults = Faults::default();
                report(table, &error, &mut faults);
                let message = format!("the table {} cannot be read: {faults}", table.name);
                SqlError::new("GENERIC_EXTERNAL", message)
            })?;
            *stamp = now;
        }
        Ok(())
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
