//! What a table and its columns may be called, and what types they may have: Dune's rules.

use serde_json::Value;

use super::error::Refused;
use super::record::UploadColumn;
use crate::engine::{Column, TableName};
use crate::library::Library;

/// The types of columns. `timestamp` is `timestamp(3)`, as in SQL.
const TYPES: [&str; 10] = [
    "varchar",
    "varbinary",
    "uint256",
    "int256",
    "bigint",
    "integer",
    "double",
    "boolean",
    "timestamp",
    "date",
];
/// The longest name of a table, and of a column.
const LONGEST: usize = 128;
/// The most columns of a table.
const MOST: usize = 1000;

/// The full name of a new table of the workspace's team.
pub(crate) fn name_of(library: &Library, table: &str) -> Result<TableName, Refused> {
    let refused = |message: String| Err(Refused::Name(message));
    if table.len() > LONGEST {
        return refused(format!("a table's name has at most {LONGEST} characters"));
    }
    if !is_word(table) {
        return refused(format!(
            "`{}` cannot be the name of a table: it begins with a small letter and goes on with small letters, digits and `_`",
            table.escape_debug()
        ));
    }
    if table.starts_with("result_") {
        return refused(format!(
            "`{table}` cannot be the name of a table: `result_` begins the names of materialized views"
        ));
    }
    let name = TableName::new(["dune", library.team(), table])
        .map_err(|error| Refused::Name(error.to_string()))?;
    if library.is_table(&name) || library.view(&name).is_some() {
        return refused(format!("`{name}` is declared in the workspace's manifest"));
    }
    Ok(name)
}

/// Whether a table could have this name, so that it means nothing else in a path.
pub(super) fn is_possible(name: &TableName) -> bool {
    let team = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    match name.parts() {
        [catalog, owner, table] => {
            catalog == "dune" && owner.chars().all(team) && table.len() <= LONGEST && is_word(table)
        }
        _ => false,
    }
}

fn is_word(name: &str) -> bool {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(inner)
}

/// The columns of a new table, from their names, types and whether they take NULL. A name's case does not count, as in SQL.
pub(crate) fn columns<'a>(
    given: impl Iterator<Item = (&'a str, &'a Value, Option<bool>)>,
) -> Result<Vec<UploadColumn>, Refused> {
    let columns = given.map(|(name, data_type, nullable)| {
        Ok(UploadColumn {
            data_type: type_of(name, data_type)?,
            name: name.to_lowercase(),
            nullable: nullable.unwrap_or(true),
        })
    });
    let columns = columns.collect::<Result<Vec<_>, _>>()?;
    let named: Vec<Column> = columns
        .iter()
        .map(|column| Column::new(&column.name, &column.data_type))
        .collect();
    names(&named)?;
    Ok(columns)
}

/// Judges the names of all columns.
pub(super) fn names(columns: &[Column]) -> Result<(), Refused> {
    let refused = |message: String| Err(Refused::Columns(message));
    if columns.is_empty() || columns.len() > MOST {
        return refused(format!("a table has 1 to {MOST} columns"));
    }
    for (place, Column { name, .. }) in columns.iter().enumerate() {
        let shown = name.escape_debug();
        if name.len() > LONGEST || name.chars().any(char::is_control) {
            return refused(format!(
                "`{shown}` cannot be the name of a column: it has at most {LONGEST} characters that can be seen"
            ));
        }
        if !name.starts_with(char::is_alphabetic) {
            return refused(format!(
                "`{shown}` cannot be the name of a column: it begins with a letter"
            ));
        }
        if columns.iter().take(place).any(|other| other.name == *name) {
            return refused(format!("there are two columns `{shown}`"));
        }
    }
    Ok(())
}

fn type_of(column: &str, given: &Value) -> Result<String, Refused> {
    let word = given.as_str().map(str::to_lowercase);
    let known = word.filter(|word| TYPES.contains(&word.as_str()));
    known.ok_or_else(|| {
        Refused::Columns(format!(
            "column `{}`: {given} is no type of a table's column: they are {}",
            column.escape_debug(),
            dune_pipeline_graph::names::list(TYPES)
        ))
    })
}
