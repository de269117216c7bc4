//! Uploaded text becomes a Parquet file, a bounded number of rows at a time.

mod cell;
mod infer;
mod ndjson;
mod records;

use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;
use std::sync::atomic::Ordering;

use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use self::records::CsvRows;
use super::{
    parquet_file::ParquetFile,
    type_text,
    types::Type,
    value::{self, Value},
    watch::Cancelled,
};
use crate::engine::{Column, Import, ImportColumn, ImportError, Imported, TextFormat};

/// Rows that are in memory at a time..
const BATCH_ROWS: usize = 4096;
/// ..and the length of their text.
const BATCH_BYTES: usize = 8 << 20;

type Result<T> = std::result::Result<T, ImportError>;

/// A column and its type.
#[derive(Clone, Debug)]
struct Target {
    name: String,
    ty: Type,
    /// The type as it was declared.
    spelled: String,
    nullable: bool,
}

/// A row of values in the order of the columns, and the length of the text it was read from.
struct Row {
    values: Vec<Value>,
    bytes: usize,
}

/// Writes the rows of `import` into `path`.
pub(super) fn write(import: &Import, path: &Path, cancelled: &Cancelled) -> Result<Imported> {
    let targets = targets(import)?;
    let failed = |source: io::Error| ImportError::Io {
        file: path.to_owned(),
        source,
    };
    let columns: Vec<Column> = targets
        .iter()
        .map(|target| Column::new(&target.name, target.ty.to_string()))
        .collect();
    let types: Vec<Type> = targets.iter().map(|target| target.ty.clone()).collect();
    let mut file = ParquetFile::create(path, &columns, &types).map_err(failed)?;
    if let Some(before) = &import.before {
        copy(before, &mut file)?;
    }
    let mut rows = 0;
    if let Some((text, format)) = &import.text {
        let reader = open(text)?;
        let mut source: Box<dyn Iterator<Item = Result<Row>>> = match format {
            TextFormat::Csv => Box::new(CsvRows::new(text, reader, &targets)?),
            TextFormat::Ndjson => Box::new(ndjson::rows(text, reader, &targets)),
        };
        while let Some(batch) = batch(&mut source, targets.len())? {
            if cancelled.load(Ordering::Relaxed) {
                return Err(failed(io::ErrorKind::Interrupted.into()));
            }
            rows += u64::try_from(batch.first().map_or(0, Vec::len)).unwrap_or(0);
            let arrays = batch.iter().zip(&types);
            let arrays = arrays.map(|(values, ty)| value::to_array(values, &ty.arrow()));
            let arrays = arrays.collect::<datafusion::error::Result<Vec<_>>>();
            let arrays = arrays.map_err(|error| failed(io::Error::other(error)))?;
            file.write(&arrays).map_err(failed)?;
        }
    }
    let file = file.finish().map_err(failed)?;
    Ok(Imported { rows, file })
}

/// The columns that are given, or told from a CSV.
fn targets(import: &Import) -> Result<Vec<Target>> {
    match (&import.columns, &import.text) {
        (Some(columns), _) => columns.iter().map(Target::new).collect(),
        (None, Some((text, TextFormat::Csv))) => infer::columns(text, open(text)?),
        (None, _) => Err(ImportError::Columns {
            message: "only a CSV says its columns itself".to_owned(),
        }),
    }
}

impl Target {
    fn new(column: &ImportColumn) -> Result<Self> {
        let unknown = || ImportError::Columns {
            message: format!(
                "column `{}`: {:?} is not a type a table can hold",
                column.name, column.data_type
            ),
        };
        Ok(Self {
            name: column.name.clone(),
            ty: type_text::parse(&column.data_type)
                .filter(|ty| *ty != Type::Unknown)
                .ok_or_else(unknown)?,
            spelled: column.data_type.clone(),
            nullable: column.nullable,
        })
    }

    /// A value that was looked for in the text: there, missing, or no value of this column.
    fn checked(&self, line: u64, value: Option<Value>, written: &str) -> Result<Value> {
        match value {
            Some(Value::Null) if !self.nullable => Err(ImportError::Null {
                line,
                column: self.name.clone(),
            }),
            Some(value) => Ok(value),
            None => Err(ImportError::Value {
                line,
                column: self.name.clone(),
                value: cell::shown(written),
                data_type: self.spelled.clone(),
            }),
        }
    }
}

/// The next rows, column by column; nothing after the last.
fn batch(
    source: &mut dyn Iterator<Item = Result<Row>>,
    columns: usize,
) -> Result<Option<Vec<Vec<Value>>>> {
    let mut batch = vec![Vec::new(); columns];
    let (mut rows, mut bytes) = (0, 0);
    while rows < BATCH_ROWS && bytes < BATCH_BYTES {
        let Some(row) = source.next() else {
            break;
        };
        let row = row?;
        bytes += row.bytes;
        rows += 1;
        batch
            .iter_mut()
            .zip(row.values)
            .for_each(|(column, value)| column.push(value));
    }
    Ok((rows > 0).then_some(batch))
}

/// The rows of a file that an import has written.
fn copy(before: &Path, file: &mut ParquetFile) -> Result<()> {
    let failed = |source: io::Error| ImportError::Io {
        file: before.to_owned(),
        source,
    };
    let from = File::open(before).map_err(failed)?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(from).and_then(|reader| reader.build());
    for batch in reader.map_err(|error| failed(io::Error::other(error)))? {
        let batch = batch.map_err(|error| failed(io::Error::other(error)))?;
        file.write(batch.columns()).map_err(failed)?;
    }
    Ok(())
}

fn open(text: &Path) -> Result<BufReader<File>> {
    let file = File::open(text).map_err(|source| ImportError::Io {
        file: text.to_owned(),
        source,
    })?;
    Ok(BufReader::with_capacity(1 << 16, file))
}
