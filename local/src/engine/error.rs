//! What goes wrong in an engine: [`SqlError`] for statements, with Trino's name and words, and
//! [`AttachError`] for the files of tables.

use std::path::PathBuf;

/// A statement that has no answer, as Trino says it.
///
/// `Display` is the message with its place in front where there is one: `line 1:8: Column 'x' cannot be resolved`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SqlError {
    /// Trino's name of the error: `SYNTAX_ERROR`, `COLUMN_NOT_FOUND`, `TABLE_NOT_FOUND`, `TYPE_MISMATCH`, `DIVISION_BY_ZERO`,
    /// `NOT_SUPPORTED`, ..; `GENERIC_INTERNAL_ERROR` for what is the engine's own fault.
    pub name: &'static str,
    /// What is wrong, in Trino's words, the place first where it is known.
    pub message: String,
    /// The line in the statement, counted from 1.
    pub line: Option<u64>,
    /// The column in that line, counted from 1.
    pub column: Option<u64>,
}

impl SqlError {
    /// An error without a place.
    pub fn new(name: &'static str, message: impl Into<String>) -> Self {
        Self {
            name,
            message: message.into(),
            line: None,
            column: None,
        }
    }

    /// An error at a place of the statement, which goes into the message as Trino writes it.
    pub fn at(name: &'static str, line: u64, column: u64, message: impl std::fmt::Display) -> Self {
        Self {
            name,
            message: format!("line {line}:{column}: {message}"),
            line: Some(line),
            column: Some(column),
        }
    }

    /// The message without the place in front of it, for where the place is said otherwise.
    pub fn reason(&self) -> &str {
        let (Some(line), Some(column)) = (self.line, self.column) else {
            return &self.message;
        };
        let place = format!("line {line}:{column}: ");
        self.message.strip_prefix(&place).unwrap_or(&self.message)
    }
}

/// A table's file that cannot be attached.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AttachError {
    /// The file cannot be read. Check the path and its permissions.
    #[error("{}: {source}", file.display())]
    Io {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not what its format says. Write it again, or declare the other format.
    #[error("{}: {message}", file.display())]
    Format {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// A cell of a CSV file is no value of its column's type. Mend the cell or declare another type.
    #[error("{}:{line}: column `{column}`: {value:?} is no {data_type}", file.display())]
    Cell {
        /// The file.
        file: PathBuf,
        /// The line in the file, counted from 1 (the header).
        line: u64,
        /// The column.
        column: String,
        /// The cell.
        value: String,
        /// The declared type.
        data_type: String,
    },
    /// A declared type is none of Trino's, or one that tables cannot hold. Take one that `typeof()` would print.
    #[error("column `{column}`: {data_type:?} is not a type a table can hold")]
    Type {
        /// The column.
        column: String,
        /// The type as declared.
        data_type: String,
    },
    /// A declared column is not in the file, or a CSV was declared without columns. Declare what the file has.
    #[error("{}: {message}", file.display())]
    Columns {
        /// The file.
        file: PathBuf,
        /// What does not fit.
        message: String,
    },
}
