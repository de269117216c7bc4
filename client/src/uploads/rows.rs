//! Rows to add to a table, as the body of a request: bytes that are there, or a stream that is sent as it comes.

use std::error::Error as StdError;
use std::fmt;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use dune_api::{Body, types};
use futures_util::stream::{self, Stream, StreamExt as _, TryStreamExt as _};
use serde::Serialize;

use crate::error::Error;

const CSV: &str = "text/csv";
const JSON_LINES: &str = "application/x-ndjson";

/// Rows to add to a table, for [`Dune::insert_rows`](crate::Dune::insert_rows): as CSV whose first line has the names of the
/// columns, or as JSON lines, an object each.
///
/// ```
/// use dune_pipeline::TableRows;
///
/// #[derive(serde::Serialize)]
/// struct Price {
///     day: &'static str,
///     price: f64,
/// }
///
/// # fn main() -> Result<(), dune_pipeline::Error> {
/// let lines = TableRows::csv("day,price\n2026-01-31,2.5\n");
/// let prices = TableRows::json([Price { day: "2026-01-31", price: 2.5 }])?;
/// # let _ = (lines, prices);
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is inserted until it is given to `insert_rows`"]
pub struct TableRows {
    media_type: &'static str,
    source: Source,
}

enum Source {
    Whole(Bytes),
    /// Taken by the one request that it is good for.
    Once(Mutex<Option<Chunks>>),
}

type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes, Failure>> + Send>>;
type Failure = Box<dyn StdError + Send + Sync>;

/// What was added to a table. What Dune leaves out is empty or `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct InsertedRows {
    /// The table's full name.
    pub name: String,
    /// How many rows were added.
    pub rows_written: Option<u64>,
    /// How many bytes were given.
    pub bytes_written: Option<u64>,
}

impl TableRows {
    /// CSV, with a header line.
    pub fn csv(data: impl AsRef<[u8]> + Send + 'static) -> TableRows {
        TableRows::whole(CSV, Bytes::from_owner(data))
    }

    /// JSON lines: an object a line, its keys the names of the columns.
    pub fn ndjson(data: impl AsRef<[u8]> + Send + 'static) -> TableRows {
        TableRows::whole(JSON_LINES, Bytes::from_owner(data))
    }

    /// Values, each written as a line of JSON.
    ///
    /// # Errors
    /// [`Error::InvalidRow`] for one that is no JSON object with a key for each column.
    pub fn json<T: Serialize>(rows: impl IntoIterator<Item = T>) -> Result<TableRows, Error> {
        let mut lines = Vec::new();
        for (index, row) in (0_u64..).zip(rows) {
            let start = lines.len();
            let invalid = |reason: String| Error::InvalidRow { index, reason };
            serde_json::to_writer(&mut lines, &row).map_err(|why| invalid(why.to_string()))?;
            if lines.get(start) != Some(&b'{') {
                return Err(invalid("it is no JSON object".to_owned()));
            }
            lines.push(b'\n');
        }
        Ok(TableRows::whole(JSON_LINES, lines.into()))
    }

    /// CSV with a header line, in pieces of any size: a large file need not be in memory. Each piece is taken when the one
    /// before it is on its way.
    ///
    /// A stream can be read once only, so its request is never sent again, not even where no connection came about or the
    /// plan's limit was met. Where it fails before its end, so does the request, and no row is added.
    ///
    /// ```no_run
    /// use dune_pipeline::{Dune, TableRows};
    /// use futures_util::stream;
    /// use tokio::fs::File;
    /// use tokio::io::AsyncReadExt as _;
    ///
    /// # async fn example(dune: Dune) -> Result<(), Box<dyn std::error::Error>> {
    /// let file = File::open("trades.csv").await?;
    /// let pieces = stream::try_unfold(file, |mut file| async move {
    ///     let mut piece = vec![0; 64 * 1024];
    ///     let size = file.read(&mut piece).await?;
    ///     piece.truncate(size);
    ///     std::io::Result::Ok((size > 0).then_some((piece, file)))
    /// });
    /// let added = dune.insert_rows("acme", "trades", TableRows::csv_stream(pieces)).await?;
    /// println!("{:?} rows", added.rows_written);
    /// # Ok(())
    /// # }
    /// ```
    pub fn csv_stream<S, B, E>(pieces: S) -> TableRows
    where
        S: Stream<Item = Result<B, E>> + Send + 'static,
        B: AsRef<[u8]> + Send + 'static,
        E: Into<Box<dyn StdError + Send + Sync>> + 'static,
    {
        TableRows::once(CSV, pieces)
    }

    /// JSON lines in pieces of any size, as [`csv_stream`](TableRows::csv_stream) takes CSV. A piece need not end where a
    /// line does.
    pub fn ndjson_stream<S, B, E>(pieces: S) -> TableRows
    where
        S: Stream<Item = Result<B, E>> + Send + 'static,
        B: AsRef<[u8]> + Send + 'static,
        E: Into<Box<dyn StdError + Send + Sync>> + 'static,
    {
        TableRows::once(JSON_LINES, pieces)
    }

    fn whole(media_type: &'static str, data: Bytes) -> TableRows {
        TableRows {
            media_type,
            source: Source::Whole(data),
        }
    }

    fn once<S, B, E>(media_type: &'static str, pieces: S) -> TableRows
    where
        S: Stream<Item = Result<B, E>> + Send + 'static,
        B: AsRef<[u8]> + Send + 'static,
        E: Into<Box<dyn StdError + Send + Sync>> + 'static,
    {
        let chunks = pieces.map_ok(Bytes::from_owner).map_err(Into::into);
        TableRows {
            media_type,
            source: Source::Once(Mutex::new(Some(chunks.boxed()))),
        }
    }

    pub(super) fn media_type(&self) -> &'static str {
        self.media_type
    }

    pub(super) fn can_be_sent_again(&self) -> bool {
        matches!(self.source, Source::Whole(_))
    }

    /// The body of a request. That of a stream is there once, and fails from then on.
    pub(super) fn body(&self) -> Body {
        match &self.source {
            Source::Whole(data) => Body::from(data.clone()),
            Source::Once(chunks) => {
                let chunks = chunks.lock().unwrap_or_else(PoisonError::into_inner).take();
                let spent = || stream::iter([Err(Failure::from("the stream was sent before"))]);
                Body::wrap_stream(chunks.unwrap_or_else(|| spent().boxed()))
            }
        }
    }
}

impl InsertedRows {
    pub(super) fn read(answer: types::TableInsertResponse) -> InsertedRows {
        let count = |number: Option<i64>| number.and_then(|number| u64::try_from(number).ok());
        InsertedRows {
            name: answer.name.unwrap_or_default(),
            rows_written: count(answer.rows_written),
            bytes_written: count(answer.bytes_written),
        }
    }
}

impl fmt::Debug for TableRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = match &self.source {
            Source::Whole(data) => Some(data.len()),
            Source::Once(_) => None,
        };
        f.debug_struct("TableRows")
            .field("media_type", &self.media_type)
            .field("bytes", &size)
            .finish_non_exhaustive()
    }
}
