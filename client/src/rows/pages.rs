//! The pages of a result, each row of them in the caller's type.

use std::fmt;
use std::marker::PhantomData;

use dune_api::Whole;
use futures_util::stream::{self, Stream};
use serde::de::DeserializeOwned;

use super::envelope::{self, Append};
use super::misfit;
use super::page::{Column, Page, columns};
use super::reader::{Form, Place, Reader, Said};
use super::results::Results;
use crate::error::Error;

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
    reader: Reader,
    row: PhantomData<fn() -> T>,
}

/// A page but for its rows.
struct Read {
    offset: u64,
    total: Option<u64>,
    columns: Vec<Column>,
}

impl<T: DeserializeOwned> Pages<T> {
    pub(super) fn new(results: Results) -> Pages<T> {
        Pages {
            reader: Reader::new(results, Form::Json),
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
        let mut rows = Vec::new();
        let read = self.next_into(&mut rows).await?;
        Ok(read.map(|page| Page {
            rows,
            offset: page.offset,
            total: page.total,
            columns: page.columns,
        }))
    }

    /// Puts the rows of all pages behind those that are there.
    pub(super) async fn rest_into(mut self, rows: &mut Vec<T>) -> Result<(), Error> {
        while self.next_into(rows).await?.is_some() {}
        Ok(())
    }

    /// The rows one by one. It ends with the first error.
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
                // Its room is given back before the next page needs as much.
                drop(rows);
                match pages.next().await? {
                    Some(page) => rows = page.into_rows().into_iter(),
                    None => return Ok(None),
                }
            }
        })
    }

    /// Puts the rows of the next page behind those that are there, which it leaves alone where it fails.
    async fn next_into(&mut self, rows: &mut Vec<T>) -> Result<Option<Read>, Error> {
        let Some((mut place, page)) = self.reader.next().await? else {
            return Ok(None);
        };
        let before = rows.len();
        rows.reserve(place.rows_before);
        let read = self.read(&mut place, &page, rows);
        // Before the next one is asked for.
        drop(page);
        let read = read.and_then(|(read, said)| {
            let came = rows.len() - before;
            if let Some(wanted) = self.reader.wanted(&place) {
                rows.truncate(before.saturating_add(wanted));
            }
            self.reader.advance(place, came, &said)?;
            Ok(read)
        });
        if read.is_err() {
            rows.truncate(before);
        }
        read.map(Some)
    }

    fn read(
        &self,
        place: &mut Place,
        page: &Whole,
        rows: &mut Vec<T>,
    ) -> Result<(Read, Said), Error> {
        let Ok(answer) = envelope::read(&page.body, Append(rows)) else {
            return Err(misfit::why(
                &self.reader,
                place,
                &page.body,
                misfit::typed::<T>,
            ));
        };
        let judged = self.reader.judge(place, answer)?;
        let read = Read {
            offset: place.offset,
            total: judged.said.total,
            columns: columns(judged.metadata),
        };
        Ok((read, judged.said))
    }
}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("reader", &self.reader)
            .finish_non_exhaustive()
    }
}
