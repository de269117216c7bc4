//! One page of a result: which rows and columns are asked for, and where the next page is.

use super::error::ApiError;
use super::narrow::{Narrow, Narrowed};
use super::request::Pairs;
use crate::engine::{Column, Row};
use crate::executions::{StoredResult, text_bytes};

/// The rows of a page, whatever is asked for.
const MAX_ROWS: usize = 32_000;
/// The cells of a page, unless the caller lifts that.
const MAX_DATAPOINTS: usize = 250_000;

/// What a caller asks of a result.
#[derive(Debug)]
pub(super) struct PageRequest {
    limit: Option<usize>,
    offset: usize,
    columns: Option<Vec<String>>,
    narrow: Option<Narrow>,
    sample: Option<usize>,
    all_datapoints: bool,
    key: Option<String>,
}

/// The page that answers it.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Row>,
    /// The first row of the next page; none on the last.
    pub(super) next: Option<usize>,
    /// The length of the page's values and column names, as text.
    pub(super) text_bytes: u64,
    /// The rows of all pages.
    pub(super) total_rows: usize,
    /// The length of their values and column names, as text.
    pub(super) total_text_bytes: u64,
}

impl PageRequest {
    pub(super) fn new(pairs: &Pairs) -> Result<Self, ApiError> {
        let sample = pairs.number("sample_count")?;
        let (limit, offset) = (pairs.number("limit")?, pairs.number("offset")?);
        let narrow = Narrow::new(pairs.get("filters"), pairs.get("sort_by"));
        let filtered = narrow
            .as_ref()
            .is_some_and(|narrow| narrow.filters.is_some());
        if sample.is_some() && (limit.is_some() || offset.is_some() || filtered) {
            let text = "sample_count cannot be combined with limit, offset or filters";
            return Err(ApiError::bad_request(text));
        }
        Ok(Self {
            // Zero is what a client sends that has no limit to give.
            limit: limit.filter(|limit| *limit > 0),
            offset: offset.unwrap_or(0),
            columns: pairs.get("columns").map(names).transpose()?,
            narrow,
            sample,
            all_datapoints: pairs.flag("ignore_max_datapoints_per_request"),
            key: pairs.key().map(str::to_owned),
        })
    }

    /// The page of a result. Reads from a file where the result is large.
    pub(super) fn of(&self, result: &StoredResult) -> Result<Page, ApiError> {
        let chosen = self.chosen(result)?;
        let source = match &self.narrow {
            Some(narrow) => Source::Narrowed(narrow.apply(result)?),
            None => Source::Whole(result),
        };
        let rows = match self.sample {
            Some(count) => source.sample(count),
            None => source.page(self.offset, self.rows(chosen.len())),
        };
        let rows = rows
            .map_err(|error| ApiError::internal(format!("the result cannot be read: {error}")))?;
        let (total_rows, total_text_bytes) = source.size();
        let end = self.offset.saturating_add(rows.len());
        let more = self.sample.is_none() && end < total_rows && !rows.is_empty();
        let columns: Vec<Column> = chosen
            .iter()
            .filter_map(|index| result.columns.get(*index).cloned())
            .collect();
        let rows: Vec<Row> = if chosen.len() == result.columns.len() && self.columns.is_none() {
            rows
        } else {
            rows.into_iter().map(|row| pick(&row, &chosen)).collect()
        };
        let header: usize = columns.iter().map(|column| column.name.len() + 1).sum();
        Ok(Page {
            text_bytes: header as u64 + rows.iter().map(text_bytes).sum::<u64>(),
            columns,
            rows,
            next: more.then_some(end),
            total_rows,
            total_text_bytes,
        })
    }

