//! Schemas: which are new or gone, and what changed in their fields and values.

use std::collections::{BTreeMap, BTreeSet};

use openapiv3::{ReferenceOr, Schema, SchemaKind, Type};
use serde_json::Value;

use super::{Change, change};
use crate::merge::bare;
use crate::spec::{Operation, Spec};
use crate::walk::{closure, references, slots};

pub(super) fn changes(old: &Spec, new: &Spec, replaced: &BTreeSet<Operation>) -> Vec<Change> {
    let relevant = schemas_of(old, replaced);
    let mut all = Vec::new();
    for name in new
        .schemas()
        .keys()
        .filter(|name| !old.schemas().contains_key(*name))
    {
        all.push(change(name, "is new", false));
    }
    for name in relevant {
        match (old.schemas().get(&name), new.schemas().get(&name)) {
            (Some(_), None) => all.push(change(&name, "is gone", true)),
            (Some(before), Some(after)) => compare(&name, "", before, after, &mut all),
            (None, _) => {}
        }
    }
    all
}

/// The schemas that these operations reach.
fn schemas_of(spec: &Spec, operations: &BTreeSet<Operation>) -> BTreeSet<String> {
    let mut copy = spec.clone();
    let mut names = BTreeSet::new();
    copy.for_each_operation(|name, operation| {
        if operations.contains(name) {
            for (_, _, slot) in slots(operation) {
                names.extend(references(slot));
            }
        }
    });
    closure(spec, names)
}

/// Compares one schema, or one field of it; `field` is empty for all of it.
pub(super) fn compare(
    name: &str,
    field: &str,
    old: &ReferenceOr<Schema>,
    new: &ReferenceOr<Schema>,
    all: &mut Vec<Change>,
) {
    let (before, after) = (bare(old), bare(new));
    if before == after {
        return;
    }
    let at = shown(field);
    if let (ReferenceOr::Item(a), ReferenceOr::Item(b)) = (old, new) {
        match (&a.schema_kind, &b.schema_kind) {
            (SchemaKind::Type(Type::Object(a)), SchemaKind::Type(Type::Object(b)))
                if without(&before, &["properties", "required"])
                    == without(&after, &["properties", "required"]) =>
            {
                fields(name, field, a, b, all);
                return;
            }
            (SchemaKind::Type(Type::String(a)), SchemaKind::Type(Type::String(b)))
                if without(&before, &["enum"]) == without(&after, &["enum"])
                    && !a.enumeration.is_empty()
                    && !b.enumeration.is_empty() =>
            {
                values(name, &at, &a.enumeration, &b.enumeration, all);
                return;
            }
            _ => {}
        }
    }
    all.push(change(
        name,
        format!("{at} was {before}, and is {after}"),
        true,
    ));
}

/// A field in backquotes; what has some already is a parameter's whole description.
fn shown(field: &str) -> String {
    match field {
        "" => "it".to_owned(),
        words if words.contains('`') => format!("its {words}"),
        name => format!("`{name}`"),
    }
}

fn fields(
    name: &str,
    field: &str,
    old: &openapiv3::ObjectType,
    new: &openapiv3::ObjectType,
    all: &mut Vec<Change>,
) {
    let path = |key: &str| match field {
        "" => key.to_owned(),
        field => format!("{field}.{key}"),
    };
    for key in new
        .properties
        .keys()
        .filter(|key| !old.properties.contains_key(*key))
    {
        let required = new.required.contains(key);
        let what = format!(
            "`{}` is new{}",
            path(key),
            if required { ", and required" } else { "" }
        );
        all.push(change(name, what, required));
    }
    for (key, before) in &old.properties {
        let Some(after) = new.properties.get(key) else {
            all.push(change(name, format!("`{}` is gone", path(key)), true));
            continue;
        };
        compare(
            name,
            &path(key),
            &before.clone().unbox(),
            &after.clone().unbox(),
            all,
        );
        let (was, is) = (old.required.contains(key), new.required.contains(key));
        if was != is {
            let now = if is { "required" } else { "optional" };
            all.push(change(name, format!("`{}` is {now} now", path(key)), true));
        }
    }
}

fn values(
    name: &str,
    at: &str,
    old: &[Option<String>],
    new: &[Option<String>],
    all: &mut Vec<Change>,
) {
    for value in new.iter().filter(|value| !old.contains(value)).flatten() {
        all.push(change(name, format!("{at} can be `{value}`"), false));
    }
    for value in old.iter().filter(|value| !new.contains(value)).flatten() {
        all.push(change(
            name,
            format!("{at} cannot be `{value}` any more"),
            true,
        ));
    }
}

fn without(schema: &Value, keys: &[&str]) -> BTreeMap<String, Value> {
    let map = schema.as_object().cloned().unwrap_or_default();
    map.into_iter()
        .filter(|(key, _)| !keys.contains(&key.as_str()))
        .collect()
}
