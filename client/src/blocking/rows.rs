//! The rows of a result: all at once, page by page, or one by one.

#[cfg(feature = "parquet")]
use std::io::Write;

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use serde::de::DeserializeOwned;

use super::list::one_by_one;
use super::runtime::Runtime;
use crate::error::Error;
#[cfg(feature = "parquet")]
use crate::rows::WriteParquet;
use crate::rows::{ColumnName, Filter, Page, SortKey};

/// The rows of one result, to be read, for programs without `async`: see [`crate::Results`].
///
/// Nothing is asked until rows are.
#[derive(Debug, Clone)]
#[must_use = "no row is read until it is asked for"]
pub struct Results {
    inner: crate::Results,
    runtime: Runtime,
}

impl Results {
    pub(super) fn new(inner: crate::Results, runtime: Runtime) -> Results {
        Results { inner, runtime }
    }

    fn with(self, change: impl FnOnce(crate::Results) -> crate::Results) -> Results {
        Results::new(change(self.inner), self.runtime)
    }

    /// Only rows that fulfil a condition: see [`crate::Results::filter`].
    pub fn filter(self, filter: Filter) -> Results {
        self.with(|results| results.filter(filter))
    }

    /// The order of the rows: see [`crate::Results::sort_by`].
    pub fn sort_by(self, key: impl Into<SortKey>) -> Results {
        self.with(|results| results.sort_by(key))
    }

    /// Only these columns.
    pub fn columns(self, columns: impl IntoIterator<Item = impl Into<ColumnName>>) -> Results {
        self.with(|results| results.columns(columns))
    }

    /// About so many rows, chosen at random: see [`crate::Results::sample`].
    pub fn sample(self, rows: u64) -> Results {
        self.with(|results| results.sample(rows))
    }

    /// So many rows at most, over all pages.
    pub fn limit(self, rows: u64) -> Results {
        self.with(|results| results.limit(rows))
    }

    /// Passes over so many rows.
    pub fn offset(self, rows: u64) -> Results {
        self.with(|results| results.offset(rows))
    }

    /// Lets one page hold more than 250,000 values: see [`crate::Results::ignore_max_datapoints_per_request`].
    pub fn ignore_max_datapoints_per_request(self) -> Results {
        self.with(crate::Results::ignore_max_datapoints_per_request)
    }

    /// Asks for the next page while the one before is in use: see [`crate::Results::read_ahead`].
    pub fn read_ahead(self) -> Results {
        self.with(crate::Results::read_ahead)
    }

    /// How many rows to ask for at once: 32,000 unless set.
    pub fn page_size(self, rows: u32) -> Results {
        self.with(|results| results.page_size(rows))
    }

    /// Takes what there is of a result that Dune cut because it is too large.
    pub fn allow_partial(self) -> Results {
        self.with(crate::Results::allow_partial)
    }

    /// All rows at once, each read into a `T`: see [`crate::Results::rows`].
    ///
    /// # Errors
    /// As there.
    pub fn rows<T: DeserializeOwned>(self) -> Result<Vec<T>, Error> {
        self.runtime.wait_for(self.inner.rows())
    }

    /// Page by page: for results that should not be in memory at once.
    pub fn pages<T: DeserializeOwned>(self) -> Pages<T> {
        Pages {
            inner: self.inner.pages(),
            runtime: self.runtime,
        }
    }

    /// The rows one by one; no more than a page is in memory. It ends with the first error.
    pub fn stream<T: DeserializeOwned>(self) -> impl Iterator<Item = Result<T, Error>> {
        let mut pages = self.pages();
        one_by_one(move || Some(pages.next()?.map(Page::into_rows)))
    }

    /// The rows as CSV, the bytes of a page at a time: see [`crate::Results::csv`]. It ends with the first error.
    pub fn csv(self) -> impl Iterator<Item = Result<Bytes, Error>> {
        let mut pages = Box::pin(self.inner.csv());
        std::iter::from_fn(move || self.runtime.wait_for(pages.try_next()).transpose())
    }

    /// The rows as record batches of Arrow, one for each page (feature `arrow`): see [`crate::Results::record_batches`]. After
    /// an error the same page is asked for again.
    #[cfg(feature = "arrow")]
    pub fn record_batches(self) -> impl Iterator<Item = Result<arrow_array::RecordBatch, Error>> {
        let mut batches = self.inner.record_batches();
        std::iter::from_fn(move || self.runtime.wait_for(batches.next()).transpose())
    }

    /// Writes the rows as a Parquet file and gives their number (feature `parquet`): see
    /// [`crate::Results::write_parquet`].
    ///
    /// # Errors
    /// As there.
    #[cfg(feature = "parquet")]
    pub fn write_parquet(self, to: impl Write + Send) -> Result<u64, Error> {
        self.write_parquet_with(to, |write| write)
    }

    /// Writes the rows as a Parquet file, as told: with another compression, for example, or telling how far it is.
    ///
    /// # Errors
    /// As [`write_parquet`](Results::write_parquet).
    #[cfg(feature = "parquet")]
    pub fn write_parquet_with<'w, W: Write + Send + 'w>(
        self,
        to: W,
        told: impl FnOnce(WriteParquet<'w, W>) -> WriteParquet<'w, W>,
    ) -> Result<u64, Error> {
        let write = told(self.inner.write_parquet(to));
        self.runtime.wait_for(write.into_future())
    }
}

/// The pages of a result, as an iterator: see [`crate::Pages`].
///
/// After an error the same page is asked for again: no row is lost or repeated.
#[must_use = "no page is read until it is asked for"]
pub struct Pages<T> {
    inner: crate::Pages<T>,
    runtime: Runtime,
}

impl<T: DeserializeOwned> Iterator for Pages<T> {
    type Item = Result<Page<T>, Error>;

    fn next(&mut self) -> Option<Result<Page<T>, Error>> {
        self.runtime.wait_for(self.inner.next()).transpose()
    }
}

impl<T> std::fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.inner.fmt(f)
    }
}
