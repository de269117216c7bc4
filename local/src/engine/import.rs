//! What [`Engine::import`](super::Engine::import) takes and gives: text that somebody uploads, to be rows of a table.

use std::path::PathBuf;

use super::Materialized;

/// How uploaded rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextFormat {
    /// Comma-separated text with a header line. An empty cell is NULL, a quoted empty one (`""`) is the empty text.
    Csv,
    /// An object of JSON a line, its keys the names of columns. A key that is not there is NULL.
    Ndjson,
}

/// A column that rows are imported into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportColumn {
    /// The name. Case does not count when it is looked for in a header or an object.
    pub name: String,
    /// The type as Trino's `typeof()` spells it.
    pub data_type: String,
    /// Whether it takes NULL.
    pub nullable: bool,
}

/// Rows for a new file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// A file that an import has written before, with these columns: its rows come first.
    pub before: Option<PathBuf>,
    /// The text and how it is written; none makes a file without further rows.
    pub text: Option<(PathBuf, TextFormat)>,
    /// The columns; where they are not known, a CSV's header names them and its cells tell their types.
    pub columns: Option<Vec<ImportColumn>>,
}

/// What an import has written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// The rows that were in the text.
    pub rows: u64,
    /// The whole file.
    pub file: Materialized,
}

/// Text that cannot become rows. Nothing of it is kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// A file cannot be read or written. Check the disk's space and the folder's permissions.
    #[error("{}: {source}", file.display())]
    Io {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The text is not what its format says. Write it again.
    #[error("{message}")]
    Text {
        /// What is wrong with it, and where.
        message: String,
    },
    /// A value does not fit its column. Mend it, or declare another type.
    #[error("line {line}, column `{column}`: {value} is no {data_type}")]
    Value {
        /// The line in the text, counted from 1.
        line: u64,
        /// The column.
        column: String,
        /// The value as it is written, shortened if it is long.
        value: String,
        /// The column's type.
        data_type: String,
    },
    /// A value is missing in a column that takes no NULL. Give one, or make the column nullable.
    #[error("line {line}, column `{column}`: there is no value, and the column is not nullable")]
    Null {
        /// The line in the text, counted from 1.
        line: u64,
        /// The column.
        column: String,
    },
    /// The columns of the text are not those of the table, or cannot be columns at all.
    #[error("{message}")]
    Columns {
        /// What does not fit.
        message: String,
    },
}
