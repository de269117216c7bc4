//! A data set as Dune describes it: what it is, whose, and its columns.

use std::fmt;

use dune_api::types;
use serde_json::{Map, Value};

use crate::owner::Owner;
use crate::timestamp::Timestamp;

/// A table or view that the key can read. What Dune leaves out is empty, `None` or `false`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Dataset {
    /// Its name as SQL has it, of two parts or three.
    pub full_name: String,
    /// What it is.
    pub dataset_type: Option<DatasetType>,
    /// Whose it is.
    pub owner: Option<Owner>,
    /// Whether only the owner may read it.
    pub is_private: bool,
    /// Its columns.
    pub columns: Vec<DatasetColumn>,
    /// More about it, of no fixed form.
    pub metadata: Map<String, Value>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    pub updated_at: Option<Timestamp>,
}

/// A column of a data set. What Dune leaves out is empty, `None` or `false`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DatasetColumn {
    /// Its name.
    pub name: String,
    /// Its type as Dune names it, e.g. `double`.
    pub column_type: String,
    /// Whether it can be null.
    pub nullable: Option<bool>,
    /// What it holds.
    pub description: Option<String>,
    /// Whether a filter on it makes reading cheaper.
    pub filtering_column: bool,
}

/// What a data set is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DatasetType {
    /// A view of a data transformation.
    TransformationView,
    /// A table of a data transformation.
    TransformationTable,
    /// A table that was uploaded, or made through the API.
    UploadedTable,
    /// A table of decoded contract events and calls.
    DecodedTable,
    /// A curated table, made of others.
    Spell,
    /// A table of Dune's own, such as a chain's raw data.
    DuneTable,
    /// A materialized view.
    MaterializedView,
    /// Another type, by Dune's word for it.
    Other(String),
}

impl Dataset {
    pub(super) fn read(answer: types::DatasetResponse) -> Dataset {
        let columns = answer.columns.unwrap_or_default();
        Dataset {
            full_name: answer.full_name.unwrap_or_default(),
            dataset_type: answer.type_.map(|text| DatasetType::parse(&text)),
            owner: answer
                .owner
                .map(|owner| Owner::read(owner.handle, owner.type_)),
            is_private: answer.is_private.unwrap_or_default(),
            columns: columns.into_iter().map(DatasetColumn::read).collect(),
            metadata: answer.metadata.unwrap_or_default(),
            created_at: Timestamp::read(answer.created_at),
            updated_at: Timestamp::read(answer.updated_at),
        }
    }
}

impl DatasetColumn {
    fn read(answer: types::DatasetColumn) -> DatasetColumn {
        let metadata = answer.metadata.unwrap_or_default();
        DatasetColumn {
            name: answer.name.unwrap_or_default(),
            column_type: answer.type_.unwrap_or_default(),
            nullable: answer.nullable,
            description: metadata.description.filter(|text| !text.is_empty()),
            filtering_column: metadata.filtering_column.unwrap_or_default(),
        }
    }
}

impl DatasetType {
    /// Reads Dune's word.
    #[must_use]
    pub fn parse(text: &str) -> DatasetType {
        match text {
            "transformation_view" => DatasetType::TransformationView,
            "transformation_table" => DatasetType::TransformationTable,
            "uploaded_table" => DatasetType::UploadedTable,
            "decoded_table" => DatasetType::DecodedTable,
            "spell" => DatasetType::Spell,
            "dune_table" => DatasetType::DuneTable,
            "materialized_view" => DatasetType::MaterializedView,
            other => DatasetType::Other(other.to_owned()),
        }
    }

    /// Dune's word for it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            DatasetType::TransformationView => "transformation_view",
            DatasetType::TransformationTable => "transformation_table",
            DatasetType::UploadedTable => "uploaded_table",
            DatasetType::DecodedTable => "decoded_table",
            DatasetType::Spell => "spell",
            DatasetType::DuneTable => "dune_table",
            DatasetType::MaterializedView => "materialized_view",
            DatasetType::Other(text) => text,
        }
    }
}

impl fmt::Display for DatasetType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
