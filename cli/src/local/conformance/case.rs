//! The records of a folder: tables and statements as a Trino answered them, one JSON object a line.
//! Answers of our own are written in the same form, so that two files can be compared by any means.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The tables that the statements read.
#[derive(Debug, Deserialize)]
pub(crate) struct Tables {
    pub(crate) tables: Vec<Table>,
}

/// A table: its rows have one value a column, in the encoding of answers.
#[derive(Debug, Deserialize)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Vec<Value>>,
}

impl Tables {
    /// The first row that has not one value a column.
    pub(crate) fn misfit(&self) -> Option<String> {
        self.tables.iter().find_map(
            |Table {
                 name,
                 columns,
                 rows,
             }| {
                let row = rows.iter().position(|row| row.len() != columns.len())?;
                Some(format!(
                    "row {} of table `{name}` does not have {} values",
                    row + 1,
                    columns.len()
                ))
            },
        )
    }
}

/// A column of a table or of an answer, its type as Trino's `typeof()` spells it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct Column {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
}

/// A statement and how its answer is to be compared.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub(crate) struct Case {
    /// `area/name`, or a name alone.
    pub(crate) id: String,
    pub(crate) sql: String,
    /// The rows come in this order. They are a multiset otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ordered: Option<bool>,
    /// A sketch or a percentile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) approx: Option<bool>,
    /// How far a number may be off, relative to the larger of the two.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rel_tol: Option<f64>,
    /// The elements of arrays have no defined order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) any_order_arrays: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) note: Option<String>,
}

impl Case {
    /// What the statement is about, where its id says so.
    pub(crate) fn area(&self) -> Option<&str> {
        self.id.split_once('/').map(|(area, _)| area)
    }
}

/// What a statement came to.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(untagged)]
pub(crate) enum Outcome {
    Answered(Answer),
    Refused { error: Refusal },
}

#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
pub(crate) struct Answer {
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Vec<Value>>,
}

/// Why a statement was refused. The names are Trino's; a message may name whichever row came first.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct Refusal {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) class: String,
    pub(crate) message: String,
}

impl Refusal {
    /// A refusal by name: the class follows from the name, as it does in Trino.
    pub(crate) fn new(name: impl Into<String>, message: impl Into<String>) -> Refusal {
        let name = name.into();
        let class = match name.as_str() {
            "GENERIC_INTERNAL_ERROR" => "INTERNAL_ERROR",
            exceeded if exceeded.starts_with("EXCEEDED_") => "INSUFFICIENT_RESOURCES",
            _ => "USER_ERROR",
        };
        Refusal {
            name,
            class: class.into(),
            message: message.into(),
        }
    }
}

/// A line: the statement and what it came to.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub(crate) struct Record {
    #[serde(flatten)]
    pub(crate) case: Case,
    #[serde(flatten)]
    pub(crate) outcome: Outcome,
}

impl Record {
    /// Puts rows without an order of their own into that of their JSON text, so that two runs write the same line.
    pub(crate) fn sort(&mut self) {
        if let Outcome::Answered(answer) = &mut self.outcome
            && self.case.ordered != Some(true)
        {
            answer
                .rows
                .sort_by_cached_key(|row| Value::from(row.clone()).to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_written_as_it_was_read() {
        for line in [
            r#"{"id":"row/nan","sql":"select 1","ordered":true,"rel_tol":1e-9,"columns":[{"name":"_col0","type":"double"}],"rows":[["NaN"],[9007199254740993],[null]]}"#,
            r#"{"id":"plain","sql":"select x","error":{"name":"COLUMN_NOT_FOUND","type":"USER_ERROR","message":"line 1:8: Column 'x' cannot be resolved"}}"#,
        ] {
            let record: Record = serde_json::from_str(line).unwrap();
            assert_eq!(serde_json::to_string(&record).unwrap(), line);
        }
    }

    #[test]
    fn a_line_without_an_answer_is_none() {
        assert!(serde_json::from_str::<Record>(r#"{"id":"a","sql":"select 1"}"#).is_err());
    }

    #[test]
    fn the_area_is_what_stands_before_the_slash() {
        let area = |id: &str| {
            let case: Case =
                serde_json::from_value(serde_json::json!({"id": id, "sql": ""})).unwrap();
            case.area().map(str::to_owned)
        };
        assert_eq!(area("math/round").as_deref(), Some("math"));
        assert_eq!(area("dex_weekly"), None);
    }
}
