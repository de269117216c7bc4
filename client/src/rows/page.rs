//! A page of rows as it came: its rows, each read into the caller's type, its columns, and its place in the whole.

use dune_api::types;

/// A page of rows.
#[derive(Debug, Clone)]
pub struct Page<T> {
    pub(super) rows: Vec<T>,
    pub(super) offset: u64,
    pub(super) total: Option<u64>,
    pub(super) columns: Vec<Column>,
}

/// A column of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type as Dune names it, e.g. `double`; empty where Dune does not say.
    pub column_type: String,
}

impl<T> Page<T> {
    /// Its rows.
    #[must_use]
    pub fn rows(&self) -> &[T] {
        &self.rows
    }

    /// Its rows, to keep.
    #[must_use]
    pub fn into_rows(self) -> Vec<T> {
        self.rows
    }

    /// Which row of the whole result its first one is, counted from 0.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// How many rows the whole result has, if Dune says so. It counts those that a limit or a sample leaves out.
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        self.total
    }

    /// The columns in the order of the query.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }
}

/// The columns that an answer describes.
pub(crate) fn columns(metadata: types::ExecutionResultMetadata) -> Vec<Column> {
    let mut types = metadata.column_types.unwrap_or_default().into_iter();
    let names = metadata.column_names.unwrap_or_default().into_iter();
    names
        .map(|name| Column {
            name,
            column_type: types.next().unwrap_or_default(),
        })
        .collect()
}
