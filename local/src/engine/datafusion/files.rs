//! Tables out of files.

use std::{fs::File, path::Path, sync::Arc};

use datafusion::arrow::datatypes::{DataType, Schema, SchemaRef, TimeUnit};
use datafusion::catalog::TableProvider;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{
    ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl,
};
use datafusion::datasource::{MemTable, provider_as_source};
use datafusion::logical_expr::{Cast, Expr, LogicalPlanBuilder};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::{csv, native, plan, type_text, types::Type};
use crate::engine::{AttachError, Column, FileFormat, TableSource};

/// Under this key a Parquet column says which of Trino's types it is.
pub(super) const TYPE_KEY: &str = "trino.type";

/// A table and where its rows are.
#[derive(Clone)]
pub(super) struct Table {
    provider: Arc<dyn TableProvider>,
    /// Each column's name and type, and its name in the provider.
    columns: Vec<(String, Type, String)>,
}

impl Table {
    pub(super) fn open(source: &TableSource) -> Result<Self, AttachError> {
        match source.format {
            FileFormat::Csv => Self::open_csv(source),
            FileFormat::Parquet => Self::open_parquet(source),
        }
    }

    pub(super) fn columns(&self) -> Vec<Column> {
        self.columns
            .iter()
            .map(|(name, ty, _)| Column::new(name, ty.to_string()))
            .collect()
    }

    /// The plan that reads all rows, in the order of the columns.
    pub(super) fn scan(&self) -> plan::Result<plan::Scan> {
        let source = provider_as_source(self.provider.clone());
        let build = || {
            let scan = LogicalPlanBuilder::scan("t", source, None)?;
            let found = scan.schema().clone();
            let outputs = self.columns.iter().enumerate().map(|(i, (_, ty, stored))| {
                let column = datafusion::common::Column::new(Some("t"), stored);
                let as_stored = found
                    .field_with_name(column.relation.as_ref(), &column.name)
                    .is_ok_and(|field| *field.data_type() == ty.arrow());
                let value = Expr::Column(column);
                let value = if as_stored {
                    value
                } else {
                    Expr::Cast(Cast::new(Box::new(value), ty.arrow()))
                };
                value.alias(format!("${i}"))
            });
            scan.project(outputs.collect::<Vec<_>>())?.build()
        };
        let plan = build().map_err(|error| native::sql_error(&error))?;
        Ok((
            plan,
            self.columns
                .iter()
                .map(|(name, ty, _)| (name.clone(), ty.clone()))
                .collect(),
        ))
    }

    fn open_csv(source: &TableSource) -> Result<Self, AttachError> {
        let declared = source
            .columns
            .as_ref()
            .ok_or_else(|| AttachError::Columns {
                file: source.file.clone(),
                message: "a CSV file needs its columns and their types declared".to_owned(),
            })?;
        let columns = declared_types(declared)?;
        let batch = csv::read(&source.file, &columns)?;
        let schema = batch.schema();
        let provider = MemTable::try_new(schema.clone(), vec![vec![batch]])
            .map_err(|error| bad(&source.file, error))?;
        let stored = schema.fields().iter().map(|field| field.name().clone());
        let columns = columns
            .into_iter()
            .zip(stored)
            .map(|((name, ty), stored)| (name, ty, stored))
            .collect();
        Ok(Self {
            provider: Arc::new(provider),
            columns,
        })
    }

