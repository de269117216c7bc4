//! A materialized view as Dune knows it, in full and as an item of a list.

use dune_api::types;

/// A materialized view. What Dune leaves out is empty, `None` or `false`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MaterializedView {
    /// Its full name, as SQL has it.
    pub sql_id: String,
    /// Dune's id of it.
    pub id: Option<String>,
    /// The query whose rows it keeps.
    pub query_id: i64,
    /// Whether only the owner may read it.
    pub is_private: bool,
    /// How many bytes it takes.
    pub table_size_bytes: Option<u64>,
    /// The team whose it is, where it is a team's.
    pub owner_team_id: Option<i64>,
    /// The user whose it is, where it is a user's.
    pub owner_user_id: Option<i64>,
    /// Its newest refreshes: each can be taken up with [`Dune::execution`](crate::Dune::execution).
    pub last_execution_ids: Vec<String>,
}

/// A materialized view as a list has it. What Dune leaves out is `None` or `false`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MaterializedViewOverview {
    /// Its full name, as SQL has it.
    pub sql_id: String,
    /// Dune's id of it.
    pub id: Option<String>,
    /// The query whose rows it keeps.
    pub query_id: i64,
    /// Whether only the owner may read it.
    pub is_private: bool,
    /// How many bytes it takes.
    pub table_size_bytes: Option<u64>,
}

impl MaterializedView {
    pub(super) fn read(answer: types::MatviewsGetResponse) -> MaterializedView {
        // 0 stands for nobody: a view is a team's or a user's.
        let somebody = |id: Option<i64>| id.filter(|id| *id != 0);
        MaterializedView {
            sql_id: answer.sql_id,
            id: answer.id,
            query_id: answer.query_id,
            is_private: answer.is_private.unwrap_or_default(),
            table_size_bytes: bytes(answer.table_size_bytes),
            owner_team_id: somebody(answer.owner_team_id),
            owner_user_id: somebody(answer.owner_user_id),
            last_execution_ids: answer.last_execution_ids.unwrap_or_default(),
        }
    }
}

impl MaterializedViewOverview {
    pub(super) fn read(answer: types::MatviewListElement) -> MaterializedViewOverview {
        MaterializedViewOverview {
            sql_id: answer.sql_id,
            id: answer.id,
            query_id: answer.query_id,
            is_private: answer.is_private.unwrap_or_default(),
            table_size_bytes: bytes(answer.table_size_bytes),
        }
    }
}

fn bytes(count: Option<i64>) -> Option<u64> {
    count.and_then(|count| u64::try_from(count).ok())
}
