//! Page after page of a result as the bytes they came as, for every form that rows are read into: which page is next,
//! asking for it, also ahead, and whether what came fits what was asked for.

use std::fmt;

use dune_api::Whole;
use dune_api::types::{ExecutionResultMetadata, QueryResultError};
use tokio::task::JoinHandle;
use url::Url;

use super::envelope::Envelope;
use super::origin::{Found, Rowless, Target};
use super::results::Results;
use crate::error::{Call, Error, PageFault};
use crate::execution::QueryError;
use crate::run::State;

/// As much of an answer that cannot be read as is kept, in bytes.
const LONGEST_START: usize = 2_000;

/// Which page of a result is next.
pub(super) struct Reader {
    results: Results,
    form: Form,
    cursor: Cursor,
    ahead: Option<Ahead>,
}

/// In which form rows are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Json,
    Csv,
}

#[derive(Debug)]
enum Cursor {
    Start,
    At(Place),
    End,
}

/// Where the next page begins.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) found: Found,
    /// Its first row in the whole result.
    pub(super) offset: u64,
    /// How many rows were given out before it.
    pub(super) read: u64,
    /// How many rows the page before it had: the best guess for this one.
    pub(super) rows_before: usize,
}

impl Place {
    fn first(found: Found, results: &Results) -> Place {
        Place {
            found,
            offset: results.selection.offset.unwrap_or(0),
            read: 0,
            rows_before: 0,
        }
    }
}

/// What is said of a page besides its rows.
pub(super) struct Said {
    pub(super) next_offset: Option<i64>,
    pub(super) next_uri: Option<String>,
    /// The rows of all pages.
    pub(super) total: Option<u64>,
    /// Whether the result was cut.
    pub(super) partial: bool,
}

/// The request for a page that is under way before it is asked for. It ends with the value.
struct Ahead(JoinHandle<Result<Whole, Error>>);

impl Drop for Ahead {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Reader {
    pub(super) fn new(results: Results, form: Form) -> Reader {
        Reader {
            results,
            form,
            cursor: Cursor::Start,
            ahead: None,
        }
    }

    /// Of an execution that was found before.
    pub(super) fn of_found(results: Results, form: Form, found: Found) -> Reader {
        let cursor = Cursor::At(Place::first(found, &results));
        Reader {
            cursor,
            ..Reader::new(results, form)
        }
    }

    /// The next page as it came, and where it begins. After an error, and when the future was dropped, it is asked for
    /// again: only [`advance`](Reader::advance) goes on.
    pub(super) async fn next(&mut self) -> Result<Option<(Place, Whole)>, Error> {
        if let Cursor::Start = self.cursor {
            self.results.check()?;
            self.cursor = match self.results.selection.limit {
                Some(0) => Cursor::End,
                _ => {
                    let found = self.results.origin.find(self.results.allow_partial).await?;
                    Cursor::At(Place::first(found, &self.results))
                }
            };
        }
        let Cursor::At(place) = &self.cursor else {
            return Ok(None);
        };
        let place = place.clone();
        let ahead = match &mut self.ahead {
            Some(ahead) => (&mut ahead.0).await.ok(),
            None => None,
        };
        self.ahead = None;
        let page = match ahead {
            Some(page) => page?,
            None => fetch(&self.results, self.form, &place).await?,
        };
        Ok(Some((place, page)))
    }

    /// How many rows of a page that begins here are wanted, where not all of them are.
    pub(super) fn wanted(&self, place: &Place) -> Option<usize> {
        let wanted = self.results.selection.wanted(place.read)?;
        Some(usize::try_from(wanted).unwrap_or(usize::MAX))
    }

    /// Goes on to the page after this one, of which so many rows came and all of them that are wanted are used.
    pub(super) fn advance(&mut self, place: Place, rows: usize, said: &Said) -> Result<(), Error> {
        let count = u64::try_from(rows).unwrap_or(u64::MAX);
        let end = place.offset.saturating_add(count);
        let read = place.read.saturating_add(count);
        let selection = &self.results.selection;
        let fault = |fault| Err(place.found.fault(fault));
        let next = match self.next_offset(said) {
            Ok(next) => next,
            Err(reason) => return fault(reason),
        };
        // A sample is what one answer holds, and its total is that of the result.
        let over = selection.sample.is_some() || selection.wanted(read) == Some(0);
        match (next, said.total) {
            _ if over => {}
            (Some(next), _) if u64::try_from(next) != Ok(end) || rows == 0 => {
                return fault(PageFault::Gap {
                    offset: place.offset,
                    rows: count,
                    next,
                });
            }
            // Pages without end would fill the memory of whoever wants all rows.
            (Some(_), Some(expected)) if !said.partial && expected < end => {
                return fault(PageFault::Total {
                    expected,
                    read: end,
                });
            }
            // What was cut may be counted or not, and so may what a condition leaves out.
            (None, Some(expected))
                if !said.partial
                    && expected != end
                    && (selection.filter.is_none() || expected < end)
                    && (rows > 0 || place.offset < expected) =>
            {
                return fault(PageFault::Total {
                    expected,
                    read: end,
                });
            }
            _ => {}
        }
        self.cursor = match next {
            Some(_) if !over => Cursor::At(Place {
                offset: end,
                read,
                rows_before: rows,
                ..place
            }),
            _ => Cursor::End,
        };
        self.read_ahead();
        Ok(())
    }

