//! Names of tables: one to three parts, case does not count.

use std::{fmt, str::FromStr};

/// The name of a table: `trades`, `dex.trades` or `dune.acme.result_dex_daily`. Case does not count: it is kept in lower case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TableName(Vec<String>);

/// A text that cannot name a table. Write one to three parts with dots between them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no table name: it takes one to three parts with dots between them, such as `dex.trades`"
)]
pub struct InvalidTableName(pub String);

impl TableName {
    /// A name of these parts.
    ///
    /// # Errors
    /// No part, more than three, or an empty one.
    pub fn new<P: AsRef<str>>(
        parts: impl IntoIterator<Item = P>,
    ) -> Result<Self, InvalidTableName> {
        let parts: Vec<String> = parts
            .into_iter()
            .map(|part| part.as_ref().to_lowercase())
            .collect();
        if parts.is_empty() || parts.len() > 3 || parts.iter().any(String::is_empty) {
            return Err(InvalidTableName(parts.join(".")));
        }
        Ok(Self(parts))
    }

    /// The parts, in lower case.
    #[must_use]
    pub fn parts(&self) -> &[String] {
        &self.0
    }
}

impl FromStr for TableName {
    type Err = InvalidTableName;

    fn from_str(text: &str) -> Result<Self, InvalidTableName> {
        Self::new(text.split('.'))
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("."))
    }
}
