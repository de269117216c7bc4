//! Finds what reading a document lost: a keyword of a later OpenAPI, or a misspelt one. The parser
//! passes over both, and a client would be generated as if they were not there.

use openapiv3::OpenAPI;
use serde_json::Value;

use crate::fault::{Fault, Place};
use crate::spec::{Method, Operation};

/// What stands in the file and not in what was read from it: a keyword of a later OpenAPI, or a
/// misspelt one. Progenitor would act as if it were not there.
pub(super) fn parts(file: &str, raw: &Value, api: &OpenAPI) -> Vec<Fault> {
    let read = match serde_json::to_value(api) {
        Ok(read) => read,
        Err(e) => {
            let problem = format!("cannot be written back: {e}");
            return vec![Fault::new(
                file,
                Place::Document,
                problem,
                "report this document",
            )];
        }
    };
    let mut lost = Vec::new();
    compare(raw, &read, &mut Vec::new(), &mut lost);
    lost.into_iter()
        .map(|(trail, key)| {
            let (place, rest) = place_of(&trail);
            let at = if rest.is_empty() {
                String::new()
            } else {
                format!(" at `{rest}`")
            };
            let problem = format!("`{key}`{at} means nothing in OpenAPI 3.0 and would be ignored");
            Fault::new(file, place, problem, "correct or remove it")
        })
        .collect()
}

fn compare(
    raw: &Value,
    read: &Value,
    trail: &mut Vec<String>,
    lost: &mut Vec<(Vec<String>, String)>,
) {
    match (raw, read) {
        (Value::Object(raw), Value::Object(read)) => {
            for (key, value) in raw {
                match read.get(key) {
                    Some(inner) => {
                        trail.push(key.clone());
                        compare(value, inner, trail, lost);
                        trail.pop();
                    }
                    None if says_nothing(value) => {}
                    None => lost.push((trail.clone(), key.clone())),
                }
            }
        }
        (Value::Array(raw), Value::Array(read)) => {
            for (i, (value, inner)) in raw.iter().zip(read).enumerate() {
                trail.push(i.to_string());
                compare(value, inner, trail, lost);
                trail.pop();
            }
        }
        _ => {}
    }
}

/// Values that mean the same as their absence, everywhere in OpenAPI 3.0 that they may stand.
fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Object(map) => map.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::String(text) => text.is_empty(),
        Value::Bool(true) | Value::Number(_) => false,
    }
}

fn place_of(trail: &[String]) -> (Place, String) {
    match trail {
        [paths, path, method, rest @ ..] if paths == "paths" => {
            let known = Method::ALL
                .into_iter()
                .find(|m| m.as_str().eq_ignore_ascii_case(method));
            match known {
                Some(method) => {
                    let operation = Operation {
                        path: path.clone(),
                        method,
                    };
                    (Place::Operation(operation, String::new()), rest.join("."))
                }
                None => (Place::Document, trail.join(".")),
            }
        }
        [components, schemas, name, rest @ ..]
            if components == "components" && schemas == "schemas" =>
        {
            (Place::Schema(name.clone(), String::new()), rest.join("."))
        }
        _ => (Place::Document, trail.join(".")),
    }
}
