//! Why a page could not be read. It is gone through once more, slowly, for there the answer says which row it is, in
//! which column, and what stands there.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_path_to_error::Segment;

use super::envelope;
use super::page::columns;
use super::reader::{Place, Reader};
use crate::error::{Error, RowMisfit};

/// As much of a value as is shown, in characters.
const LONGEST_VALUE: usize = 200;

/// What of a row does not fit.
pub(super) struct Misfit {
    pub(super) column: Option<String>,
    pub(super) reason: String,
}

/// Whether a row fits a `T`.
pub(super) fn typed<T: DeserializeOwned>(row: &RawValue) -> Result<(), Misfit> {
    let mut json = serde_json::Deserializer::from_str(row.get());
    match serde_path_to_error::deserialize::<_, T>(&mut json) {
        Ok(_) => Ok(()),
        Err(error) => Err(Misfit {
            column: error.path().iter().find_map(|segment| match segment {
                Segment::Map { key } => Some(key.clone()),
                _ => None,
            }),
            reason: without_place(&error.into_inner()),
        }),
    }
}

/// The error about a page whose rows could not be read: that there are none, that one does not fit, or that it is no
/// page at all.
pub(super) fn why(
    reader: &Reader,
    place: &mut Place,
    body: &[u8],
    fits: impl Fn(&RawValue) -> Result<(), Misfit>,
) -> Error {
    let answer = match envelope::read_raw(body) {
        Ok(answer) => answer,
        Err(error) => return reader.unreadable(place, body, &error.to_string()),
    };
    let judged = match reader.judge(place, answer) {
        Ok(judged) => judged,
        Err(error) => return error,
    };
    let rows = judged.rows.map_or("[]", RawValue::get);
    let rows: Vec<&RawValue> = match serde_json::from_str(rows) {
        Ok(rows) => rows,
        Err(error) => return reader.unreadable(place, body, &error.to_string()),
    };
    let columns = columns(judged.metadata);
    for (index, row) in (place.offset..).zip(rows) {
        let Err(Misfit { column, reason }) = fits(row) else {
            continue;
        };
        let known = columns
            .iter()
            .find(|known| Some(&known.name) == column.as_ref());
        let value = column.as_ref().and_then(|column| value(row, column));
        return Error::Row(Box::new(RowMisfit {
            of: place.found.of.clone(),
            index,
            column_type: known
                .map(|column| column.column_type.clone())
                .filter(|name| !name.is_empty()),
            value: value.map(|value| reader.clean(&value)),
            reason: reader.clean(&reason),
            column,
        }));
    }
    reader.unreadable(place, body, "the rows cannot be read, and each of them can")
}

/// What stands in a column of a row.
fn value(row: &RawValue, column: &str) -> Option<String> {
    let row: HashMap<Cow<'_, str>, &RawValue> = serde_json::from_str(row.get()).ok()?;
    let value = row.get(column)?.get();
    Some(match value.char_indices().nth(LONGEST_VALUE) {
        Some((end, _)) => format!("{}...", value.get(..end).unwrap_or(value)),
        None => value.to_owned(),
    })
}

/// serde's words without the line and the column of the JSON, which say nothing where the row and the column are named.
pub(super) fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    text.strip_suffix(&place).unwrap_or(&text).to_owned()
}
