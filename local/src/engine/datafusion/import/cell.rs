//! One uploaded value: more spellings are taken than Trino's own, as Dune takes them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value as Json;

use super::super::{calendar, csv, text, types::Type, value::Value};

/// The value that a cell's text is; `None` if it is none of the type.
///
/// Times may be in ISO 8601, with `T` and a zone, which is left behind for UTC; bytes are hex after `0x`, else base64.
pub(super) fn of_text(cell: &str, ty: &Type) -> Option<Value> {
    match ty {
        Type::Varbinary if !cell.starts_with("0x") => {
            let bytes = STANDARD.decode(cell).ok()?;
            Some(Value::Bytes(bytes.into()))
        }
        Type::Timestamp(precision) => {
            let spaced = cell.trim().replacen(['T', 't'], " ", 1);
            let (local, _, zone) = text::parse_timestamp(&spaced)?;
            let utc = text::instant(local, zone.as_ref())?;
            Some(Value::Int(calendar::round(utc, *precision)))
        }
        ty => csv::parse(cell, ty),
    }
}

/// The value that a JSON value is. Numbers may be text, as those that JSON cannot hold have to be.
pub(super) fn of_json(json: &Json, ty: &Type) -> Option<Value> {
    match json {
        Json::String(cell) => of_text(cell, ty),
        json => csv::from_json(json, ty),
    }
}

/// A value as a message shows it: on one line, its beginning if it is long.
pub(super) fn shown(value: &str) -> String {
    let beginning = value.chars().take(60).flat_map(char::escape_debug);
    let beginning: String = beginning.collect();
    let more = value.chars().nth(60).map_or("", |_| "..");
    format!("`{beginning}{more}`")
}
