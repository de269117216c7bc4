//! Rows as objects of JSON, one a line.

use std::io::BufRead;
use std::path::Path;

use serde_json::{Map, Value as Json};

use super::super::value::Value;
use super::records::{Lines, find, utf8};
use super::{Result, Row, Target, cell};
use crate::engine::ImportError;

/// The rows of a text. Blank lines are none.
pub(super) fn rows(
    file: &Path,
    reader: impl BufRead,
    targets: &[Target],
) -> impl Iterator<Item = Result<Row>> {
    let mut lines = Lines::new(file, reader);
    let mut text = Vec::new();
    std::iter::from_fn(move || {
        loop {
            text.clear();
            match lines.read(&mut text) {
                Ok(true) if text.iter().all(u8::is_ascii_whitespace) => {}
                Ok(true) => return Some(row(&text, lines.line, targets)),
                Ok(false) => return None,
                Err(error) => return Some(Err(error)),
            }
        }
    })
}

fn row(text: &[u8], line: u64, targets: &[Target]) -> Result<Row> {
    let wrong = |message: String| ImportError::Text {
        message: format!("line {line}: {message}"),
    };
    let object: Map<String, Json> = serde_json::from_str(utf8(text, line)?)
        .map_err(|error| wrong(format!("it is no object of JSON: {error}")))?;
    if let Some(key) = object.keys().find(|key| find(targets, key).is_none()) {
        let known = targets.iter().map(|target| &target.name);
        let known = dune_pipeline_graph::names::list(known);
        return Err(wrong(format!(
            "the table has no column {}: it has {known}",
            cell::shown(key)
        )));
    }
    let values = targets.iter().map(|target| {
        let value = object.get(&target.name).or_else(|| {
            let mut others = object.iter();
            let other = others.find(|(key, _)| key.eq_ignore_ascii_case(&target.name));
            other.map(|(_, value)| value)
        });
        match value {
            None => target.checked(line, Some(Value::Null), ""),
            Some(value) => {
                let written = || value.to_string();
                let read = cell::of_json(value, &target.ty);
                let written = read.is_none().then(written).unwrap_or_default();
                target.checked(line, read, &written)
            }
        }
    });
    Ok(Row {
        values: values.collect::<Result<_>>()?,
        bytes: text.len(),
    })
}
