//! What a schema may say: references that lead somewhere, names that Rust can tell apart, and no
//! keyword that would be passed over.

use std::collections::{BTreeMap, BTreeSet};

use openapiv3::{ReferenceOr, Schema, SchemaKind, Type};

use super::Complaint;
use crate::fault::Place;
use crate::spec::{Spec, plain};
use crate::walk::{Found, target, visit_all};

pub(super) fn complaints(spec: &Spec) -> Vec<Complaint> {
    let mut all = Vec::new();
    let mut copy = spec.clone();
    visit_all(&mut copy, |place, found| match found {
        Found::Reference(reference) => {
            if target(reference).is_none_or(|name| !spec.schemas().contains_key(name)) {
                let problem = format!("refers to `{reference}`, which is not there");
                all.push((
                    place.clone(),
                    problem,
                    "add the schema, or correct the reference",
                ));
            }
        }
        Found::Inline(schema) => {
            for (problem, remedy) in inline(schema) {
                all.push((place.clone(), problem, remedy));
            }
        }
    });
    for name in endless(spec) {
        let problem = "is made of itself, so no value can ever have it".to_owned();
        all.push((
            Place::Schema(name, String::new()),
            problem,
            "break the ring of `$ref`",
        ));
    }
    all
}

fn inline(schema: &Schema) -> Vec<(String, &'static str)> {
    let mut all = Vec::new();
    if schema.schema_data.discriminator.is_some() {
        all.push((
            "has a `discriminator`, which would be ignored".to_owned(),
            "decide by hand",
        ));
    }
    match &schema.schema_kind {
        SchemaKind::Type(Type::Object(object)) => {
            let names = object.properties.keys().map(String::as_str);
            all.extend(indistinct("property", names, true));
            for name in object
                .required
                .iter()
                .filter(|n| !object.properties.contains_key(*n))
            {
                let problem = format!("requires `{name}`, which it does not have");
                all.push((problem, "add the property, or require another"));
            }
        }
        SchemaKind::Type(Type::String(text)) => {
            if text.enumeration.iter().any(Option::is_none) {
                let problem = "lists `null` as a value".to_owned();
                all.push((problem, "write `nullable: true` instead"));
            }
            let values = text.enumeration.iter().flatten().map(String::as_str);
            all.extend(indistinct("value", values, false));
        }
        SchemaKind::Type(Type::Array(array)) if array.items.is_none() => {
            all.push(("is a list without `items`".to_owned(), "say what it holds"));
        }
        SchemaKind::Type(_) => {}
        SchemaKind::AllOf { all_of: list } => {
            if !matches!(list.as_slice(), [ReferenceOr::Reference { .. }]) {
                all.push((
                    "combines schemas with `allOf`, which may lose fields".to_owned(),
                    "write the combined schema out",
                ));
            }
        }
        SchemaKind::OneOf { .. } | SchemaKind::AnyOf { .. } => {
            let problem = "is one of several schemas, which a client cannot tell apart safely";
            all.push((
                problem.to_owned(),
                "decide by hand: replace it in the overlay's `[[fields]]`",
            ));
        }
        SchemaKind::Not { .. } => {
            all.push(("says `not`, which would be ignored".to_owned(), "remove it"));
        }
        SchemaKind::Any(any) => {
            if *any != openapiv3::AnySchema::default() {
                let problem = "mixes keywords that do not belong to its type";
                all.push((problem.to_owned(), "keep those of one type"));
            }
        }
    }
    all
}

/// Names that are the same in Rust's spelling, or none at all.
fn indistinct<'a>(
    what: &str,
    names: impl Iterator<Item = &'a str>,
    field: bool,
) -> Vec<(String, &'static str)> {
    let mut taken: BTreeMap<String, &str> = BTreeMap::new();
    let mut all = Vec::new();
    for name in names {
        let key = plain(name);
        if key.is_empty() || !name.is_ascii() {
            let problem = format!("has the {what} {name:?}, which cannot be a name in Rust");
            all.push((problem, "rename it, or replace it in the overlay"));
        } else if field && key.starts_with(|c: char| c.is_ascii_digit()) {
            let problem = format!("has the {what} {name:?}, which begins with a digit");
            all.push((problem, "rename it, or replace it in the overlay"));
        } else if let Some(other) = taken.insert(key, name) {
            let problem = format!("has the {what} {name:?} beside {other:?}: one name in Rust");
            all.push((problem, "rename one of the two"));
        }
    }
    all
}

/// Schemas that lead back to themselves through references alone, without a field between.
fn endless(spec: &Spec) -> BTreeSet<String> {
    let direct = |name: &str| -> Vec<String> {
        let slots: Vec<&ReferenceOr<Schema>> = match spec.schemas().get(name) {
            None => Vec::new(),
            Some(slot @ ReferenceOr::Reference { .. }) => vec![slot],
            Some(ReferenceOr::Item(schema)) => match &schema.schema_kind {
                SchemaKind::AllOf { all_of: list }
                | SchemaKind::OneOf { one_of: list }
                | SchemaKind::AnyOf { any_of: list } => list.iter().collect(),
                _ => Vec::new(),
            },
        };
        slots
            .into_iter()
            .filter_map(|slot| match slot {
                ReferenceOr::Reference { reference } => target(reference).map(str::to_owned),
                ReferenceOr::Item(_) => None,
            })
            .collect()
    };
    let mut rings = BTreeSet::new();
    for start in spec.schemas().keys() {
        let mut todo = direct(start);
        let mut seen = BTreeSet::new();
        while let Some(name) = todo.pop() {
            if name == *start {
                rings.insert(name);
                break;
            }
            if seen.insert(name.clone()) {
                todo.extend(direct(&name));
            }
        }
    }
    rings
}
