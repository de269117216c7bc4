//! The pages of a result. Each is asked for by the row it begins with; that they follow one another without a gap, and
//! add up to the total, is checked, for a lost page looks like a smaller answer.

use std::fmt;
use std::marker::PhantomData;

use dune_api::types;
use futures_util::stream::{self, Stream};
use serde::de::DeserializeOwned;
use url::Url;

use super::page::{Column, Misfit, Page, columns, decode};
use super::source::Source;
use crate::error::{Call, Error, PageFault, RowMisfit, UnfinishedNode};
use crate::run::{Run, RunStatus, State};

/// What Dune's own clients ask for. The server lowers it where rows are wide.
const PAGE_SIZE: u32 = 32_000;

/// The rows of a query, page by page; made by [`Run::pages`].
///
/// ```no_run
/// # async fn example(run: dune_pipeline::Run) -> Result<(), dune_pipeline::Error> {
/// let mut pages = run.query_pages::<serde_json::Value>(3101).page_size(1_000);
/// while let Some(page) = pages.next().await? {
///     println!("{} of {:?}", page.offset() + page.rows().len() as u64, page.total());
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "no page is read until it is asked for"]
pub struct Pages<T> {
    run: Run,
    source: Source,
    page_size: u32,
    allow_partial: bool,
    cursor: Cursor,
    row: PhantomData<fn() -> T>,
}

#[derive(Debug)]
enum Cursor {
    Start,
    At(Place),
    End,
}

/// Where the next page begins.
#[derive(Debug, Clone)]
struct Place {
    node: String,
    execution: String,
    offset: u64,
}

impl<T: DeserializeOwned> Pages<T> {
    pub(crate) fn new(run: Run, source: Source) -> Pages<T> {
        Pages {
            run,
            source,
            page_size: PAGE_SIZE,
            allow_partial: false,
            cursor: Cursor::Start,
            row: PhantomData,
        }
    }

    /// How many rows to ask for at once: 32,000 unless set. Dune gives fewer where rows are wide.
    pub fn page_size(mut self, rows: u32) -> Pages<T> {
        self.page_size = rows.max(1);
        self
    }

    /// Takes what there is of a result that Dune cut because it is too large, which is an error otherwise.
    pub fn allow_partial(mut self) -> Pages<T> {
        self.allow_partial = true;
        self
    }

    /// The next page, `None` after the last.
    ///
    /// After an error, and when the future was dropped, the same page is asked for again: no row is lost or repeated.
    ///
    /// # Errors
    /// Those of [`Run::rows`].
    pub async fn next(&mut self) -> Result<Option<Page<T>>, Error> {
        if let Cursor::Start = self.cursor {
            let (node, execution) = self.find().await?;
            let offset = 0;
            self.cursor = Cursor::At(Place {
                node,
                execution,
                offset,
            });
        }
        let Cursor::At(place) = &self.cursor else {
            return Ok(None);
        };
        let answer = self.read(place).await?;
        let (page, next) = self.page(place, answer)?;
        self.cursor = match next {
            Some(offset) => Cursor::At(Place {
                offset,
                ..place.clone()
            }),
            None => Cursor::End,
        };
        Ok(Some(page))
    }

    /// All rows at once.
    ///
    /// # Errors
    /// Those of [`Run::rows`].
    pub async fn rows(mut self) -> Result<Vec<T>, Error> {
        let mut rows = Vec::new();
        while let Some(page) = self.next().await? {
            rows.extend(page.into_rows());
        }
        Ok(rows)
    }

    /// The rows one by one; no more than a page is in memory. It ends with the first error.
    ///
    /// ```no_run
    /// use futures_util::TryStreamExt as _;
    ///
    /// # async fn example(run: dune_pipeline::Run) -> Result<(), dune_pipeline::Error> {
    /// let mut rows = Box::pin(run.query_pages::<serde_json::Value>(3101).into_stream());
    /// while let Some(row) = rows.try_next().await? {
    ///     println!("{row}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn into_stream(self) -> impl Stream<Item = Result<T, Error>> + Send
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

