//! A result as a Parquet file, written page by page as it is read.

use std::fmt;
use std::future::IntoFuture;
use std::io::Write;
use std::pin::Pin;

use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use super::results::Results;
use crate::error::{Error, SelectionFault};

/// A row group is ended at about this size, in bytes of what is encoded: it is in memory until then.
const ROW_GROUP: usize = 32 * 1024 * 1024;

/// How the values in a Parquet file are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ParquetCompression {
    /// Small, and quick to read: the usual choice.
    #[default]
    Zstd,
    /// Larger and quicker to write, and read by every tool there is.
    Snappy,
    /// Not at all.
    None,
}

/// A Parquet file to be written, made by [`Results::write_parquet`]; it begins with `.await`, and gives how many rows there
/// are in it.
#[must_use = "nothing is written until it is awaited"]
pub struct WriteParquet<'w, W> {
    results: Results,
    to: W,
    compression: ParquetCompression,
    on_progress: Option<OnProgress<'w>>,
}

type OnProgress<'w> = Box<dyn FnMut(u64, Option<u64>) + Send + 'w>;

impl Results {
    /// Writes the rows as a Parquet file, page by page: what is in memory is a page, and a row group of some 32 MB. The
    /// schema is that of [`record_batches`](Results::record_batches), and is also in the file as Arrow has it.
    ///
    /// Encoding and writing happen where the future is polled. Of a writer that fails, and of a future that is dropped, a
    /// file remains that no tool reads, for its end is missing: write to a name beside the one that is meant, and rename it.
    ///
    /// ```no_run
    /// use std::fs::File;
    ///
    /// # async fn example(run: dune_pipeline::Run, trend: dune_pipeline::QueryNode) -> Result<(), Box<dyn std::error::Error>> {
    /// let file = File::create("trend.parquet.part")?;
    /// let rows = run
    ///     .results(trend)
    ///     .write_parquet(file)
    ///     .on_progress(|rows, total| println!("{rows} of {total:?}"))
    ///     .await?;
    /// std::fs::rename("trend.parquet.part", "trend.parquet")?;
    /// println!("{rows} rows");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of [`RecordBatches::next`](super::RecordBatches::next), [`Error::NotWritten`] where the writer fails, and
    /// [`Error::InvalidSelection`] for a limit of no rows, whose columns nobody says.
    pub fn write_parquet<'w, W: Write + Send + 'w>(self, to: W) -> WriteParquet<'w, W> {
        WriteParquet {
            results: self,
            to,
            compression: ParquetCompression::default(),
            on_progress: None,
        }
    }
}

impl<'w, W: Write + Send + 'w> WriteParquet<'w, W> {
    /// How values are compressed: with zstd unless set.
    pub fn compression(mut self, compression: ParquetCompression) -> WriteParquet<'w, W> {
        self.compression = compression;
        self
    }

    /// Calls `watch` after each page with how many rows are written, and how many there are in all, if Dune says so; those
    /// that a limit leaves out are counted too.
    pub fn on_progress(
        mut self,
        watch: impl FnMut(u64, Option<u64>) + Send + 'w,
    ) -> WriteParquet<'w, W> {
        self.on_progress = Some(Box::new(watch));
        self
    }

    async fn write(self) -> Result<u64, Error> {
        let mut on_progress = self.on_progress;
        let mut batches = self.results.record_batches();
        let Some(first) = batches.next().await? else {
            return Err(Error::InvalidSelection(SelectionFault::NoColumnsKnown));
        };
        let properties = WriterProperties::builder()
            .set_compression(match self.compression {
                ParquetCompression::Zstd => Compression::ZSTD(ZstdLevel::default()),
                ParquetCompression::Snappy => Compression::SNAPPY,
                ParquetCompression::None => Compression::UNCOMPRESSED,
            })
            .set_max_row_group_row_count(None)
            .set_created_by(concat!("dune-pipeline ", env!("CARGO_PKG_VERSION")).to_owned())
            .build();
        let writer = ArrowWriter::try_new(self.to, first.schema(), Some(properties));
        let mut writer = writer.map_err(Error::not_written)?;
        let mut rows = 0_u64;
        let mut batch = Some(first);
        while let Some(page) = batch {
            writer.write(&page).map_err(Error::not_written)?;
            rows += u64::try_from(page.num_rows()).unwrap_or(u64::MAX);
            drop(page);
            if writer.in_progress_size() > ROW_GROUP {
                writer.flush().map_err(Error::not_written)?;
            }
            if let Some(watch) = &mut on_progress {
                watch(rows, batches.total());
            }
            batch = batches.next().await?;
        }
        writer.close().map_err(Error::not_written)?;
        Ok(rows)
    }
}

impl<'w, W: Write + Send + 'w> IntoFuture for WriteParquet<'w, W> {
    type Output = Result<u64, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Result<u64, Error>> + Send + 'w>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.write())
    }
}

impl<W> fmt::Debug for WriteParquet<'_, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WriteParquet")
            .field("results", &self.results)
            .field("compression", &self.compression)
            .finish_non_exhaustive()
    }
}
