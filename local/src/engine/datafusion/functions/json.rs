//! Functions on JSON. A json is kept as text with its keys sorted.

use serde_json::Value as Json;

use super::{
    super::{
        types::Type,
        value::Value::{self, Int, Null, Text},
    },
    Line, bad_argument, misfit,
};
use crate::engine::SqlError;

type Out = Result<Value, SqlError>;

pub(super) const TABLE: &[Line] = &[
    ("json_parse", "varchar->json", |v, _| match v {
        [Text(s)] => read(s)?
            .map(|json| Value::text(json.to_string()))
            .ok_or_else(|| bad_argument(format!("Cannot convert value to JSON: '{s}'"))),
        _ => Err(misfit()),
    }),
    ("json_format", "json->varchar", |v, _| {
        v.first().cloned().ok_or_else(misfit)
    }),
    ("json_extract", "json,varchar->json", extract),
    ("json_extract", "varchar,varchar->json", extract),
    ("json_extract_scalar", "json,varchar->varchar", scalar),
    ("json_extract_scalar", "varchar,varchar->varchar", scalar),
    ("json_array_length", "json->bigint", array_length),
    ("json_array_length", "varchar->bigint", array_length),
];

/// JSON text with sorted keys and no blanks, or `None`.
pub(crate) fn canonical(text: &str) -> Option<String> {
    serde_json::from_str::<Json>(text)
        .ok()
        .map(|json| json.to_string())
}

/// The JSON of a text. One with numbers that a double cannot hold exactly is refused.
fn read(text: &str) -> Result<Option<Json>, SqlError> {
    let json = serde_json::from_str(text).ok();
    let (mut quoted, mut escaped, mut digits) = (false, false, 0);
    for c in text.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '0'..='9' | '.' if !quoted => digits += 1,
            _ => digits = 0,
        }
        if digits > 16 && json.is_some() {
            let message =
                "JSON with numbers of so many digits is not supported by the local engine yet";
            return Err(SqlError::new("NOT_SUPPORTED", message));
        }
    }
    Ok(json)
}

/// A path of names and indexes: `$.a["b"][0]`.
fn steps(path: &str) -> Result<Vec<String>, SqlError> {
    let bad = || bad_argument(format!("Invalid JSON path: '{path}'"));
    let mut rest = path.strip_prefix('$').ok_or_else(bad)?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix("[\"") {
            let (name, after) = after.split_once("\"]").ok_or_else(bad)?;
            steps.push(name.to_owned());
            rest = after;
        } else if let Some(after) = rest.strip_prefix('[') {
            let (index, after) = after.split_once(']').ok_or_else(bad)?;
            if index.is_empty()
                || !index
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'_')
            {
                return Err(bad());
            }
            steps.push(index.to_owned());
            rest = after;
        } else {
            let after = rest.strip_prefix('.').ok_or_else(bad)?;
            let end = after.find(['.', '[']).unwrap_or(after.len());
            let (name, after) = after.split_at(end);
            if name.is_empty()
                || !name
                    .chars()
                    .all(|c| c.is_alphanumeric() || "_$@:".contains(c))
            {
                return Err(bad());
            }
            steps.push(name.to_owned());
            rest = after;
        }
    }
    Ok(steps)
}

fn walk<'a>(json: &'a Json, path: &str) -> Result<Option<&'a Json>, SqlError> {
    let mut at = Some(json);
    for step in steps(path)? {
        at = match at {
            Some(Json::Object(fields)) => fields.get(&step),
            Some(Json::Array(items)) => step.parse::<usize>().ok().and_then(|i| items.get(i)),
            _ => None,
        };
    }
    Ok(at)
}

fn extract(values: &[Value], _: &[Type]) -> Out {
    let [Text(s), Text(path)] = values else {
        return Err(misfit());
    };
    let json = read(s)?;
    let found = match &json {
        Some(json) => walk(json, path)?,
        None => steps(path).map(|_| None)?,
    };
    Ok(found.map_or(Null, |json| Value::text(json.to_string())))
}

fn scalar(values: &[Value], _: &[Type]) -> Out {
    let [Text(s), Text(path)] = values else {
        return Err(misfit());
    };
    let json = read(s)?;
    let found = match &json {
        Some(json) => walk(json, path)?,
        None => steps(path).map(|_| None)?,
    };
    Ok(match found {
        Some(Json::String(text)) => Value::text(text),
        Some(Json::Bool(v)) => Value::text(v.to_string()),
        Some(Json::Number(v)) => Value::text(v.to_string()),
        _ => Null,
    })
}

fn array_length(values: &[Value], _: &[Type]) -> Out {
    let [Text(s)] = values else {
        return Err(misfit());
    };
    Ok(match serde_json::from_str::<Json>(s) {
        Ok(Json::Array(items)) => Int(i64::try_from(items.len()).unwrap_or(i64::MAX)),
        _ => Null,
    })
}