    /// The node whose rows these are and the execution that made them.
    async fn find(&self) -> Result<(String, String), Error> {
        let run = || self.run.id().to_owned();
        if let Source::Node(id, pipeline) = &self.source
            && self.run.plan().pipeline() != Some(*pipeline)
        {
            return Err(Error::ForeignNode {
                run: run(),
                node: format!("`{id}`"),
            });
        }
        let done = |status: &RunStatus| {
            let node = self.source.node_in(status, self.run.plan());
            node.is_ok_and(|node| node.state().is_final())
        };
        let status = self.run.settled(done).await?;
        let node = self.source.node_in(&status, self.run.plan())?;
        let name = node.name();
        match (node.state(), node.execution_id()) {
            (State::CompletedPartial, _) if !self.allow_partial => Err(Error::Partial {
                run: run(),
                node: name,
            }),
            (state, Some(execution)) if state.is_success() => Ok((name, execution.to_owned())),
            (state, None) if state.is_success() => Err(self.fault(&name, PageFault::Missing)),
            (state, _) if state.is_final() || status.is_final() => Err(Error::NodeFailed {
                run: run(),
                node: Box::new(UnfinishedNode::new(node, &status)),
            }),
            (state, _) => Err(Error::NodeNotFinished {
                run: run(),
                node: name,
                state: state.clone(),
            }),
        }
    }

    async fn read(&self, place: &Place) -> Result<types::ReadExecutionResultResponse, Error> {
        let call = Call::read(format!("reading rows of node {}", place.node)).of_run(self.run.id());
        let limit = i64::from(self.page_size);
        let offset = i64::try_from(place.offset).unwrap_or(i64::MAX);
        let partial = self.allow_partial.then_some(true);
        let dune = self.run.dune();
        let request = || {
            let api = dune.api();
            api.get_execution_results(
                &place.execution,
                partial,
                None,
                None,
                None,
                Some(limit),
                Some(offset),
                None,
                None,
            )
        };
        dune.send(&call, request).await
    }

    /// The rows in an answer and what it says of them, if it has some.
    fn result(
        &self,
        place: &Place,
        state: &State,
        result: Option<types::QueryResultData>,
        message: Option<String>,
    ) -> Result<types::QueryResultData, Error> {
        let run = || self.run.id().to_owned();
        let node = || place.node.clone();
        match (state, result) {
            (State::CompletedPartial, _) if !self.allow_partial => Err(Error::Partial {
                run: run(),
                node: node(),
            }),
            (state, Some(result)) if state.is_success() => Ok(result),
            (state, None) if state.is_success() => Err(self.fault(&place.node, PageFault::Missing)),
            (state, _) if state.is_final() => Err(Error::NodeFailed {
                run: run(),
                node: Box::new(UnfinishedNode::of_result(node(), state.clone(), message)),
            }),
            (state, _) => Err(Error::NodeNotFinished {
                run: run(),
                node: node(),
                state: state.clone(),
            }),
        }
    }

    /// Reads a page, and where the next one begins.
    fn page(
        &self,
        place: &Place,
        answer: types::ReadExecutionResultResponse,
    ) -> Result<(Page<T>, Option<u64>), Error> {
        let state = State::parse(&answer.state);
        let key = self.run.dune().api().key();
        let message = answer.error.and_then(|error| error.message);
        let message = message.map(|text| key.redact(&text).into_owned());
        let result = self.result(place, &state, answer.result, message)?;
        let metadata = result.metadata.unwrap_or_default();
        let total = metadata.total_row_count;
        let total = total.and_then(|total| u64::try_from(total).ok());
        let columns = columns(metadata);
        let mut rows = Vec::new();
        for (index, row) in (place.offset..).zip(result.rows.unwrap_or_default()) {
            let row = decode(&row.into())
                .map_err(|misfit| self.misfit(place, index, misfit, &columns))?;
            rows.push(row);
        }
        let count = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        let end = place.offset.saturating_add(count);
        let next = self
            .next_offset(answer.next_offset, answer.next_uri)
            .map_err(|fault| self.fault(&place.node, fault))?;
        let fault = match (next, total) {
            (Some(next), _) if u64::try_from(next) != Ok(end) || count == 0 => {
                Some(PageFault::Gap {
                    offset: place.offset,
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
            return Err(self.fault(&place.node, fault));
        }
        let page = Page {
            rows,
            offset: place.offset,
            total,
            columns,
        };
        Ok((page, next.map(|_| end)))
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
        let api = self.run.dune().api();
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

    fn fault(&self, node: &str, fault: PageFault) -> Error {
        Error::Pages {
            run: self.run.id().to_owned(),
            node: node.to_owned(),
            fault,
        }
    }

    fn misfit(&self, place: &Place, index: u64, misfit: Misfit, columns: &[Column]) -> Error {
        let column = columns
            .iter()
            .find(|column| Some(&column.name) == misfit.column.as_ref());
        Error::Row(Box::new(RowMisfit {
            run: self.run.id().to_owned(),
            node: place.node.clone(),
            index,
            column_type: column
                .map(|column| column.column_type.clone())
                .filter(|name| !name.is_empty()),
            column: misfit.column,
            reason: misfit.reason,
        }))
    }
}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("run", &self.run.id())
            .field("source", &self.source)
            .field("cursor", &self.cursor)
            .finish_non_exhaustive()
    }
}
