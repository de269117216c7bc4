//! A saved query as Dune has it, in full and as an item of a list.

use dune_api::types;

use super::parameter::QueryParameter;
use crate::timestamp::Timestamp;

/// A saved query. What Dune leaves out is empty, `None` or `false`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Query {
    /// Its id: the number in its address, `dune.com/queries/<id>`.
    pub query_id: i64,
    /// Its title.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Its SQL, with `{{key}}` where a parameter's value goes.
    pub query_sql: String,
    /// Its parameters, with the values that are used where none is given.
    pub parameters: Vec<QueryParameter>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// The user or team whose it is.
    pub owner: Option<String>,
    /// Raised by one with every change.
    pub version: Option<i64>,
    /// The engine it is written for, `v2 Dune SQL`.
    pub query_engine: Option<String>,
    /// Whether only the owner sees it.
    pub is_private: bool,
    /// Whether it is archived, and so can neither be run nor changed.
    pub is_archived: bool,
    /// Whether it was never saved.
    pub is_unsaved: bool,
    /// Whether it is a temporary one, which is not listed among the saved.
    pub is_temp: bool,
}

/// A query as a list has it: without its SQL. What Dune leaves out is empty or `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueryOverview {
    /// Its id: the number in its address, `dune.com/queries/<id>`.
    pub id: i64,
    /// Its title.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The user or team whose it is.
    pub owner: Option<String>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    pub updated_at: Option<Timestamp>,
}

impl Query {
    /// The parameter of this key, written as the SQL has it.
    #[must_use]
    pub fn parameter(&self, key: &str) -> Option<&QueryParameter> {
        let mut parameters = self.parameters.iter();
        parameters.find(|parameter| parameter.key() == key)
    }

    pub(super) fn read(answer: types::GetQueryResponse) -> Query {
        let parameters = answer.parameters.unwrap_or_default();
        Query {
            query_id: answer.query_id,
            name: answer.name,
            description: answer.description.unwrap_or_default(),
            query_sql: answer.query_sql,
            parameters: parameters.into_iter().map(QueryParameter::read).collect(),
            tags: answer.tags.unwrap_or_default(),
            owner: answer.owner,
            version: answer.version,
            query_engine: answer.query_engine,
            is_private: answer.is_private.unwrap_or_default(),
            is_archived: answer.is_archived.unwrap_or_default(),
            is_unsaved: answer.is_unsaved.unwrap_or_default(),
            is_temp: answer.is_temp.unwrap_or_default(),
        }
    }
}

impl QueryOverview {
    pub(super) fn read(answer: types::ResolvedQueryOverview) -> QueryOverview {
        QueryOverview {
            id: answer.id,
            name: answer.name.unwrap_or_default(),
            description: answer.description.unwrap_or_default(),
            owner: answer.owner,
            tags: answer.tags.unwrap_or_default(),
            created_at: Timestamp::read(answer.created_at),
            updated_at: Timestamp::read(answer.updated_at),
        }
    }
}
