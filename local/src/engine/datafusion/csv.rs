//! Reads CSV into columns of Trino's types. Every cell is checked, and one that is wrong is named with its line.
//! Written here because it must tell an empty cell (NULL) from a quoted empty one (the empty text).

use std::{path::Path, sync::Arc};

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{Field, Schema};
use serde_json::Value as Json;

use super::{
    calendar, cast, functions, text,
    types::Type,
    value::{self, Value},
};
use crate::engine::AttachError;

/// A cell: its text, and whether it was quoted.
pub(super) type Cell = (String, bool);

/// The rows of a file with the declared columns, in their order.
pub(super) fn read(path: &Path, columns: &[(String, Type)]) -> Result<RecordBatch, AttachError> {
    let failed = |message: String| AttachError::Format {
        file: path.to_owned(),
        message,
    };
    let text = std::fs::read(path).map_err(|source| AttachError::Io {
        file: path.to_owned(),
        source,
    })?;
    let text = String::from_utf8(text).map_err(|_| failed("it is not UTF-8".to_owned()))?;
    let mut rows = Records {
        rest: text.strip_prefix('\u{feff}').unwrap_or(&text),
        line: 1,
    };
    let header = rows
        .next()
        .map_or_else(
            || Err("it has no header line".to_owned()),
            |header| header.map(|(_, cells)| cells),
        )
        .map_err(failed)?;
    let mut places = Vec::with_capacity(columns.len());
    for (name, _) in columns {
        let place = header
            .iter()
            .position(|(cell, _)| cell.eq_ignore_ascii_case(name));
        places.push(place.ok_or_else(|| AttachError::Columns {
            file: path.to_owned(),
            message: format!("there is no column `{name}` in its header"),
        })?);
    }
    let mut values = vec![Vec::new(); columns.len()];
    for record in rows {
        let (line, cells) = record.map_err(failed)?;
        if cells.len() != header.len() {
            return Err(failed(format!(
                "line {line} has {} cells, the header has {}",
                cells.len(),
                header.len()
            )));
        }
        for (((name, ty), place), column) in columns.iter().zip(&places).zip(&mut values) {
            let Some((cell, quoted)) = cells.get(*place) else {
                continue;
            };
            if cell.is_empty() && !quoted {
                column.push(Value::Null);
                continue;
            }
            let value = parse(cell, ty).ok_or_else(|| AttachError::Cell {
                file: path.to_owned(),
                line,
                column: name.clone(),
                value: cell.clone(),
                data_type: ty.to_string(),
            })?;
            column.push(value);
        }
    }
    let fields: Vec<Field> = columns
        .iter()
        .enumerate()
        .map(|(i, (_, ty))| Field::new(format!("s{i}"), ty.arrow(), true))
        .collect();
    let arrays = values
        .iter()
        .zip(columns)
        .map(|(values, (_, ty))| value::to_array(values, &ty.arrow()))
        .collect::<Result<Vec<_>, _>>();
    let arrays = arrays.map_err(|error| failed(error.to_string()))?;
    let options = datafusion::arrow::array::RecordBatchOptions::new()
        .with_row_count(Some(values.first().map_or(0, Vec::len)));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options)
        .map_err(|error| failed(error.to_string()))
}

/// A value in Trino's text rendering.
pub(super) fn parse(cell: &str, ty: &Type) -> Option<Value> {
    match ty {
        Type::Varchar(_) => Some(Value::text(cell)),
        Type::Varbinary => {
            text::unhex(cell.strip_prefix("0x")?).map(|bytes| Value::Bytes(bytes.into()))
        }
        Type::Json => functions::canonical(cell).map(Value::text),
        Type::TimestampTz(p, _) => {
            let (local, _, zone) = text::parse_timestamp(cell)?;
            Some(Value::Int(calendar::round(
                text::instant(local, zone.as_ref())?,
                *p,
            )))
        }
        Type::Array(_) | Type::Map(..) | Type::Row(_) => {
            from_json(&serde_json::from_str(cell).ok()?, ty)
        }
        ty => cast::cast(&Value::text(cell), &Type::VARCHAR, ty).ok(),
    }
}

