//! The tables of the records as the workspace of a local Dune: a manifest, and a CSV file a table.
//! Cells are in Trino's own rendering, which is what both sides speak.

use std::fmt::Write as _;
use std::path::Path;
use std::{fs, io};

use serde_json::Value;

use super::case::Table;

/// Lays out a workspace with these tables in an empty folder.
///
/// # Errors
/// What the system says of a file that cannot be written.
pub(crate) fn lay_out(tables: &[Table], folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder.join("tables"))?;
    let mut manifest = String::from("team = \"oracle\"\n");
    for (i, table) in tables.iter().enumerate() {
        let file = format!("tables/{i}.csv");
        fs::write(folder.join(&file), csv(table))?;
        let columns = table
            .columns
            .iter()
            .map(|column| format!("{} = {}", quoted(&column.name), quoted(&column.kind)));
        let columns = columns.collect::<Vec<_>>().join(", ");
        let name = quoted(&table.name);
        // Writing to a String cannot fail.
        let _ = write!(
            manifest,
            "\n[[tables]]\nname = {name}\nfile = \"{file}\"\ncolumns = {{ {columns} }}\n"
        );
    }
    fs::write(folder.join("dune.toml"), manifest)
}

/// A basic string of TOML, which escapes as JSON does.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// A header and the rows. A NULL is an empty cell, and the empty text is a quoted one: all else is quoted here.
fn csv(table: &Table) -> String {
    let line = |cells: Vec<String>| cells.join(",") + "\n";
    let header = table
        .columns
        .iter()
        .map(|column| cell(&Value::from(column.name.as_str())))
        .collect();
    let row = |row: &Vec<Value>| line(row.iter().map(cell).collect());
    line(header) + &table.rows.iter().map(row).collect::<String>()
}

fn cell(value: &Value) -> String {
    let text = match value {
        Value::Null => return String::new(),
        Value::String(text) => text.clone(),
        value => value.to_string(),
    };
    format!("\"{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn tables_become_a_manifest_and_files() {
        let table = json!({
            "name": "dex.trades",
            "columns": [{"name": "a \"b\"", "type": "varchar"}, {"name": "n", "type": "bigint"}, {"name": "m", "type": "map(varchar,double)"}],
            "rows": [["", 1, [["k", 0.5]]], [null, null, null], ["x,\"y\"", -2, []]],
        });
        let folder = tempfile::tempdir().unwrap();
        lay_out(&[serde_json::from_value(table).unwrap()], folder.path()).unwrap();
        let manifest = fs::read_to_string(folder.path().join("dune.toml")).unwrap();
        let columns = r#"{ "a \"b\"" = "varchar", "n" = "bigint", "m" = "map(varchar,double)" }"#;
        assert_eq!(
            manifest,
            format!(
                "team = \"oracle\"\n\n[[tables]]\nname = \"dex.trades\"\nfile = \"tables/0.csv\"\ncolumns = {columns}\n"
            )
        );
        let csv = fs::read_to_string(folder.path().join("tables/0.csv")).unwrap();
        let rows = [
            "\"a \"\"b\"\"\",\"n\",\"m\"",
            "\"\",\"1\",\"[[\"\"k\"\",0.5]]\"",
            ",,",
            "\"x,\"\"y\"\"\",\"-2\",\"[]\"",
        ];
        assert_eq!(csv.lines().collect::<Vec<_>>(), rows);
    }
}
