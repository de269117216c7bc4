//! A table to make: its columns with their types, and what Dune answers of it.

use dune_api::types;
use serde_json::Value;

/// A table to make, for [`Dune::create_table`](crate::Dune::create_table).
#[derive(Debug, Clone, PartialEq)]
#[must_use = "no table is made until it is created"]
pub struct NewTable {
    namespace: String,
    table_name: String,
    columns: Vec<NewColumn>,
    description: Option<String>,
    is_private: Option<bool>,
}

/// A column of a table to make.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "a column does nothing until it is part of a table"]
pub struct NewColumn {
    name: String,
    column_type: ColumnType,
    nullable: Option<bool>,
}

/// The type of a column of a table to make.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ColumnType {
    /// Text.
    Varchar,
    /// Bytes, written as `0x` and hex digits: addresses, hashes.
    Varbinary,
    /// Whole numbers of 256 bits without a sign.
    Uint256,
    /// Whole numbers of 256 bits with a sign.
    Int256,
    /// Whole numbers of 64 bits.
    Bigint,
    /// Whole numbers of 32 bits.
    Integer,
    /// Floating-point numbers of 64 bits.
    Double,
    /// Truth values.
    Boolean,
    /// Dates with a time.
    Timestamp,
    /// Dates.
    Date,
    /// Another type, by its name.
    Named(String),
    /// A list or a struct, as the JSON object in which Dune takes it.
    Nested(Value),
}

/// A table that was made, or was there already.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CreatedTable {
    /// The user or team whose it is.
    pub namespace: String,
    /// Its name.
    pub table_name: String,
    /// Its name as SQL has it, `dune.<namespace>.<table_name>`.
    pub full_name: String,
    /// SQL that reads it.
    pub example_query: Option<String>,
    /// Whether it was there before, with the columns that it had.
    pub already_existed: bool,
    /// What was done, in Dune's words.
    pub message: Option<String>,
}

impl NewTable {
    /// A table of this name, of the user or team with this handle.
    pub fn new(namespace: impl Into<String>, table_name: impl Into<String>) -> NewTable {
        NewTable {
            namespace: namespace.into(),
            table_name: table_name.into(),
            columns: Vec::new(),
            description: None,
            is_private: None,
        }
    }

    /// One more column, of which nothing is said about nulls.
    pub fn column(self, name: impl Into<String>, column_type: ColumnType) -> NewTable {
        self.columns([NewColumn::new(name, column_type)])
    }

    /// More columns.
    pub fn columns(mut self, columns: impl IntoIterator<Item = NewColumn>) -> NewTable {
        self.columns.extend(columns);
        self
    }

    /// What it holds.
    pub fn description(mut self, text: impl Into<String>) -> NewTable {
        self.description = Some(text.into());
        self
    }

    /// Whether only the owner may read it. Dune chooses unless set.
    pub fn is_private(mut self, private: bool) -> NewTable {
        self.is_private = Some(private);
        self
    }

    pub(super) fn request(&self) -> types::TableCreateRequest {
        types::TableCreateRequest {
            namespace: self.namespace.clone(),
            table_name: self.table_name.clone(),
            schema: self.columns.iter().map(NewColumn::body).collect(),
            description: self.description.clone(),
            is_private: self.is_private,
        }
    }
}

impl NewColumn {
    /// A column of this name and type.
    pub fn new(name: impl Into<String>, column_type: ColumnType) -> NewColumn {
        NewColumn {
            name: name.into(),
            column_type,
            nullable: None,
        }
    }

    /// Whether it can be null. Dune chooses unless set.
    pub fn nullable(mut self, nullable: bool) -> NewColumn {
        self.nullable = Some(nullable);
        self
    }

    fn body(&self) -> types::TableColumn {
        types::TableColumn {
            name: self.name.clone(),
            type_: self.column_type.body(),
            nullable: self.nullable,
        }
    }
}

impl ColumnType {
    fn body(&self) -> Value {
        let name = match self {
            ColumnType::Varchar => "varchar",
            ColumnType::Varbinary => "varbinary",
            ColumnType::Uint256 => "uint256",
            ColumnType::Int256 => "int256",
            ColumnType::Bigint => "bigint",
            ColumnType::Integer => "integer",
            ColumnType::Double => "double",
            ColumnType::Boolean => "boolean",
            ColumnType::Timestamp => "timestamp",
            ColumnType::Date => "date",
            ColumnType::Named(name) => name,
            ColumnType::Nested(value) => return value.clone(),
        };
        Value::String(name.to_owned())
    }
}

impl CreatedTable {
    /// What an answer leaves out and the request said is taken from that.
    pub(super) fn read(
        answer: types::TableCreateResponse,
        request: types::TableCreateRequest,
    ) -> CreatedTable {
        let namespace = answer.namespace.unwrap_or(request.namespace);
        let table_name = answer.table_name.unwrap_or(request.table_name);
        let documented = || format!("dune.{namespace}.{table_name}");
        CreatedTable {
            full_name: answer.full_name.unwrap_or_else(documented),
            namespace,
            table_name,
            example_query: answer.example_query,
            already_existed: answer.already_existed.unwrap_or_default(),
            message: answer.message,
        }
    }
}
