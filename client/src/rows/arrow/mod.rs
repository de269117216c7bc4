//! A result as record batches of Arrow: one for each page, with a schema made from the types of the columns.

mod cell;
mod dune_type;
mod scalar;
mod schema;
mod store;
mod table;

use std::fmt;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use futures_util::stream::{self, Stream};

use self::table::{Table, Unread};
use super::page::{Column, columns};
use super::reader::{Form, Judged, Reader};
use super::results::Results;
use super::{envelope, misfit};
use crate::error::{Error, PageFault};

/// The rows of a result as record batches, one for each page; made by [`Results::record_batches`].
#[must_use = "no page is read until it is asked for"]
pub struct RecordBatches {
    reader: Reader,
    /// The columns, once the first page has said which.
    table: Option<Table>,
    total: Option<u64>,
}

impl RecordBatches {
    pub(super) fn new(results: Results) -> RecordBatches {
        RecordBatches {
            reader: Reader::new(results, Form::Json),
            table: None,
            total: None,
        }
    }

    /// The next batch, `None` after the last. A result without rows is one batch without rows.
    ///
    /// After an error, and when the future was dropped, the same page is asked for again.
    ///
    /// # Errors
    /// Those of [`Results::rows`]. [`Error::Row`] is for a value that its column's type does not hold.
    pub async fn next(&mut self) -> Result<Option<RecordBatch>, Error> {
        let Some((mut place, page)) = self.reader.next().await? else {
            return Ok(None);
        };
        let answer = match envelope::read_raw(&page.body) {
            Ok(answer) => answer,
            Err(error) => {
                return Err(self
                    .reader
                    .unreadable(&place, &page.body, &error.to_string()));
            }
        };
        let Judged {
            said,
            rows,
            metadata,
        } = self.reader.judge(&mut place, answer)?;
        let columns = columns(metadata);
        let table = match &self.table {
            Some(table) if table.columns != columns => {
                return Err(place.found.fault(PageFault::Columns {
                    expected: self.reader.clean(&listed(&table.columns)),
                    found: self.reader.clean(&listed(&columns)),
                }));
            }
            Some(table) => table.clone(),
            None => Table::new(columns),
        };
        let wanted = self.reader.wanted(&place);
        let read = match rows {
            Some(rows) => table.read(rows, place.rows_before, wanted),
            None => table.none().map_err(Unread::Arrow),
        };
        let (batch, count) = match read {
            Ok(read) => read,
            Err(Unread::Json(_)) => {
                let fits = |row: &_| table.fits(row);
                return Err(misfit::why(&self.reader, &mut place, &page.body, fits));
            }
            Err(Unread::Arrow(error)) => {
                return Err(self
                    .reader
                    .unreadable(&place, &page.body, &error.to_string()));
            }
        };
        // Before the next one is asked for.
        drop(page);
        self.reader.advance(place, count, &said)?;
        self.total = said.total;
        self.table = Some(table);
        Ok(Some(batch))
    }

    /// The schema, once the first batch was read.
    #[must_use]
    pub fn schema(&self) -> Option<SchemaRef> {
        self.table.as_ref().map(|table| table.schema.clone())
    }

    /// How many rows the whole result has, if Dune says so, once the first batch was read. It counts those that a limit or a
    /// sample leaves out.
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        self.total
    }

    /// The batches as a stream. It ends with the first error.
    pub fn into_stream(self) -> impl Stream<Item = Result<RecordBatch, Error>> + Send {
        stream::try_unfold(self, |mut batches| async move {
            let batch = batches.next().await?;
            Ok(batch.map(|batch| (batch, batches)))
        })
    }
}

impl Results {
    /// The rows as record batches of Arrow, one for each page.
    ///
    /// The schema is made from the types of the columns, and holds every value exactly or refuses it by row and column:
    ///
    /// | Dune | Arrow |
    /// |---|---|
    /// | `boolean`; `tinyint` to `bigint`; `real`, `double` | `Boolean`; `Int8` to `Int64`; `Float32`, `Float64` |
    /// | `decimal(p,s)` | `Decimal128(p, s)`, beyond 38 digits `Decimal256(p, s)` |
    /// | `uint256`, `int256` | `Utf8`: they have up to 78 digits, and `Decimal256` holds 76. Every engine can cast the text; bytes would be exact too, but a number to nobody |
    /// | `varchar`, `char`, `json`, `uuid`, `ipaddress`, intervals | `Utf8` |
    /// | `varbinary` | `Binary` |
    /// | `date`; `time(p)` | `Date32`; `Time32` or `Time64` in the unit that `p` digits need |
    /// | `timestamp(p)`, `.. with time zone` | `Timestamp` in the unit that `p` digits need: milliseconds, microseconds, nanoseconds; with a zone in `UTC`, for the instant is what is kept |
    /// | `array(t)`, `map(k, v)`, `row(..)` | `List`, `Map`, `Struct` |
    /// | more than 9 digits of a second; a type whose name cannot be read | `Utf8`: text as it is, everything else as its JSON |
    ///
    /// All fields can be null, and carry the type as Dune names it as metadata under `dune.type`.
    ///
    /// Other crates of the Arrow family take the batches as they are where they use the same major version. `polars`, which
    /// has an Arrow of its own, reads what [`write_parquet`](Results::write_parquet) wrote
    /// (`LazyFrame::scan_parquet("trend.parquet", ..)`), or an IPC stream that the crate `arrow-ipc` makes of the batches
    /// (`IpcStreamReader::new(bytes).finish()`).
    ///
    /// ```no_run
    /// # async fn example(run: dune_pipeline::Run, trend: dune_pipeline::QueryNode) -> Result<(), dune_pipeline::Error> {
    /// let mut batches = run.results(trend).record_batches();
    /// while let Some(batch) = batches.next().await? {
    ///     println!("{} rows of {}", batch.num_rows(), batch.schema());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn record_batches(self) -> RecordBatches {
        RecordBatches::new(self)
    }
}

fn listed(columns: &[Column]) -> String {
    let columns = columns.iter();
    let columns = columns.map(|column| format!("{} {}", column.name, column.column_type));
    columns.collect::<Vec<_>>().join(", ")
}

impl fmt::Debug for RecordBatches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordBatches")
            .field("reader", &self.reader)
            .field("table", &self.table)
            .finish()
    }
}