    /// Asks for the next page, if that is wanted.
    fn read_ahead(&mut self) {
        if let (true, Cursor::At(place)) = (self.results.read_ahead, &self.cursor) {
            let (results, form, place) = (self.results.clone(), self.form, place.clone());
            let page = async move { fetch(&results, form, &place).await };
            self.ahead = Some(Ahead(tokio::spawn(page)));
        }
    }

    /// The error about an answer that is none.
    pub(super) fn unreadable(&self, place: &Place, body: &[u8], reason: &str) -> Error {
        let key = self.results.dune.api().key();
        let clean = |text: &str| key.redact(text).into_owned();
        let start = body.get(..LONGEST_START).unwrap_or(body);
        Error::UnreadableAnswer {
            call: place.found.call().tried(1),
            reason: clean(reason),
            text: clean(&String::from_utf8_lossy(start)),
        }
    }

    /// Text of the other side as it may be shown.
    pub(super) fn clean(&self, text: &str) -> String {
        self.results.dune.api().key().redact(text).into_owned()
    }

    /// Whether the answer is one with rows, of the execution that was asked for; and what it says of them.
    pub(super) fn judge<R>(
        &self,
        place: &mut Place,
        page: Envelope<R>,
    ) -> Result<Judged<R>, Error> {
        let state = State::parse(&page.state);
        if let Err(fault) = place.found.settle(&page.execution_id) {
            return Err(place.found.fault(fault));
        }
        let partial = state == State::CompletedPartial;
        if partial && !self.results.allow_partial {
            return Err(place.found.partial());
        }
        match page.result {
            Some(data) if state.is_success() => Ok(Judged {
                said: Said {
                    next_offset: page.next_offset,
                    next_uri: page.next_uri,
                    total: data
                        .metadata
                        .total_row_count
                        .and_then(|total| u64::try_from(total).ok()),
                    partial,
                },
                rows: data.rows,
                metadata: data.metadata,
            }),
            _ => Err(place.found.rowless(self.rowless(state, page.error))),
        }
    }

    fn rowless(&self, state: State, error: Option<QueryResultError>) -> Rowless {
        Rowless {
            state,
            error: error.map(|error| QueryError::read(error, self.results.dune.api().key())),
        }
    }

    /// The row the next page begins with: as it is said, or else out of the address of that page. The address itself
    /// is not fetched, so that the key goes to no other host; all it adds to the offset is what was asked for anyway.
    fn next_offset(&self, said: &Said) -> Result<Option<i64>, PageFault> {
        if let Some(offset) = said.next_offset {
            return Ok(Some(offset));
        }
        let Some(uri) = said.next_uri.as_deref().filter(|uri| !uri.is_empty()) else {
            return Ok(None);
        };
        let api = self.results.dune.api();
        let offset = Url::parse(uri)
            .ok()
            .filter(|url| api.base_url().same_origin(url))
            .and_then(|url| {
                let (_, offset) = url.query_pairs().find(|(key, _)| key == "offset")?;
                offset.parse().ok()
            });
        match offset {
            Some(offset) => Ok(Some(offset)),
            None => Err(PageFault::Elsewhere {
                uri: self.clean(uri),
            }),
        }
    }
}

/// An answer that has rows, or could have.
pub(super) struct Judged<R> {
    pub(super) said: Said,
    pub(super) rows: Option<R>,
    pub(super) metadata: ExecutionResultMetadata,
}

async fn fetch(results: &Results, form: Form, place: &Place) -> Result<Whole, Error> {
    let mut query = Vec::new();
    results.selection.query(&mut query);
    if results.selection.sample.is_none() {
        let page = u64::from(results.page_size);
        let wanted = results.selection.wanted(place.read).unwrap_or(page);
        query.push(("limit".to_owned(), page.min(wanted).to_string()));
        query.push(("offset".to_owned(), place.offset.to_string()));
    }
    if results.allow_partial {
        query.push(("allow_partial_results".to_owned(), "true".to_owned()));
    }
    let id;
    let (of_query, mut path) = match &place.found.target {
        Target::Execution(execution) => (false, vec!["execution", execution.as_str(), "results"]),
        Target::Query(number, parameters) => {
            id = number.to_string();
            for (key, value) in parameters {
                let text = value.as_str().map(str::to_owned);
                query.push((
                    format!("params.{key}"),
                    text.unwrap_or_else(|| value.to_string()),
                ));
            }
            (true, vec!["query", id.as_str(), "results"])
        }
    };
    let operation = match (of_query, form) {
        (false, Form::Json) => "get_execution_results",
        (true, Form::Json) => "get_query_results",
        (false, Form::Csv) => "get_execution_results_csv",
        (true, Form::Csv) => "get_query_results_csv",
    };
    if form == Form::Csv {
        path.push("csv");
    }
    let call: Call = place.found.call();
    let request = || {
        let query = query.iter().map(|(key, value)| (key, value));
        results.dune.api().get_whole(operation, &path, query)
    };
    results.dune.send(&call, request).await
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("results", &self.results)
            .field("cursor", &self.cursor)
            .finish_non_exhaustive()
    }
}
