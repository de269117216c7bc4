//! The rows of a query: page after page, each row read into a type of the caller's, and the total checked.

#[cfg(feature = "arrow")]
mod arrow;
mod column;
mod csv;
mod envelope;
mod filter;
mod json;
mod misfit;
mod moment;
mod number;
mod origin;
mod page;
mod pages;
#[cfg(feature = "parquet")]
mod parquet;
mod reader;
mod results;
mod selection;
mod stream;
mod text;
mod varbinary;

#[cfg(feature = "arrow")]
pub use self::arrow::RecordBatches;
pub use self::column::{ColumnName, SortKey, column};
pub use self::filter::{Filter, Literal};
pub use self::json::{json, json_or_null};
pub use self::moment::{FromDate, FromTimestamp, date, date_or_null, timestamp, timestamp_or_null};
pub use self::number::{number, number_or_null};
pub(crate) use self::origin::Source;
pub(crate) use self::page::columns;
pub use self::page::{Column, Page};
pub use self::pages::Pages;
#[cfg(feature = "parquet")]
pub use self::parquet::{ParquetCompression, WriteParquet};
pub use self::results::Results;
pub use self::varbinary::{varbinary, varbinary_or_null};
