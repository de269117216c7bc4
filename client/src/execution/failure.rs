//! Why an execution failed: Dune's kind of error, its text, and the place in the SQL.

use std::fmt;

use dune_api::{ApiKey, types};

/// Why an execution failed, in Dune's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryError {
    error_type: Option<String>,
    message: String,
    line: Option<u64>,
    column: Option<u64>,
}

impl QueryError {
    pub(crate) fn read(error: types::QueryResultError, key: &ApiKey) -> QueryError {
        let clean = |text: String| key.redact(&text).into_owned();
        let place = error.metadata.unwrap_or_default();
        let (error_type, message) = (error.type_.map(clean), error.message.map(clean));
        QueryError::new(error_type, message, place.line, place.column)
    }

    /// Of texts that hold no key.
    pub(crate) fn new(
        error_type: Option<String>,
        message: Option<String>,
        line: Option<i64>,
        column: Option<i64>,
    ) -> QueryError {
        let counted_from_1 = |number: Option<i64>| {
            let number = number.and_then(|number| u64::try_from(number).ok());
            number.filter(|number| *number > 0)
        };
        QueryError {
            error_type: error_type.filter(|name| !name.is_empty()),
            message: message.unwrap_or_default(),
            line: counted_from_1(line),
            column: counted_from_1(column),
        }
    }

    /// Dune's name of the kind of error, `FAILED_TYPE_EXECUTION_FAILED` for example.
    #[must_use]
    pub fn error_type(&self) -> Option<&str> {
        self.error_type.as_deref()
    }

    /// What is wrong; empty where Dune does not say.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The line of the SQL, counted from 1, where Dune says which.
    #[must_use]
    pub fn line(&self) -> Option<u64> {
        self.line
    }

    /// The column in that line, counted from 1.
    #[must_use]
    pub fn column(&self) -> Option<u64> {
        self.column
    }
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.message.trim(), &self.error_type) {
            ("", Some(error_type)) => f.write_str(error_type)?,
            ("", None) => f.write_str("Dune does not say why")?,
            (message, _) => f.write_str(message)?,
        }
        // Most of Dune's texts begin with the place.
        match (self.line, self.column) {
            (Some(line), Some(column)) if !self.message.contains(&format!("{line}:{column}")) => {
                write!(f, " (line {line}, column {column})")
            }
            (Some(line), None) => write!(f, " (line {line})"),
            _ => Ok(()),
        }
    }
}

impl std::error::Error for QueryError {}
