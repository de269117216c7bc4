//! A table of an account as the list has it.

use dune_api::types;
use serde_json::{Map, Value};

use crate::owner::Owner;
use crate::timestamp::Timestamp;

/// A table of the account, uploaded or made through the API. What Dune leaves out is empty, `None` or `false`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct UploadedTable {
    /// Its name as SQL has it, `dune.<namespace>.<table_name>`.
    pub full_name: String,
    /// Its columns.
    pub columns: Vec<TableColumn>,
    /// Whose it is.
    pub owner: Option<Owner>,
    /// Whether only the owner may read it.
    pub is_private: bool,
    /// How many bytes it takes.
    pub table_size_bytes: Option<u64>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    pub updated_at: Option<Timestamp>,
    /// When its rows were removed for good, if they were.
    pub purged_at: Option<Timestamp>,
}

/// A column of an uploaded table. What Dune leaves out is empty or `None`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TableColumn {
    /// Its name.
    pub name: String,
    /// Its type as Dune names it, e.g. `double`.
    pub column_type: String,
    /// Whether it can be null.
    pub nullable: Option<bool>,
    /// More about it, of no fixed form.
    pub metadata: Map<String, Value>,
}

impl UploadedTable {
    pub(super) fn read(answer: types::TableListElement) -> UploadedTable {
        let columns = answer.columns.unwrap_or_default();
        // Dune writes it as text.
        let size = answer.table_size_bytes.and_then(|text| text.parse().ok());
        UploadedTable {
            full_name: answer.full_name.unwrap_or_default(),
            columns: columns.into_iter().map(TableColumn::read).collect(),
            owner: answer
                .owner
                .map(|owner| Owner::read(owner.handle, owner.type_)),
            is_private: answer.is_private.unwrap_or_default(),
            table_size_bytes: size,
            created_at: Timestamp::read(answer.created_at),
            updated_at: Timestamp::read(answer.updated_at),
            purged_at: Timestamp::read(answer.purged_at),
        }
    }
}

impl TableColumn {
    fn read(answer: types::TableColumnInfo) -> TableColumn {
        TableColumn {
            name: answer.name.unwrap_or_default(),
            column_type: answer.type_.unwrap_or_default(),
            nullable: answer.nullable,
            metadata: answer.metadata.unwrap_or_default(),
        }
    }
}
