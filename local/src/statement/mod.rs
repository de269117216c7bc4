//! A statement as the engine gets it: parameters filled in, query views put in front as common
//! table expressions, and the views it reads.

mod lineage;
mod tokens;

pub(crate) use lineage::{Lineage, LineageError, lineage, of_view, rings};

use crate::engine::{SqlError, TableName};
use crate::library::Library;
use crate::parameters::{Parameter, Values, fill};

/// Query views within query views end here: nobody reads deeper, and a trick would.
const MAX_DEPTH: usize = 32;
/// What a statement may grow to by its query views.
const MAX_BYTES: usize = 4 << 20;

/// A statement that is ready to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Statement {
    /// The complete SQL.
    pub(crate) sql: String,
    /// What was put in front of the author's text, to place errors in that text.
    inserted: Option<Inserted>,
}

/// A piece of text between two characters of the author's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Inserted {
    line: u64,
    column: u64,
    lines: u64,
    end_column: u64,
}

impl Statement {
    /// Makes the statement of a query's SQL and values.
    ///
    /// # Errors
    /// A parameter without a value, text that cannot be read, query views that call each other in
    /// a ring. All are errors of the query and come out when it runs.
    pub(crate) fn new(library: &Library, sql: &str, values: &Values) -> Result<Self, SqlError> {
        let filled = filled(sql, values)?;
        let mut trail = Vec::new();
        expanded(library, &filled, &mut trail)
    }

    /// The names in the statement that are called like views.
    pub(crate) fn mentioned(&self) -> Result<Vec<TableName>, SqlError> {
        tokens::scan(&self.sql).map(|scan| scan.views.into_iter().collect())
    }

    /// The error with its place in the text that its author wrote.
    pub(crate) fn place(&self, error: SqlError) -> SqlError {
        let (Some(inserted), Some(line), Some(column)) = (self.inserted, error.line, error.column)
        else {
            return error;
        };
        let message = error.reason().to_owned();
        let last = inserted.line + inserted.lines;
        if (line, column) < (inserted.line, inserted.column) {
            error
        } else if line > last {
            SqlError::at(error.name, line - inserted.lines, column, message)
        } else if line == last && column >= inserted.end_column {
            let column = inserted.column + (column - inserted.end_column);
            SqlError::at(error.name, inserted.line, column, message)
        } else {
            SqlError::new(error.name, format!("in a query view: {message}"))
        }
    }
}

fn filled(sql: &str, values: &Values) -> Result<String, SqlError> {
    fill(sql, values).map_err(|missing| {
        let message = format!("parameter `{}` is not declared", missing.key);
        let (line, column) = missing.place(sql);
        SqlError::at("INVALID_ARGUMENTS", line, column, message)
    })
}

fn expanded(library: &Library, sql: &str, trail: &mut Vec<i64>) -> Result<Statement, SqlError> {
    let scan = tokens::scan(sql)?;
    let mut definitions = Vec::new();
    for view in &scan.query_views {
        let Some(query) = library.query(view.id).filter(|query| !query.is_archived) else {
            continue;
        };
        if trail.contains(&view.id) || trail.len() >= MAX_DEPTH {
            let ring: Vec<String> = trail
                .iter()
                .skip_while(|id| **id != view.id)
                .chain([&view.id])
                .map(|id| format!("`query_{id}`"))
                .collect();
            let message = if trail.contains(&view.id) {
                format!(
                    "query views call each other in a ring: {}",
                    ring.join(" -> ")
                )
            } else {
                format!("query views are nested more than {MAX_DEPTH} deep")
            };
            return Err(SqlError::new("NOT_SUPPORTED", message));
        }
        let values = arguments(&query.parameters, view)?;
        let inner = filled(&query.sql, &values).map_err(|error| within(view.id, error))?;
        trail.push(view.id);
        let inner = expanded(library, &inner, trail);
        trail.pop();
        let inner = inner.map_err(|error| within(view.id, error))?.sql;
        let end = tokens::scan(&inner)?.end;
        let body = inner.get(..end).unwrap_or(&inner);
        definitions.push(format!("{} AS (\n{body}\n)", view.name));
    }
    if definitions.is_empty() {
        return Ok(Statement {
            sql: sql.to_owned(),
            inserted: None,
        });
    }
    let definitions = definitions.join(", ");
    let text = if scan.has_expressions {
        format!("{definitions}, ")
    } else {
        format!("WITH {definitions} ")
    };
    if sql.len() + text.len() > MAX_BYTES {
        let message =
            format!("with its query views the statement is longer than {MAX_BYTES} bytes");
        return Err(SqlError::new("NOT_SUPPORTED", message));
    }
    let before = sql.get(..scan.expressions_at).unwrap_or_default();
    let after = sql.get(scan.expressions_at..).unwrap_or_default();
    Ok(Statement {
        inserted: Some(inserted(before, &text)),
        sql: format!("{before}{text}{after}"),
    })
}

fn inserted(before: &str, text: &str) -> Inserted {
    let lines = |text: &str| text.matches('\n').count() as u64;
    let column = |text: &str| {
        let last = text.rsplit('\n').next().unwrap_or_default();
        last.chars().count() as u64 + 1
    };
    Inserted {
        line: lines(before) + 1,
        column: column(before),
        lines: lines(text),
        end_column: column(text),
    }
}

/// The values of a query view's parameters. Keys are compared without case, as Dune does.
fn arguments(declared: &[Parameter], view: &tokens::QueryView) -> Result<Values, SqlError> {
    let mut given = serde_json::Map::new();
    for (key, value) in &view.arguments {
        let known = declared
            .iter()
            .find(|parameter| parameter.key.to_lowercase() == key.to_lowercase());
        let key = known.map_or(key, |parameter| &parameter.key);
        given.insert(key.clone(), value.clone().into());
    }
    Values::new(declared, &given).map_err(|error| {
        within(
            view.id,
            SqlError::new("INVALID_ARGUMENTS", error.to_string()),
        )
    })
}

fn within(id: i64, error: SqlError) -> SqlError {
    SqlError::new(error.name, format!("in query_{id}: {}", error.message))
}

#[cfg(test)]
mod tests;
