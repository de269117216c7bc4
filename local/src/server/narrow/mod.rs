//! Which rows of a result are read, and in what order: Dune's `filters` and `sort_by`.
//! Both come before paging, so that pages add up to what was asked for.

mod filter;
mod key;
mod sort;

use self::filter::Filter;
use self::sort::Sort;
use crate::engine::{Column, Row};
use crate::executions::{StoredResult, text_bytes};
use crate::server::error::ApiError;

/// The longest text that is read, in bytes: parsing it must stay cheap.
const LONGEST: usize = 8_192;

/// How many rows are looked at in one go.
const ROWS_AT_ONCE: usize = 8_192;

/// A `filters` and a `sort_by` as they were sent, at least one of them.
#[derive(Debug)]
pub(super) struct Narrow {
    pub(super) filters: Option<String>,
    pub(super) sort_by: Option<String>,
}

/// The rows that are left, in their order.
#[derive(Debug)]
pub(super) struct Narrowed {
    pub(super) rows: Vec<Row>,
    /// The length of all values and one line of column names, as text.
    pub(super) text_bytes: u64,
}

impl Narrow {
    /// None where neither is asked for: an empty one asks for nothing.
    pub(super) fn new(filters: Option<&str>, sort_by: Option<&str>) -> Option<Self> {
        let given = |text: Option<&str>| {
            text.filter(|text| !text.trim().is_empty())
                .map(str::to_owned)
        };
        let (filters, sort_by) = (given(filters), given(sort_by));
        (filters.is_some() || sort_by.is_some()).then_some(Self { filters, sort_by })
    }

    /// Reads the whole result. What is kept of it is in memory until the page is made.
    pub(super) fn apply(&self, result: &StoredResult) -> Result<Narrowed, ApiError> {
        for (name, text) in [("filters", &self.filters), ("sort_by", &self.sort_by)] {
            if text.as_ref().is_some_and(|text| text.len() > LONGEST) {
                let text = format!("invalid {name}: longer than {LONGEST} bytes");
                return Err(ApiError::bad_request(text));
            }
        }
        let filter = self.filters.as_deref();
        let filter = filter
            .map(|text| Filter::parse(text, &result.columns))
            .transpose()?;
        let sort = self.sort_by.as_deref();
        let sort = sort
            .map(|text| Sort::parse(text, &result.columns))
            .transpose()?;
        let mut rows = Vec::new();
        let mut offset = 0;
        while offset < result.rows {
            let page = result.page(offset, ROWS_AT_ONCE).map_err(|error| {
                ApiError::internal(format!("the result cannot be read: {error}"))
            })?;
            offset += page.len().max(1);
            rows.extend(
                page.into_iter()
                    .filter(|row| filter.as_ref().is_none_or(|filter| filter.keeps(row))),
            );
        }
        if let Some(sort) = sort {
            rows = sort.sorted(rows);
        }
        let header: usize = result
            .columns
            .iter()
            .map(|column| column.name.len() + 1)
            .sum();
        let text_bytes = header as u64 + rows.iter().map(text_bytes).sum::<u64>();
        Ok(Narrowed { rows, text_bytes })
    }
}

/// The place of a column that is named: as written, or else in any case.
fn column(name: &str, columns: &[Column]) -> Result<usize, ApiError> {
    let exact = columns.iter().position(|column| column.name == name);
    let any_case = || {
        columns
            .iter()
            .position(|column| column.name.eq_ignore_ascii_case(name))
    };
    exact.or_else(any_case).ok_or_else(|| {
        let known = dune_pipeline_graph::names::list(columns.iter().map(|column| &column.name));
        ApiError::bad_request(format!("the result has no column `{name}`: it has {known}"))
    })
}