    fn open_parquet(source: &TableSource) -> Result<Self, AttachError> {
        let file = File::open(&source.file).map_err(|error| AttachError::Io {
            file: source.file.clone(),
            source: error,
        })?;
        let schema: SchemaRef = ParquetRecordBatchReaderBuilder::try_new(file)
            .map_err(|error| bad(&source.file, error))?
            .schema()
            .clone();
        let columns = match &source.columns {
            None => schema
                .fields()
                .iter()
                .map(|field| {
                    let spelled = field
                        .metadata()
                        .get(TYPE_KEY)
                        .and_then(|spelled| type_text::parse(spelled));
                    let ty = spelled
                        .filter(|ty| ty.arrow() == *field.data_type())
                        .or_else(|| type_of(field.data_type()));
                    let refused = || AttachError::Type {
                        column: field.name().clone(),
                        data_type: field.data_type().to_string(),
                    };
                    Ok((
                        field.name().clone(),
                        ty.ok_or_else(refused)?,
                        field.name().clone(),
                    ))
                })
                .collect::<Result<Vec<_>, AttachError>>()?,
            Some(declared) => declared_types(declared)?
                .into_iter()
                .map(|(name, ty)| {
                    let stored = schema
                        .fields()
                        .iter()
                        .find(|field| field.name().eq_ignore_ascii_case(&name));
                    let stored = stored.ok_or_else(|| AttachError::Columns {
                        file: source.file.clone(),
                        message: format!("there is no column `{name}` in it"),
                    })?;
                    Ok((name, ty, stored.name().clone()))
                })
                .collect::<Result<Vec<_>, AttachError>>()?,
        };
        let path = std::path::absolute(&source.file).map_err(|error| AttachError::Io {
            file: source.file.clone(),
            source: error,
        })?;
        let url = url::Url::from_file_path(&path)
            .map_err(|()| bad(&source.file, "its path is no absolute one"))?;
        let url = ListingTableUrl::try_new(url, None).map_err(|error| bad(&source.file, error))?;
        let stored = Schema::new(
            schema
                .fields()
                .iter()
                .map(|field| field.as_ref().clone().with_metadata(Default::default()))
                .collect::<Vec<_>>(),
        );
        let extension = path
            .extension()
            .map(|e| format!(".{}", e.to_string_lossy()))
            .unwrap_or_default();
        let options =
            ListingOptions::new(Arc::new(ParquetFormat::default())).with_file_extension(extension);
        let config = ListingTableConfig::new(url)
            .with_listing_options(options)
            .with_schema(Arc::new(stored));
        let provider = ListingTable::try_new(config).map_err(|error| bad(&source.file, error))?;
        Ok(Self {
            provider: Arc::new(provider),
            columns,
        })
    }
}

fn bad(file: &Path, message: impl std::fmt::Display) -> AttachError {
    AttachError::Format {
        file: file.to_owned(),
        message: message.to_string(),
    }
}

fn declared_types(declared: &[Column]) -> Result<Vec<(String, Type)>, AttachError> {
    declared
        .iter()
        .map(|column| match type_text::parse(&column.data_type) {
            Some(ty) if ty != Type::Unknown => Ok((column.name.clone(), ty)),
            _ => Err(AttachError::Type {
                column: column.name.clone(),
                data_type: column.data_type.clone(),
            }),
        })
        .collect()
}

/// Trino's type for a Parquet column that somebody else wrote.
fn type_of(data_type: &DataType) -> Option<Type> {
    Some(match data_type {
        DataType::Boolean => Type::Boolean,
        DataType::Int8 => Type::Tinyint,
        DataType::Int16 | DataType::UInt8 => Type::Smallint,
        DataType::Int32 | DataType::UInt16 => Type::Integer,
        DataType::Int64 | DataType::UInt32 => Type::Bigint,
        DataType::UInt64 => Type::Decimal(20, 0),
        DataType::Float32 => Type::Real,
        DataType::Float64 => Type::Double,
        DataType::Decimal32(p, s) | DataType::Decimal64(p, s) | DataType::Decimal128(p, s) => {
            Type::Decimal(*p, u8::try_from(*s).ok()?)
        }
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Type::VARCHAR,
        DataType::Binary
        | DataType::LargeBinary
        | DataType::BinaryView
        | DataType::FixedSizeBinary(_) => Type::Varbinary,
        DataType::Date32 => Type::Date,
        DataType::Timestamp(unit, zone) => {
            let precision = match unit {
                TimeUnit::Second => 0,
                TimeUnit::Millisecond => 3,
                TimeUnit::Microsecond => 6,
                // Reading them would cut digits: whoever wants that declares what the column is read as.
                TimeUnit::Nanosecond => return None,
            };
            if zone.is_some() {
                Type::timestamp_tz(precision)
            } else {
                Type::Timestamp(precision)
            }
        }
        DataType::List(field) | DataType::LargeList(field) => {
            Type::array(type_of(field.data_type())?)
        }
        DataType::Dictionary(_, inner) => type_of(inner)?,
        _ => return None,
    })
}