    /// The address of the page that begins at `offset`; it needs nothing added.
    pub(super) fn uri(&self, origin: &str, execution_id: &str, csv: bool, offset: usize) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        if let Some(key) = &self.key {
            query.append_pair(super::auth::PARAMETER, key);
        }
        if let Some(columns) = &self.columns {
            let columns: Vec<String> = columns.iter().map(|name| quoted(name)).collect();
            query.append_pair("columns", &columns.join(","));
        }
        if let Some(narrow) = &self.narrow {
            for (name, text) in [("filters", &narrow.filters), ("sort_by", &narrow.sort_by)] {
                if let Some(text) = text {
                    query.append_pair(name, text);
                }
            }
        }
        if self.all_datapoints {
            query.append_pair("ignore_max_datapoints_per_request", "true");
        }
        if let Some(limit) = self.limit {
            query.append_pair("limit", &limit.to_string());
        }
        query.append_pair("offset", &offset.to_string());
        let csv = if csv { "/csv" } else { "" };
        format!(
            "{origin}/api/v1/execution/{execution_id}/results{csv}?{}",
            query.finish()
        )
    }

    /// How many rows of so many columns the page may have.
    fn rows(&self, columns: usize) -> usize {
        let wanted = self.limit.unwrap_or(MAX_ROWS).min(MAX_ROWS);
        if self.all_datapoints {
            return wanted;
        }
        wanted.min(MAX_DATAPOINTS / columns.max(1)).max(1)
    }

    fn chosen(&self, result: &StoredResult) -> Result<Vec<usize>, ApiError> {
        let Some(names) = &self.columns else {
            return Ok((0..result.columns.len()).collect());
        };
        let known = |name: &String| {
            let index = result
                .columns
                .iter()
                .position(|column| column.name == *name);
            index.ok_or_else(|| {
                let columns = result.columns.iter().map(|column| &column.name);
                let known = dune_pipeline_graph::names::list(columns);
                ApiError::bad_request(format!("the result has no column `{name}`: it has {known}"))
            })
        };
        names.iter().map(known).collect()
    }
}

fn pick(row: &Row, chosen: &[usize]) -> Row {
    let value = |index: &usize| row.get(*index).cloned().unwrap_or_default();
    chosen.iter().map(value).collect()
}

/// Where a page's rows come from.
enum Source<'a> {
    Whole(&'a StoredResult),
    Narrowed(Narrowed),
}

impl Source<'_> {
    /// How many rows there are, and the length of their values and column names as text.
    fn size(&self) -> (usize, u64) {
        match self {
            Self::Whole(result) => (result.rows, result.text_bytes),
            Self::Narrowed(narrowed) => (narrowed.rows.len(), narrowed.text_bytes),
        }
    }

    fn page(&self, offset: usize, limit: usize) -> std::io::Result<Vec<Row>> {
        match self {
            Self::Whole(result) => result.page(offset, limit),
            Self::Narrowed(narrowed) => {
                let rows = narrowed.rows.iter().skip(offset).take(limit);
                Ok(rows.cloned().collect())
            }
        }
    }

    /// So many rows evenly from all of them, all if there are fewer.
    fn sample(&self, count: usize) -> std::io::Result<Vec<Row>> {
        let (count, (all, _)) = (count.min(MAX_ROWS), self.size());
        if count >= all {
            return self.page(0, all);
        }
        let mut rows = Vec::with_capacity(count);
        for at in 0..count {
            rows.extend(self.page(at * all / count, 1)?);
        }
        Ok(rows)
    }
}

/// Names with commas between them; one in double quotes may hold a comma.
fn names(text: &str) -> Result<Vec<String>, ApiError> {
    let mut names = Vec::new();
    let mut rest = text;
    loop {
        let (name, after) = if let Some(inner) = rest.strip_prefix('"') {
            let open = || ApiError::bad_request("invalid columns: a quote is not closed");
            let (name, after) = inner.split_once('"').ok_or_else(open)?;
            (name, after)
        } else {
            rest.split_at(rest.find(',').unwrap_or(rest.len()))
        };
        names.push(name.to_owned());
        rest = match after.strip_prefix(',') {
            Some(more) => more,
            None if after.is_empty() => return Ok(names),
            None => return Err(ApiError::bad_request("invalid columns: a comma is missing")),
        };
    }
}

fn quoted(name: &str) -> String {
    if name.contains(',') {
        format!("\"{name}\"")
    } else {
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_columns_may_be_quoted() {
        assert_eq!(names("a,\"b,c\",d").unwrap(), ["a", "b,c", "d"]);
        assert!(names("\"a").is_err());
        assert!(names("\"a\"b").is_err());
    }
}
