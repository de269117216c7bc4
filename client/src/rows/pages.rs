//! The pages of a result. Each is asked for by the row it begins with; that they follow one another without a gap, are
//! of one execution, and add up to the total, is checked, for a lost page looks like a smaller answer.

use std::fmt;
use std::marker::PhantomData;

use dune_api::{Whole, types};
use futures_util::stream::{self, Stream};
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use super::origin::{Found, Rowless, Target};
use super::page::{Misfit, Page, columns, decode};
use super::results::Results;
use crate::error::{Call, Error, PageFault, RowMisfit};
use crate::run::State;

/// As much of an answer that cannot be read as is kept, in bytes.
const LONGEST_START: usize = 2_000;

/// The rows of a result, page by page; made by [`Results::pages`].
///
/// ```no_run
/// # async fn example(run: dune_pipeline::Run) -> Result<(), dune_pipeline::Error> {
/// let mut pages = run.query_pages::<serde_json::Value>(3101);
/// while let Some(page) = pages.next().await? {
///     println!("{} of {:?}", page.offset() + page.rows().len() as u64, page.total());
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "no page is read until it is asked for"]
pub struct Pages<T> {
    results: Results,
    cursor: Cursor,
    row: PhantomData<fn() -> T>,
}

#[derive(Debug)]
enum Cursor {
    Start,
    At(Found, u64),
    End,
}

impl<T: DeserializeOwned> Pages<T> {
    pub(super) fn new(results: Results) -> Pages<T> {
        Pages {
            results,
            cursor: Cursor::Start,
            row: PhantomData,
        }
    }

    /// The next page, `None` after the last.
    ///
    /// After an error, and when the future was dropped, the same page is asked for again: no row is lost or repeated.
    ///
    /// # Errors
    /// Those of [`Results::rows`].
    pub async fn next(&mut self) -> Result<Option<Page<T>>, Error> {
        if let Cursor::Start = self.cursor {
            let found = self.results.origin.find(self.results.allow_partial).await?;
            self.cursor = Cursor::At(found, 0);
        }
        let Cursor::At(found, offset) = &self.cursor else {
            return Ok(None);
        };
        let (mut found, offset) = (found.clone(), *offset);
        let call = found.call();
        let answer = self.fetch(&found, &call, offset).await?;
        let answer = self.parse(&call, &answer)?;
        found
            .settle(&answer.execution_id)
            .map_err(|fault| found.fault(fault))?;
        let (page, next) = self.page(&found, offset, answer)?;
        self.cursor = match next {
            Some(offset) => Cursor::At(found, offset),
            None => Cursor::End,
        };
        Ok(Some(page))
    }

    /// The rows one by one; no more than a page is in memory. It ends with the first error.
    pub(super) fn into_stream(self) -> impl Stream<Item = Result<T, Error>> + Send
    where
        T: Send,
    {
        let start = (self, Vec::new().into_iter());
        stream::try_unfold(start, |(mut pages, mut rows)| async move {
            loop {
                if let Some(row) = rows.next() {
                    return Ok(Some((row, (pages, rows))));
                }
                match pages.next().await? {
                    Some(page) => rows = page.into_rows().into_iter(),
                    None => return Ok(None),
                }
            }
        })
    }

    async fn fetch(&self, found: &Found, call: &Call, offset: u64) -> Result<Whole, Error> {
        let results = &self.results;
        let mut query = vec![
            ("limit".to_owned(), results.page_size.to_string()),
            ("offset".to_owned(), offset.to_string()),
        ];
        if results.allow_partial {
            query.push(("allow_partial_results".to_owned(), "true".to_owned()));
        }
        let (operation, id);
        let path = match &found.target {
            Target::Execution(execution) => {
                operation = "get_execution_results";
                ["execution", execution.as_str(), "results"]
            }
            Target::Query(number, parameters) => {
                operation = "get_query_results";
                id = number.to_string();
                for (key, value) in parameters {
                    let value = value
                        .as_str()
                        .map_or_else(|| value.to_string(), str::to_owned);
                    query.push((format!("params.{key}"), value));
                }
                ["query", id.as_str(), "results"]
            }
        };
        let dune = &results.dune;
        let request = || {
            let query = query.iter().map(|(key, value)| (key, value));
            dune.api().get_whole(operation, &path, query)
        };
        dune.send(call, request).await
    }