/// A value inside an array, map or row. Maps are objects or lists of pairs.
pub(super) fn from_json(json: &Json, ty: &Type) -> Option<Value> {
    match (json, ty) {
        (Json::Null, _) => Some(Value::Null),
        (Json::Array(items), Type::Array(element)) => Some(Value::List(
            items
                .iter()
                .map(|item| from_json(item, element))
                .collect::<Option<_>>()?,
        )),
        (Json::Array(items), Type::Row(fields)) if items.len() == fields.len() => {
            Some(Value::List(
                items
                    .iter()
                    .zip(fields)
                    .map(|(item, (_, ty))| from_json(item, ty))
                    .collect::<Option<_>>()?,
            ))
        }
        (Json::Array(items), Type::Map(key, inner)) => {
            let entry = |item: &Json| {
                let pair = item.as_array().filter(|pair| pair.len() == 2)?;
                Some((
                    from_json(pair.first()?, key)?,
                    from_json(pair.get(1)?, inner)?,
                ))
            };
            functions::build_map(items.iter().map(entry).collect::<Option<Vec<_>>>()?, key).ok()
        }
        (Json::Object(fields), Type::Map(key, inner)) => {
            let entries = fields
                .iter()
                .map(|(name, value)| Some((parse(name, key)?, from_json(value, inner)?)));
            functions::build_map(entries.collect::<Option<Vec<_>>>()?, key).ok()
        }
        (Json::Bool(v), Type::Boolean) => Some(Value::Bool(*v)),
        (Json::String(cell), ty) => parse(cell, ty),
        (Json::Number(v), ty) if ty.is_number() || ty.is_wide() => parse(&v.to_string(), ty),
        _ => None,
    }
}

/// The records of a text, each with the line on which it begins.
pub(super) struct Records<'t> {
    pub(super) rest: &'t str,
    pub(super) line: u64,
}

impl Iterator for Records<'_> {
    type Item = Result<(u64, Vec<Cell>), String>;

    fn next(&mut self) -> Option<Self::Item> {
        // Blank lines are no records.
        while let Some(rest) = self
            .rest
            .strip_prefix("\r\n")
            .or_else(|| self.rest.strip_prefix('\n'))
        {
            self.rest = rest;
            self.line += 1;
        }
        if self.rest.is_empty() {
            return None;
        }
        let start = self.line;
        let mut cells = Vec::new();
        loop {
            let (cell, quoted) = if let Some(rest) = self.rest.strip_prefix('"') {
                let mut cell = String::new();
                self.rest = rest;
                loop {
                    let Some(end) = self.rest.find('"') else {
                        self.rest = "";
                        return Some(Err(format!(
                            "the quote that opens on line {start} is never closed"
                        )));
                    };
                    let (part, after) = self.rest.split_at(end);
                    self.line += u64::try_from(part.matches('\n').count()).unwrap_or(0);
                    cell.push_str(part);
                    self.rest = after.get(1..).unwrap_or_default();
                    match self.rest.strip_prefix('"') {
                        Some(rest) => {
                            cell.push('"');
                            self.rest = rest;
                        }
                        None => break,
                    }
                }
                (cell, true)
            } else {
                let end = self.rest.find([',', '\n', '\r']).unwrap_or(self.rest.len());
                let (cell, rest) = self.rest.split_at(end);
                self.rest = rest;
                (cell.to_owned(), false)
            };
            cells.push((cell, quoted));
            if let Some(rest) = self.rest.strip_prefix(',') {
                self.rest = rest;
                continue;
            }
            if let Some(rest) = self
                .rest
                .strip_prefix("\r\n")
                .or_else(|| self.rest.strip_prefix('\n'))
            {
                self.rest = rest;
                self.line += 1;
            } else if !self.rest.is_empty() {
                self.rest = "";
                return Some(Err(format!(
                    "line {}: text after a closing quote",
                    self.line
                )));
            }
            return Some(Ok((start, cells)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Records;

    #[test]
    fn a_quoted_empty_cell_is_told_from_an_empty_one() {
        let all: Vec<_> = Records {
            rest: "a,b\n\"\",\n\"x\"\"y\nz\",1\r\n\n2,3",
            line: 1,
        }
        .map(Result::unwrap)
        .collect();
        let cell = |text: &str, quoted| (text.to_owned(), quoted);
        assert_eq!(all[1], (2, vec![cell("", true), cell("", false)]));
        assert_eq!(all[2], (3, vec![cell("x\"y\nz", true), cell("1", false)]));
        assert_eq!(all[3].0, 6);
    }
}
