//! What an execution is asked to do: a saved query, raw SQL, or the refresh of a view.

use std::sync::Arc;

use crate::engine::{SqlError, TableName};
use crate::library::{Library, SavedQuery, SavedView};
use crate::parameters::{Given, ParameterError, Values};
use crate::statement::{Statement, of_view};

/// What an execution does.
#[derive(Debug, Clone)]
pub(crate) struct Work {
    /// The saved query; 0 for raw SQL.
    pub(crate) query_id: i64,
    pub(crate) values: Values,
    /// The statement, or why there is none: starting never judges the SQL, running does.
    pub(crate) statement: Result<Statement, SqlError>,
    /// The view that is to hold the rows; none where they are the result.
    pub(crate) view: Option<TableName>,
}

/// Why a saved query is not even started.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    #[error("Query not found")]
    NotFound,
    #[error("Not allowed to execute query. Query is archived, unsaved or not enough permissions")]
    Archived,
    #[error(transparent)]
    Parameter(#[from] ParameterError),
}

impl Work {
    /// A saved query with what its caller gives.
    pub(crate) fn query(library: &Library, id: i64, given: &Given) -> Result<Self, Refused> {
        let query = runnable(library, id)?;
        let values = Values::new(&query.parameters, given)?;
        Ok(Self {
            query_id: id,
            statement: Statement::new(library, &query.sql, &values),
            values,
            view: None,
        })
    }

    /// A statement that is not saved.
    pub(crate) fn sql(library: &Library, sql: &str, given: &Given) -> Result<Self, Refused> {
        let values = Values::free(given)?;
        Ok(Self {
            query_id: 0,
            statement: Statement::new(library, sql, &values),
            values,
            view: None,
        })
    }

    /// The refresh of a view, with the defaults of its query.
    pub(crate) fn refresh(library: &Library, view: &SavedView) -> Self {
        Self {
            query_id: view.query,
            values: Values::default(),
            statement: of_view(library, view),
            view: Some(view.name.clone()),
        }
    }
}

/// A query that may run.
fn runnable(library: &Library, id: i64) -> Result<Arc<SavedQuery>, Refused> {
    let query = library.query(id).ok_or(Refused::NotFound)?;
    if query.is_archived {
        return Err(Refused::Archived);
    }
    Ok(query)
}
