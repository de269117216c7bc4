//! The SQL engine, as the rest of the local Dune sees it: one small trait.
//! Nothing of the engine behind it leaks out, so that another (a Trino cluster) can take its place.

use std::path::PathBuf;

use async_trait::async_trait;
use futures::stream::BoxStream;
use serde_json::Value as Json;

mod datafusion;
mod error;
mod import;
mod name;

pub use self::datafusion::{DataFusionEngine, Settings};
pub use self::error::{AttachError, SqlError};
pub use self::import::{Import, ImportColumn, ImportError, Imported, TextFormat};
pub use self::name::{InvalidTableName, TableName};

/// One column of an answer or of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The name as written in the SQL, `_colN` (counted from 0) where the SQL gives none.
    pub name: String,
    /// The type as Trino's `typeof()` spells it: `bigint`, `decimal(38,18)`, `timestamp(3) with time zone`.
    pub data_type: String,
}

impl Column {
    /// A column of this name and type.
    pub fn new(name: impl Into<String>, data_type: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            data_type: data_type.into(),
        }
    }
}

/// A row: one JSON value a column, in Dune's rendering.
///
/// | type | JSON |
/// |---|---|
/// | integers, `real`, `double` | numbers; `"NaN"`, `"Infinity"`, `"-Infinity"` as text |
/// | `decimal(p,s)` | text with all `s` digits: `"1.50"` |
/// | `varchar`, `char(n)`, `json` | text |
/// | `varbinary` | text, `"0x"` and lower-case hex |
/// | `date`, `time(p)`, `timestamp(p)`, `.. with time zone`, intervals | text as Trino prints them: `"2024-03-05 20:50:59.000 UTC"` |
/// | `array(..)`, `row(..)` | array |
/// | `map(k,v)` | object, its keys as text, sorted |
/// | NULL | `null` |
pub type Row = Vec<Json>;

/// Batches of rows as the engine makes them. Dropping it stops the work.
pub type Rows = BoxStream<'static, Result<Vec<Row>, SqlError>>;

/// The answer to a query.
pub struct Answer {
    /// The columns, known before the first row is made.
    pub columns: Vec<Column>,
    /// The rows. Dropping the stream cancels the query, and the engine stops working on it.
    pub rows: Rows,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer")
            .field("columns", &self.columns)
            .finish_non_exhaustive()
    }
}

/// What [`Engine::materialize`] has written, or [`Engine::import`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Materialized {
    /// Rows written.
    pub rows: u64,
    /// The size of the file in bytes.
    pub bytes: u64,
    /// The columns of the file.
    pub columns: Vec<Column>,
}

/// How a table's file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFormat {
    /// Comma-separated text with a header line. An empty cell is NULL, a quoted empty one (`""`) is the empty text.
    Csv,
    /// Parquet.
    Parquet,
}

/// Where a table's rows are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableSource {
    /// The file. It is never written to.
    pub file: PathBuf,
    /// How it is written.
    pub format: FileFormat,
    /// The columns with Trino's types. Needed for CSV, whose cells are in Trino's text rendering (arrays, maps and
    /// rows as JSON). For Parquet `None` takes them from the file, and `Some` casts the file's columns to them.
    pub columns: Option<Vec<Column>>,
}

/// A SQL engine that answers Dune's SQL.
///
/// All SQL is complete when it comes here: parameters are filled in and `query_123` views are expanded. One statement, which
/// only reads. An answer is Trino's answer, or an [`SqlError`]: `NOT_SUPPORTED` for what an engine cannot do as Trino does.
///
/// An engine works on threads of its own. A future or stream of it that is dropped stops the work behind it.
#[async_trait]
pub trait Engine: Send + Sync + 'static {
    /// Parses and plans `sql`, and says what columns its answer would have. No row is read.
    ///
    /// # Errors
    /// What is wrong with the statement, in Trino's words.
    async fn describe(&self, sql: &str) -> Result<Vec<Column>, SqlError>;

    /// Answers `sql`. The future ends when the columns are known, the rows come as they are made.
    ///
    /// # Errors
    /// What is wrong with the statement; what goes wrong later comes through the stream, which then ends.
    async fn query(&self, sql: &str) -> Result<Answer, SqlError>;

    /// Answers `sql` into a new Parquet file at `path`, which is either written whole and durable, or not there.
    /// An existing file is replaced. Tables are not attached by this: see [`Engine::attach`].
    ///
    /// # Errors
    /// What is wrong with the statement, which must also name all its columns, each once; or with the disk.
    async fn materialize(
        &self,
        sql: &str,
        path: &std::path::Path,
    ) -> Result<Materialized, SqlError>;

    /// Writes uploaded rows into a new Parquet file at `path`, which is either written whole and durable, or not there.
    /// Memory is bounded, however long the text is. The file keeps the types of its columns, so that it can be attached
    /// without declaring them.
    ///
    /// # Errors
    /// What is wrong with the text, with its line and column; or with the disk.
    async fn import(&self, import: Import, path: &std::path::Path)
    -> Result<Imported, ImportError>;

    /// Makes the rows of `source` readable under `name`. A table that has the name already is replaced at once:
    /// statements in flight go on with the one they started with.
    ///
    /// # Errors
    /// What is wrong with the file or the declared columns. A table that had the name stays.
    async fn attach(
        &self,
        name: &TableName,
        source: TableSource,
    ) -> Result<Vec<Column>, AttachError>;

    /// Forgets the table of this name. Says whether there was one.
    async fn detach(&self, name: &TableName) -> bool;
}