    fn parse(
        &self,
        call: &Call,
        answer: &Whole,
    ) -> Result<types::ReadExecutionResultResponse, Error> {
        serde_json::from_slice(&answer.body).map_err(|error| {
            let key = self.results.dune.api().key();
            let clean = |text: &str| key.redact(text).into_owned();
            let start = answer.body.get(..LONGEST_START).unwrap_or(&answer.body);
            Error::UnreadableAnswer {
                call: call.tried(1),
                reason: clean(&error.to_string()),
                text: clean(&String::from_utf8_lossy(start)),
            }
        })
    }

    /// Reads a page, and where the next one begins.
    fn page(
        &self,
        found: &Found,
        offset: u64,
        answer: types::ReadExecutionResultResponse,
    ) -> Result<(Page<T>, Option<u64>), Error> {
        let state = State::parse(&answer.state);
        if state == State::CompletedPartial && !self.results.allow_partial {
            return Err(found.partial());
        }
        let result = match answer.result {
            Some(result) if state.is_success() => result,
            _ => return Err(found.rowless(self.rowless(state, answer.error))),
        };
        let metadata = result.metadata.unwrap_or_default();
        let total = metadata.total_row_count;
        let total = total.and_then(|total| u64::try_from(total).ok());
        let columns = columns(metadata);
        let mut rows = Vec::new();
        for (index, row) in (offset..).zip(result.rows.unwrap_or_default()) {
            let row = row.into();
            let row = decode(&row).map_err(|misfit| {
                let column = columns
                    .iter()
                    .find(|column| Some(&column.name) == misfit.column.as_ref());
                let Misfit {
                    column: name,
                    reason,
                } = misfit;
                let value = name
                    .as_ref()
                    .and_then(|name| row.get(name))
                    .map(Value::to_string);
                Error::Row(Box::new(RowMisfit {
                    of: found.of.clone(),
                    index,
                    column_type: column
                        .map(|column| column.column_type.clone())
                        .filter(|name| !name.is_empty()),
                    column: name,
                    value,
                    reason,
                }))
            })?;
            rows.push(row);
        }
        let count = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        let end = offset.saturating_add(count);
        let next = self
            .next_offset(answer.next_offset, answer.next_uri)
            .map_err(|fault| found.fault(fault))?;
        let fault = match (next, total) {
            (Some(next), _) if u64::try_from(next) != Ok(end) || count == 0 => {
                Some(PageFault::Gap {
                    offset,
                    rows: count,
                    next,
                })
            }
            // What was cut may be counted or not.
            (None, Some(expected)) if expected != end && state == State::Completed => {
                Some(PageFault::Total {
                    expected,
                    read: end,
                })
            }
            _ => None,
        };
        if let Some(fault) = fault {
            return Err(found.fault(fault));
        }
        let page = Page {
            rows,
            offset,
            total,
            columns,
        };
        Ok((page, next.map(|_| end)))
    }

    fn rowless(&self, state: State, error: Option<types::QueryResultError>) -> Rowless {
        let key = self.results.dune.api().key();
        let error = error.unwrap_or_default();
        let place = error.metadata.unwrap_or_default();
        Rowless {
            state,
            message: error.message.map(|text| key.redact(&text).into_owned()),
            line: place.line,
            column: place.column,
        }
    }

    /// The row the next page begins with: as it is said, or else out of the address of that page. The address itself
    /// is not fetched, so that the key goes to no other host; all it adds to the offset is what was asked for anyway.
    fn next_offset(
        &self,
        offset: Option<i64>,
        uri: Option<String>,
    ) -> Result<Option<i64>, PageFault> {
        if let Some(offset) = offset {
            return Ok(Some(offset));
        }
        let Some(uri) = uri.filter(|uri| !uri.is_empty()) else {
            return Ok(None);
        };
        let api = self.results.dune.api();
        let offset = Url::parse(&uri)
            .ok()
            .filter(|url| api.base_url().same_origin(url))
            .and_then(|url| {
                let (_, offset) = url.query_pairs().find(|(key, _)| key == "offset")?;
                offset.parse().ok()
            });
        match offset {
            Some(offset) => Ok(Some(offset)),
            None => Err(PageFault::Elsewhere {
                uri: api.key().redact(&uri).into_owned(),
            }),
        }
    }
}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("results", &self.results)
            .field("cursor", &self.cursor)
            .finish_non_exhaustive()
    }
}
