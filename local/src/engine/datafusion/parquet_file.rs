//! A Parquet file that is being written, and is there whole or not at all.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, RecordBatch};
use datafusion::arrow::datatypes::{Field, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use tempfile::NamedTempFile;

use super::{files::TYPE_KEY, types::Type};
use crate::durable;
use crate::engine::{Column, Materialized};

/// The file, under a name of its own until it is finished. Dropped before, it is removed.
pub(super) struct ParquetFile {
    path: PathBuf,
    temporary: NamedTempFile,
    writer: ArrowWriter<File>,
    schema: SchemaRef,
    columns: Vec<Column>,
    rows: u64,
}

impl ParquetFile {
    /// A file of these columns, which say in it what types of Trino's they are.
    pub(super) fn create(path: &Path, columns: &[Column], types: &[Type]) -> io::Result<Self> {
        let fields: Vec<Field> = columns
            .iter()
            .zip(types)
            .map(|(column, ty)| {
                let spelled = HashMap::from([(TYPE_KEY.to_owned(), column.data_type.clone())]);
                Field::new(&column.name, ty.arrow(), true).with_metadata(spelled)
            })
            .collect();
        let schema = Arc::new(Schema::new(fields));
        let temporary = tempfile::Builder::new()
            .prefix(durable::LEFTOVER)
            .tempfile_in(folder_of(path))?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .build();
        let file = temporary.reopen()?;
        let writer = ArrowWriter::try_new(file, Arc::clone(&schema), Some(properties))
            .map_err(io::Error::other)?;
        Ok(Self {
            path: path.to_owned(),
            temporary,
            writer,
            schema,
            columns: columns.to_vec(),
            rows: 0,
        })
    }

    /// Adds rows, given as their columns.
    pub(super) fn write(&mut self, columns: &[ArrayRef]) -> io::Result<()> {
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns.to_vec())
            .map_err(io::Error::other)?;
        self.rows += u64::try_from(batch.num_rows()).unwrap_or(0);
        self.writer.write(&batch).map_err(io::Error::other)
    }

    /// Flushes the file to the disk and gives it its name.
    pub(super) fn finish(self) -> io::Result<Materialized> {
        self.writer.close().map_err(io::Error::other)?;
        let file = self.temporary.as_file();
        file.sync_all()?;
        let bytes = file.metadata()?.len();
        self.temporary.persist(&self.path)?;
        durable::sync_folder(folder_of(&self.path))?;
        Ok(Materialized {
            rows: self.rows,
            bytes,
            columns: self.columns,
        })
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}
