//! Writes an answer as a Parquet file that is there whole or not at all.

use std::path::Path;

use futures::StreamExt;

use super::{native, parquet_file::ParquetFile, run::Prepared, types::Type};
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
    let failed = |error: std::io::Error| {
        SqlError::new(
            "GENERIC_INTERNAL_ERROR",
            format!("cannot write {}: {error}", path.display()),
        )
    };
    let mut file = ParquetFile::create(path, &columns, &types).map_err(failed)?;
    let mut batches = prepared.execute().await?;
    while let Some(batch) = batches.next().await {
        let batch = batch.map_err(|error| native::sql_error(&error))?;
        file.write(batch.columns()).map_err(failed)?;
    }
    file.finish().map_err(failed)
}
