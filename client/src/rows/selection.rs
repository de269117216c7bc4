//! Which part of a result is asked for, as the API has it: conditions, order, columns, a sample, limit and offset.

use super::column::{ColumnName, SortKey};
use super::filter::Filter;
use crate::error::SelectionFault;

/// Which part of a result it is.
#[derive(Debug, Clone, Default)]
pub(super) struct Selection {
    pub(super) filter: Option<Filter>,
    pub(super) sort_by: Vec<SortKey>,
    pub(super) columns: Option<Vec<ColumnName>>,
    pub(super) sample: Option<u64>,
    pub(super) limit: Option<u64>,
    pub(super) offset: Option<u64>,
    pub(super) all_datapoints: bool,
}

impl Selection {
    /// Whether the API takes it, so that what it does not is told before anything is sent.
    pub(super) fn check(&self) -> Result<(), SelectionFault> {
        if let Some(filter) = &self.filter {
            filter.checked().map_err(Clone::clone)?;
        }
        if self.columns.as_ref().is_some_and(Vec::is_empty) {
            return Err(SelectionFault::NoColumns);
        }
        if self.sample.is_some() {
            let others = [
                ("filter", self.filter.is_some()),
                ("limit", self.limit.is_some()),
                ("offset", self.offset.is_some()),
            ];
            if let Some((with, _)) = others.into_iter().find(|(_, given)| *given) {
                return Err(SelectionFault::SampleWith { with });
            }
        }
        Ok(())
    }

    /// What is asked the same way for every page.
    pub(super) fn query(&self, query: &mut Vec<(String, String)>) {
        let mut put = |key: &str, value: String| query.push((key.to_owned(), value));
        if let Some(filter) = &self.filter {
            put("filters", filter.to_string());
        }
        if !self.sort_by.is_empty() {
            put("sort_by", listed(&self.sort_by, ", "));
        }
        if let Some(columns) = &self.columns {
            // Dune allows no blank here.
            put("columns", listed(columns, ","));
        }
        if let Some(sample) = self.sample {
            put("sample_count", sample.to_string());
        }
        if self.all_datapoints {
            put("ignore_max_datapoints_per_request", "true".to_owned());
        }
    }

    /// How many rows are still wanted once so many have come.
    pub(super) fn wanted(&self, read: u64) -> Option<u64> {
        self.limit.map(|limit| limit.saturating_sub(read))
    }
}

fn listed(items: &[impl ToString], separator: &str) -> String {
    let items: Vec<String> = items.iter().map(ToString::to_string).collect();
    items.join(separator)
}
