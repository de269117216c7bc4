//! Rows as a table for people: numbers to the right, what is too wide cut, and said what was left out.

use std::collections::VecDeque;

use serde_json::{Map, Value};

use crate::live::text::{cut, line, padded, width};
use crate::terminal;

const GAP: &str = "  ";
/// Wider cells are cut: what is in them is for CSV or JSON.
const WIDEST_CELL: usize = 48;

/// A row as it comes.
pub(crate) type Row = Map<String, Value>;

/// The table, within so many columns of a terminal. Each column is given by its name and Dune's type of it.
pub(crate) fn draw(columns: &[(String, String)], rows: &[Row], room: usize) -> String {
    let columns = columns.iter();
    let mut laid: VecDeque<Laid> = columns
        .map(|(name, column_type)| Laid::new(name, column_type, rows))
        .collect();
    let mut shown: Vec<Laid> = Vec::new();
    let mut used = 0;
    while let Some(next) = laid.pop_front() {
        let wanted = next.width + if shown.is_empty() { 0 } else { GAP.len() };
        if used + wanted > room && !shown.is_empty() {
            laid.push_front(next);
            break;
        }
        used += wanted;
        shown.push(next);
    }
    let mut out = String::new();
    let mut write = |cell: &dyn Fn(&Laid) -> String| {
        let cells: Vec<String> = shown.iter().map(cell).collect();
        out.push_str(cut(cells.join(GAP).trim_end(), room).as_str());
        out.push('\n');
    };
    write(&|column| column.fit(&column.name));
    write(&|column| "─".repeat(column.width));
    for row in 0..rows.len() {
        write(&|column| column.fit(column.cells.get(row).map_or("", String::as_str)));
    }
    if !laid.is_empty() {
        let names: Vec<&str> = laid.iter().map(|column| column.name.as_str()).collect();
        let noun = if names.len() == 1 {
            "column"
        } else {
            "columns"
        };
        let text = format!(
            "not shown: {} more {noun}: {}",
            names.len(),
            names.join(", ")
        );
        out.push_str(&cut(&text, room));
        out.push('\n');
    }
    out
}

/// A list of ours: rows of texts under these names, for standard output.
pub(crate) fn list(names: &[&str], rows: Vec<Vec<String>>) -> String {
    let columns: Vec<_> = names
        .iter()
        .map(|name| (String::from(*name), String::new()))
        .collect();
    let row = |cells: Vec<String>| {
        let names = names.iter().map(|name| String::from(*name));
        names.zip(cells.into_iter().map(Value::String)).collect()
    };
    let rows: Vec<Row> = rows.into_iter().map(row).collect();
    let room = terminal::size().map_or(usize::MAX, |size| size.columns);
    draw(&columns, &rows, room)
}

/// A column, ready to be written.
struct Laid {
    name: String,
    cells: Vec<String>,
    width: usize,
    right: bool,
}

impl Laid {
    fn new(column: &str, column_type: &str, rows: &[Row]) -> Laid {
        let name = cut(&line(column), WIDEST_CELL);
        let values = || {
            rows.iter()
                .map(|row| row.get(column).unwrap_or(&Value::Null))
        };
        let cells: Vec<String> = values()
            .map(|value| cut(&cell(value), WIDEST_CELL))
            .collect();
        let widest = cells.iter().map(|cell| width(cell)).max().unwrap_or(0);
        let number = |value: &Value| value.is_number() || value.is_null();
        Laid {
            width: widest.max(width(&name)),
            right: is_number(column_type) || (!rows.is_empty() && values().all(number)),
            name,
            cells,
        }
    }

    fn fit(&self, text: &str) -> String {
        match self.right {
            true => {
                let missing = self.width.saturating_sub(width(text));
                format!("{:missing$}{text}", "")
            }
            false => padded(text, self.width),
        }
    }
}

/// Whether a column of this type holds numbers, which Dune sends as text where they are exact.
fn is_number(column_type: &str) -> bool {
    let name = column_type.split('(').next().unwrap_or_default().trim();
    let numbers = [
        "tinyint", "smallint", "integer", "bigint", "real", "double", "decimal", "uint256",
        "int256",
    ];
    numbers.contains(&name.to_ascii_lowercase().as_str())
}

/// A value on one line; NULL is nothing, as in CSV.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => line(text),
        other => line(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rows(rows: &[Value]) -> Vec<Row> {
        rows.iter()
            .map(|row| row.as_object().unwrap().clone())
            .collect()
    }

    #[test]
    fn numbers_stand_to_the_right_and_null_is_nothing() {
        let rows = rows(&[
            json!({"project": "uniswap", "usd": 1.5, "n": "12"}),
            json!({"project": null, "usd": 1000.25, "n": "3"}),
        ]);
        let columns = [
            ("project", "varchar"),
            ("usd", "double"),
            ("n", "decimal(38,0)"),
        ];
        let names = columns.map(|(name, column_type)| (name.to_owned(), column_type.to_owned()));
        assert_eq!(
            draw(&names, &rows, 80),
            "project      usd   n\n───────  ───────  ──\nuniswap      1.5  12\n         1000.25   3\n"
        );
    }

    #[test]
    fn what_does_not_fit_is_named_and_no_line_is_too_wide() {
        let rows = rows(&[json!({"a": "x".repeat(200), "b": "two\nlines", "c": [1, 2]})]);
        let names = ["a", "b", "c"].map(|name| (name.to_owned(), "varchar".to_owned()));
        for room in 1..100 {
            let text = draw(&names, &rows, room);
            assert!(
                text.lines().all(|line| width(line) <= room),
                "{room}: {text}"
            );
        }
        let text = draw(&names, &rows, 55);
        assert!(
            text.ends_with("not shown: 2 more columns: b, c\n"),
            "{text}"
        );
    }
}
