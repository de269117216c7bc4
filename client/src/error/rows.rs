//! What can be wrong with rows that did arrive: one that does not fit its type, and pages that do not add up.

use std::fmt;

use super::execution::ResultOf;

/// A row that does not fit the type it is read into.
#[derive(Debug, Clone, thiserror::Error)]
#[error("row {index} of {of} does not fit: {}{reason}{}", in_column(column.as_deref(), column_type.as_deref()), which_is(value.as_deref()))]
pub struct RowMisfit {
    pub(crate) of: ResultOf,
    pub(crate) index: u64,
    pub(crate) column: Option<String>,
    pub(crate) column_type: Option<String>,
    pub(crate) value: Option<String>,
    pub(crate) reason: String,
}

impl RowMisfit {
    /// Whose row it is.
    #[must_use]
    pub fn of(&self) -> &ResultOf {
        &self.of
    }

    /// Which row, counted from 0 over all pages.
    #[must_use]
    pub fn index(&self) -> u64 {
        self.index
    }

    /// The column, where serde says which.
    #[must_use]
    pub fn column(&self) -> Option<&str> {
        self.column.as_deref()
    }

    /// The column's type as Dune names it.
    #[must_use]
    pub fn column_type(&self) -> Option<&str> {
        self.column_type.as_deref()
    }

    /// The column's value as JSON, cut where it is long.
    #[must_use]
    pub fn value(&self) -> Option<&str> {
        self.value.as_deref()
    }

    /// serde's words.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

fn in_column(column: Option<&str>, column_type: Option<&str>) -> String {
    match (column, column_type) {
        (Some(column), Some(column_type)) => format!("column `{column}` ({column_type}): "),
        (Some(column), None) => format!("column `{column}`: "),
        (None, _) => String::new(),
    }
}

fn which_is(value: Option<&str>) -> String {
    value.map_or_else(String::new, |value| format!("; the value is {value}"))
}

/// Why rows cannot be asked for in this way. Nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SelectionFault {
    /// A sample cannot be of a part: Dune refuses it together with conditions, a limit or an offset. Leave out one of
    /// them, or take the sample in the query.
    SampleWith {
        /// The method that does not go with it.
        with: &'static str,
    },
    /// A column is compared with a number that is none. Compare it with a finite one.
    NotFinite {
        /// The column.
        column: String,
        /// The number as Rust writes it.
        value: String,
    },
    /// A column is to be one of no values, which no row is. Do not ask then.
    NoValues {
        /// The column.
        column: String,
    },
    /// The list of columns is empty. Leave it out to read all of them.
    NoColumns,
    /// A file is to hold no rows (`limit(0)`), and which columns it would have turns out with the first. Ask for one.
    NoColumnsKnown,
}

impl fmt::Display for SelectionFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SelectionFault::SampleWith { with } => write!(
                f,
                "`sample` does not go with `{with}`: Dune takes a sample of the whole result only"
            ),
            SelectionFault::NotFinite { column, value } => {
                write!(
                    f,
                    "column `{column}` is compared with {value}, which is no number"
                )
            }
            SelectionFault::NoValues { column } => {
                write!(
                    f,
                    "column `{column}` is to be one of no values, and no row is"
                )
            }
            SelectionFault::NoColumnsKnown => {
                f.write_str("a limit of no rows: which columns there are turns out with the first")
            }
            SelectionFault::NoColumns => {
                f.write_str("the list of columns is empty: leave it out to read all of them")
            }
        }
    }
}

/// Why the pages of a result do not add up.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PageFault {
    /// The next page does not begin where this one ends: rows would be repeated, lost, or read for ever.
    Gap {
        /// The first row of the page, counted from 0.
        offset: u64,
        /// How many rows it has.
        rows: u64,
        /// Where the next one is said to begin.
        next: i64,
    },
    /// After the last page there are more or fewer rows than Dune says there are in all.
    Total {
        /// What Dune says.
        expected: u64,
        /// How many came.
        read: u64,
    },
    /// The next page is said to be at another host, where the key must not go, or at no readable address.
    Elsewhere {
        /// That address.
        uri: String,
    },
    /// The page is of another execution than the one before: the rows would be of two results.
    Changed {
        /// The execution that was asked for.
        expected: String,
        /// The one that the page is of.
        found: String,
    },
    /// The page has other columns than the one before.
    Columns {
        /// Those of the page before.
        expected: String,
        /// Those of the page.
        found: String,
    },
    /// The execution is said to be complete, and has no result.
    Missing,
}

impl fmt::Display for PageFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PageFault::Gap { offset, rows, next } => write!(
                f,
                "the page at row {offset} holds {rows} rows, but the next one is said to begin at row {next}"
            ),
            PageFault::Total { expected, read } => {
                write!(f, "{read} rows came, and Dune says there are {expected}")
            }
            PageFault::Elsewhere { uri } => write!(
                f,
                "the next page is said to be at `{uri}`, which is not read: only pages of the same server are"
            ),
            PageFault::Changed { expected, found } => write!(
                f,
                "a page of execution {expected} was asked for, and one of execution {found} came"
            ),
            PageFault::Columns { expected, found } => write!(
                f,
                "a page has the columns `{found}`, and the one before had `{expected}`"
            ),
            PageFault::Missing => f.write_str("the execution is complete, but has no result"),
        }
    }
}
