//! A request for the rows of one result, put together before it is sent: how much of it, in what form.

use std::fmt;

use bytes::Bytes;
use futures_util::future::Either;
use futures_util::stream::Stream;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::column::{ColumnName, SortKey};
use super::csv;
use super::filter::Filter;
use super::origin::{Origin, Source};
use super::pages::Pages;
use super::selection::Selection;
use super::stream;
use crate::dune::Dune;
use crate::error::Error;
use crate::run::Run;

/// What Dune's own clients ask for. The server lowers it where rows are wide.
const PAGE_SIZE: u32 = 32_000;

/// The rows of one result, to be read: those of a node of a [run](Run::results), of an execution, or the latest ones of a
/// query.
///
/// Nothing is asked until rows are: all at once with [`rows`](Results::rows), one by one with
/// [`stream`](Results::stream), or page by page with [`pages`](Results::pages). Reading rows costs export credits.
///
/// ```no_run
/// # async fn example(run: dune_pipeline::Run, trend: dune_pipeline::QueryNode) -> Result<(), dune_pipeline::Error> {
/// let rows: Vec<serde_json::Value> = run.results(trend).allow_partial().rows().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "no row is read until it is asked for"]
pub struct Results {
    pub(super) dune: Dune,
    pub(super) origin: Origin,
    pub(super) selection: Selection,
    pub(super) read_ahead: bool,
    pub(super) page_size: u32,
    pub(super) allow_partial: bool,
}

impl Results {
    /// Those of a node of a run.
    pub(crate) fn of_node(run: Run, source: Source) -> Results {
        Results::new(run.dune().clone(), Origin::Node(run, source))
    }

    /// Those of an execution (`GET /v1/execution/{execution_id}/results`).
    pub(crate) fn of_execution(dune: Dune, execution_id: String) -> Results {
        Results::new(dune, Origin::Execution(execution_id))
    }

    /// The newest ones of a query (`GET /v1/query/{query_id}/results`): with these values of its parameters, or, without
    /// any, whatever they were. Further pages are those of the execution that the first one names.
    pub(crate) fn latest(dune: Dune, query_id: i64, parameters: Map<String, Value>) -> Results {
        Results::new(dune, Origin::Latest(query_id, parameters))
    }

    fn new(dune: Dune, origin: Origin) -> Results {
        Results {
            dune,
            origin,
            selection: Selection::default(),
            read_ahead: false,
            page_size: PAGE_SIZE,
            allow_partial: false,
        }
    }

    /// Only rows that fulfil a condition; of several conditions, all of them. Offset, limit and order are those of the
    /// rows that are left.
    ///
    /// ```no_run
    /// use dune_pipeline::rows::column;
    ///
    /// # async fn example(run: dune_pipeline::Run, trades: dune_pipeline::QueryNode) -> Result<(), dune_pipeline::Error> {
    /// let largest: Vec<serde_json::Value> = run
    ///     .results(trades)
    ///     .filter(column("amount_usd").is_not_null())
    ///     .filter(column("blockchain").is_in(["base", "ethereum"]))
    ///     .sort_by(column("amount_usd").descending())
    ///     .columns(["block_time", "amount_usd"])
    ///     .limit(100)
    ///     .rows()
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn filter(mut self, filter: Filter) -> Results {
        self.selection.filter = Some(match self.selection.filter.take() {
            Some(before) => before.and(filter),
            None => filter,
        });
        self
    }

    /// The order of the rows: that of the query unless set. A name alone sorts upwards, and each further column decides
    /// where those before it are equal.
    pub fn sort_by(mut self, key: impl Into<SortKey>) -> Results {
        self.selection.sort_by.push(key.into());
        self
    }

    /// Only these columns.
    pub fn columns(mut self, columns: impl IntoIterator<Item = impl Into<ColumnName>>) -> Results {
        self.selection.columns = Some(columns.into_iter().map(Into::into).collect());
        self
    }

    /// About so many rows, chosen by Dune at random from the whole result; all of them if there are fewer. They come in one
    /// answer. It does not go with a filter, a limit or an offset: that is refused before anything is sent.
    pub fn sample(mut self, rows: u64) -> Results {
        self.selection.sample = Some(rows);
        self
    }

    /// So many rows at most, over all pages.
    pub fn limit(mut self, rows: u64) -> Results {
        self.selection.limit = Some(rows);
        self
    }

