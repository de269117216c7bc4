//! What an operation may answer: one type for all successes, one for all errors, nothing else.

use openapiv3::{MediaType, ReferenceOr, Response, StatusCode};

use super::Complaint;
use crate::fault::Place;
use crate::merge::bare;
use crate::spec::Spec;

const REMEDY: &str = "decide by hand which one is meant, and correct the document";

/// What progenitor makes of a response.
#[derive(Debug, Clone, PartialEq)]
enum Kind {
    Json(serde_json::Value),
    Stream,
    Empty,
}

pub(super) fn complaints(spec: &Spec) -> Vec<Complaint> {
    let mut all = Vec::new();
    for (name, operation) in spec.operations() {
        let mut complain = |part: &str, problem: String| {
            all.push((
                Place::Operation(name.clone(), part.to_owned()),
                problem,
                REMEDY,
            ));
        };
        if operation.responses.default.is_some() {
            let problem = "has a default response and no success, so it would be both";
            complain("", problem.to_owned());
        }
        let mut successes: Vec<(String, Kind)> = Vec::new();
        for (status, response) in &operation.responses.responses {
            let part = format!("response {status}");
            let ReferenceOr::Item(response) = response else {
                continue;
            };
            match class(status) {
                Class::Success => match kind(response) {
                    Ok(kind) => successes.push((part.clone(), kind)),
                    Err(problem) => complain(&part, problem),
                },
                Class::Error => {}
                Class::Other => complain(&part, "would be ignored".to_owned()),
            }
        }
        if successes.is_empty() && operation.responses.default.is_none() {
            complain("", "has no response for success".to_owned());
        }
        if let Some(((first, kind), rest)) = successes.split_first() {
            for (part, other) in rest {
                let shared = matches!(kind, Kind::Json(value) if is_written_out(value));
                if other != kind || shared {
                    let problem = format!("is another type than {first}, and one can be generated");
                    complain(part, problem);
                }
            }
        }
    }
    all
}

/// Two schemas written in place become two types even where they are equal.
fn is_written_out(schema: &serde_json::Value) -> bool {
    schema.get("properties").is_some()
}

enum Class {
    Success,
    Error,
    Other,
}

fn class(status: &StatusCode) -> Class {
    match status {
        StatusCode::Code(200..=299) | StatusCode::Range(2) => Class::Success,
        StatusCode::Code(400..=599) | StatusCode::Range(4 | 5) => Class::Error,
        StatusCode::Code(_) | StatusCode::Range(_) => Class::Other,
    }
}

fn kind(response: &Response) -> Result<Kind, String> {
    let json = response.content.get("application/json");
    match (json, response.content.len()) {
        (None, 0) => Ok(Kind::Empty),
        (None, _) => Ok(Kind::Stream),
        (Some(media), 1) => json_kind(media),
        (Some(_), _) => {
            let others: Vec<_> = response
                .content
                .keys()
                .filter(|key| *key != "application/json")
                .cloned()
                .collect();
            Err(format!(
                "is JSON or {}, and only the JSON would be kept",
                others.join(", ")
            ))
        }
    }
}

fn json_kind(media: &MediaType) -> Result<Kind, String> {
    if !media.encoding.is_empty() {
        return Err("has an `encoding`, which cannot be generated".to_owned());
    }
    let schema = media
        .schema
        .as_ref()
        .ok_or_else(|| "has no schema".to_owned())?;
    Ok(Kind::Json(bare(schema)))
}
