//! Writes an answer as a Parquet file that is there whole or not at all.

use std::{collections::HashMap, fs::File, path::Path, sync::Arc};

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{Field, Schema};
use futures::StreamExt;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use super::{files::TYPE_KEY, native, run::Prepared, types::Type};
use crate::engine::{Materialized, SqlError};

/// Runs the statement into `path`.
pub(super) async fn write(prepared: Prepared, path: &Path) -> Result<Materialized, SqlError> {
    let (columns, types) = (prepared.columns(), prepared.types());
    if let Some(place) = prepared.named.iter().position(|named| !named) {
        return Err(SqlError::new(
            "MISSING_COLUMN_NAME",
            format!("Column name not specified at position {}", place + 1),
        ));
    }
    for (i, column) in columns.iter().enumerate() {
        if columns
            .iter()
            .take(i)
            .any(|other| other.name.eq_ignore_ascii_case(&column.name))
        {
            return Err(SqlError::new(
                "DUPLICATE_COLUMN_NAME",
                format!("Column name '{}' specified more than once", column.name),
            ));
        }
    }
    if let Some((column, _)) = columns
        .iter()
        .zip(&types)
        .find(|(_, ty)| **ty == Type::Unknown)
    {
        return Err(SqlError::new(
            "COLUMN_TYPE_UNKNOWN",
            format!("Column type is unknown: {}", column.name),
        ));
    }
    let fields: Vec<Field> = columns
        .iter()
        .zip(&types)
        .map(|(column, ty)| {
            let spelled = HashMap::from([(TYPE_KEY.to_owned(), column.data_type.clone())]);
            Field::new(&column.name, ty.arrow(), true).with_metadata(spelled)
        })
        .collect();
    let schema = Arc::new(Schema::new(fields));

    let disk = |error: std::io::Error| {
        SqlError::new(
            "GENERIC_INTERNAL_ERROR",
            format!("cannot write {}: {error}", path.display()),
        )
    };
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    // A temporary file goes away when it is dropped.
    let temporary = tempfile::Builder::new()
        .prefix(crate::durable::LEFTOVER)
        .tempfile_in(folder)
        .map_err(disk)?;
    let compression = Compression::ZSTD(ZstdLevel::default());
    let properties = WriterProperties::builder()
        .set_compression(compression)
        .build();
    let file = temporary.reopen().map_err(disk)?;
    let failed = |error: parquet::errors::ParquetError| {
        SqlError::new(
            "GENERIC_INTERNAL_ERROR",
            format!("cannot write {}: {error}", path.display()),
        )
    };
    let mut writer =
        ArrowWriter::try_new(file, schema.clone(), Some(properties)).map_err(failed)?;
    let mut batches = prepared.execute().await?;
    let mut rows = 0_u64;
    while let Some(batch) = batches.next().await {
        let batch = batch.map_err(|error| native::sql_error(&error))?;
        rows += u64::try_from(batch.num_rows()).unwrap_or(0);
        let batch = RecordBatch::try_new(schema.clone(), batch.columns().to_vec())
            .map_err(|error| SqlError::new("GENERIC_INTERNAL_ERROR", error.to_string()))?;
        writer.write(&batch).map_err(failed)?;
    }
    writer.close().map_err(failed)?;
    temporary.as_file().sync_all().map_err(disk)?;
    let bytes = temporary.as_file().metadata().map_err(disk)?.len();
    temporary.persist(path).map_err(|error| disk(error.error))?;
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(disk)?;
    Ok(Materialized {
        rows,
        bytes,
        columns,
    })
}
