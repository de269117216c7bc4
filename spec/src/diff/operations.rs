//! Operations: which are new or gone, and what changed in their parameters, bodies and responses.

use std::collections::{BTreeMap, BTreeSet};

use openapiv3::{MediaType, ParameterSchemaOrContent, ReferenceOr, Schema, StatusCode};
use serde_json::Value;

use super::{Change, change, schemas};
use crate::merge::bare;
use crate::spec::{Operation, Spec};
use crate::walk::parameter_in;

pub(super) fn changes(old: &Spec, new: &Spec, replaced: &BTreeSet<Operation>) -> Vec<Change> {
    let before: BTreeMap<_, _> = old
        .operations()
        .into_iter()
        .filter(|(name, _)| replaced.contains(name))
        .collect();
    let after: BTreeMap<_, _> = new.operations().into_iter().collect();
    let mut all = Vec::new();
    for name in after.keys().filter(|name| !before.contains_key(name)) {
        all.push(change(name, "is new", false));
    }
    for (name, operation) in before {
        match after.get(&name) {
            None => all.push(change(&name, "is gone", true)),
            Some(newer) => {
                parameters(&name, operation, newer, &mut all);
                body(&name, operation, newer, &mut all);
                responses(&name, operation, newer, &mut all);
            }
        }
    }
    all
}

fn parameters(
    name: &Operation,
    old: &openapiv3::Operation,
    new: &openapiv3::Operation,
    all: &mut Vec<Change>,
) {
    let (before, after) = (table(old), table(new));
    for (key, (_, required)) in after.iter().filter(|(key, _)| !before.contains_key(*key)) {
        let what = format!(
            "its {key} is new{}",
            if *required { ", and required" } else { "" }
        );
        all.push(change(name, what, *required));
    }
    for (key, (schema, required)) in before {
        match after.get(&key) {
            None => all.push(change(name, format!("its {key} is gone"), true)),
            Some((newer, now_required)) => {
                schemas::compare(&name.to_string(), &key, &schema, newer, all);
                if *now_required != required {
                    let now = if required { "optional" } else { "required" };
                    all.push(change(name, format!("its {key} is {now} now"), !required));
                }
            }
        }
    }
}

/// Schema and whether it is required, by place and name.
fn table(operation: &openapiv3::Operation) -> BTreeMap<String, (ReferenceOr<Schema>, bool)> {
    let items = operation
        .parameters
        .iter()
        .filter_map(|parameter| match parameter {
            ReferenceOr::Item(parameter) => Some(parameter),
            ReferenceOr::Reference { .. } => None,
        });
    items
        .map(|parameter| {
            let data = parameter.parameter_data_ref();
            let schema = match &data.format {
                ParameterSchemaOrContent::Schema(schema) => schema.clone(),
                // Refused when generating; the media type is all there is to compare.
                ParameterSchemaOrContent::Content(content) => ReferenceOr::Reference {
                    reference: content.keys().cloned().collect::<Vec<_>>().join(", "),
                },
            };
            let key = format!("{} parameter `{}`", parameter_in(parameter), data.name);
            (key, (schema, data.required))
        })
        .collect()
}

fn body(
    name: &Operation,
    old: &openapiv3::Operation,
    new: &openapiv3::Operation,
    all: &mut Vec<Change>,
) {
    let item = |slot: &Option<ReferenceOr<openapiv3::RequestBody>>| match slot {
        Some(ReferenceOr::Item(body)) => Some(body.clone()),
        _ => None,
    };
    match (item(&old.request_body), item(&new.request_body)) {
        (None, None) => {}
        (None, Some(body)) => all.push(change(name, "takes a body now", body.required)),
        (Some(_), None) => all.push(change(name, "takes no body any more", true)),
        (Some(before), Some(after)) => {
            if before.required != after.required {
                let now = if after.required {
                    "required"
                } else {
                    "optional"
                };
                all.push(change(
                    name,
                    format!("its body is {now} now"),
                    after.required,
                ));
            }
            contents(
                name,
                "its body",
                before.content.iter(),
                after.content.iter(),
                all,
            );
        }
    }
}

fn responses(
    name: &Operation,
    old: &openapiv3::Operation,
    new: &openapiv3::Operation,
    all: &mut Vec<Change>,
) {
    let (before, after) = (&old.responses.responses, &new.responses.responses);
    for status in after.keys().filter(|status| !before.contains_key(*status)) {
        all.push(change(
            name,
            format!("can answer {status}"),
            is_success(status),
        ));
    }
    for (status, response) in before {
        let Some(newer) = after.get(status) else {
            all.push(change(
                name,
                format!("does not answer {status} any more"),
                is_success(status),
            ));
            continue;
        };
        if let (ReferenceOr::Item(older), ReferenceOr::Item(newer)) = (response, newer) {
            let words = format!("its answer {status}");
            contents(
                name,
                &words,
                older.content.iter(),
                newer.content.iter(),
                all,
            );
        }
    }
}

fn is_success(status: &StatusCode) -> bool {
    matches!(status, StatusCode::Code(200..=299) | StatusCode::Range(2))
}

fn contents<'a>(
    name: &Operation,
    words: &str,
    old: impl Iterator<Item = (&'a String, &'a MediaType)>,
    new: impl Iterator<Item = (&'a String, &'a MediaType)>,
    all: &mut Vec<Change>,
) {
    let schema = |media: &MediaType| media.schema.as_ref().map_or(Value::Null, bare);
    let before: BTreeMap<_, _> = old.map(|(key, media)| (key, schema(media))).collect();
    let after: BTreeMap<_, _> = new.map(|(key, media)| (key, schema(media))).collect();
    if before != after {
        let show = |table: &BTreeMap<&String, Value>| {
            let parts: Vec<_> = table.iter().map(|(k, v)| format!("{k} {v}")).collect();
            if parts.is_empty() {
                "nothing".to_owned()
            } else {
                parts.join(" or ")
            }
        };
        let what = format!("{words} was {}, and is {}", show(&before), show(&after));
        all.push(change(name, what, true));
    }
}