    /// Passes over so many rows. Behind the last row there are none, which is no error.
    pub fn offset(mut self, rows: u64) -> Results {
        self.selection.offset = Some(rows);
        self
    }

    /// Lets one page hold more than 250,000 values, Dune's limit for those who do not ask for more: fewer requests, and
    /// more memory for each.
    pub fn ignore_max_datapoints_per_request(mut self) -> Results {
        self.selection.all_datapoints = true;
        self
    }

    /// Asks for the next page while the one before is in use, which takes the memory of some three pages more. Not done
    /// unless asked for: a page that nobody reads costs credits too.
    pub fn read_ahead(mut self) -> Results {
        self.read_ahead = true;
        self
    }

    /// How many rows to ask for at once: 32,000 unless set. Dune gives fewer where rows are wide.
    pub fn page_size(mut self, rows: u32) -> Results {
        self.page_size = rows.max(1);
        self
    }

    /// Takes what there is of a result that Dune cut because it is too large, which is an error otherwise.
    pub fn allow_partial(mut self) -> Results {
        self.allow_partial = true;
        self
    }

    /// All rows at once, each read into a `T`.
    ///
    /// # Errors
    /// [`Error::ExecutionNotFinished`] and [`Error::ExecutionFailed`] where there are no rows, of a node
    /// [`Error::NodeNotFinished`] and [`Error::NodeFailed`]; [`Error::Partial`] where Dune cut the result,
    /// [`Error::Row`] for a row that is no `T`, [`Error::Pages`] where pages do not add up, and what became of a request.
    pub async fn rows<T: DeserializeOwned>(self) -> Result<Vec<T>, Error> {
        let mut rows = Vec::new();
        self.pages().rest_into(&mut rows).await?;
        Ok(rows)
    }

    /// Page by page: for results that should not be in memory at once.
    pub fn pages<T: DeserializeOwned>(self) -> Pages<T> {
        Pages::new(self)
    }

    /// The rows one by one; no more than a page is in memory, as it came. It ends with the first error, one of those of
    /// [`rows`](Results::rows). A row is given out before what stands behind it is read, so rows of a page that turns out
    /// to be broken may have come before the error.
    ///
    /// ```no_run
    /// use futures_util::TryStreamExt as _;
    ///
    /// # async fn example(run: dune_pipeline::Run, trend: dune_pipeline::QueryNode) -> Result<(), dune_pipeline::Error> {
    /// let mut rows = Box::pin(run.results(trend).stream::<serde_json::Value>());
    /// while let Some(row) = rows.try_next().await? {
    ///     println!("{row}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn stream<T>(self) -> impl Stream<Item = Result<T, Error>> + Send
    where
        T: DeserializeOwned + Send,
    {
        // Where the next page begins turns out when the last row of a page is read: too late to read ahead.
        match self.read_ahead {
            true => Either::Left(self.pages().into_stream()),
            false => Either::Right(stream::rows(self)),
        }
    }
}

impl Results {
    /// The rows as CSV (`GET /v1/execution/{execution_id}/results/csv`), all pages one after the other: one line of names
    /// at the start, every line ended. A page is handed on once it has arrived as a whole, so that one which broke off is
    /// read again and no byte comes twice.
    ///
    /// One row is asked for as JSON first: from it comes how the execution ended, how many rows there must be, and which one
    /// is the latest of a query.
    ///
    /// ```no_run
    /// use futures_util::TryStreamExt as _;
    /// use std::io::Write as _;
    ///
    /// # async fn example(run: dune_pipeline::Run, trend: dune_pipeline::QueryNode) -> Result<(), Box<dyn std::error::Error>> {
    /// let mut file = std::fs::File::create("trend.csv")?;
    /// let mut pages = Box::pin(run.results(trend).csv());
    /// while let Some(page) = pages.try_next().await? {
    ///     file.write_all(&page)?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// It ends with the first, one of those of [`rows`](Results::rows), but for [`Error::Row`].
    pub fn csv(self) -> impl Stream<Item = Result<Bytes, Error>> + Send {
        csv::stream(self)
    }

    /// Whether it can be asked for.
    pub(super) fn check(&self) -> Result<(), Error> {
        self.selection.check().map_err(Error::InvalidSelection)
    }
}

impl fmt::Debug for Results {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Results")
            .field("of", &self.origin)
            .field("selection", &self.selection)
            .field("page_size", &self.page_size)
            .field("allow_partial", &self.allow_partial)
            .finish_non_exhaustive()
    }
}
