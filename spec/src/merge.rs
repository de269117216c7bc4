//! Merging: one document from many pages. What two pages both hold must be the same but for its
//! texts; a page may know more fields of a schema than another, and the overlay may say that the
//! values of an enumeration add up.

use std::collections::BTreeMap;

use openapiv3::{PathItem, ReferenceOr, Schema, SchemaKind, Type};
use serde_json::{Map, Value};

use crate::fault::{Fault, Place};
use crate::overlay::Overlay;
use crate::spec::{Method, Operation, Spec};

/// Keys that are for people and change nothing about what is sent or decoded.
const TEXTS: [&str; 6] = [
    "description",
    "example",
    "examples",
    "externalDocs",
    "summary",
    "title",
];

/// Merges `pages` in the order given. The first page's texts are kept.
pub(crate) fn merge(
    pages: Vec<Spec>,
    overlay: &Overlay,
    did: &mut Vec<String>,
    faults: &mut Vec<Fault>,
) -> Option<Spec> {
    let count = pages.len();
    let mut pages = pages.into_iter();
    let mut merged = pages.next()?;
    let mut first_file = merged.any_file();
    for page in pages {
        let file = page.any_file();
        same_service(&merged, &first_file, &page, &file, faults);
        first_file = if first_file.is_empty() {
            file
        } else {
            first_file
        };
        merge_operations(&mut merged, &page, faults);
        merge_schemas(&mut merged, page, overlay, did, faults);
    }
    same_template(&merged, faults);
    did.insert(
        0,
        format!(
            "{count} document(s) hold {} operations on {} paths and {} schemas",
            merged.operations().len(),
            merged.api.paths.paths.len(),
            merged.schemas().len()
        ),
    );
    Some(merged)
}

fn same_service(a: &Spec, a_file: &str, b: &Spec, b_file: &str, faults: &mut Vec<Fault>) {
    let urls = |s: &Spec| {
        s.api
            .servers
            .iter()
            .map(|s| s.url.clone())
            .collect::<Vec<_>>()
    };
    let remedy = "pages of one API name the same server and version: replace the older page";
    if urls(a) != urls(b) {
        let problem = format!("`servers` is {:?}, and {:?} in {a_file}", urls(b), urls(a));
        faults.push(Fault::new(b_file, Place::Document, problem, remedy));
    }
    let (old, new) = (&a.api.info.version, &b.api.info.version);
    if old != new {
        let problem = format!("`info.version` is {new}, and {old} in {a_file}");
        faults.push(Fault::new(b_file, Place::Document, problem, remedy));
    }
}

fn merge_operations(merged: &mut Spec, page: &Spec, faults: &mut Vec<Fault>) {
    for (name, operation) in page.operations() {
        let file = page.file_of(&name).to_owned();
        if let Some(known) = merged.operation_mut(&name) {
            if bare_operation(known) != bare_operation(operation) {
                let problem = format!("is not what {} says it is", merged.file_of(&name));
                let remedy = "keep the newer of the two files";
                let place = Place::Operation(name, String::new());
                faults.push(Fault::new(file, place, problem, remedy));
            }
            continue;
        }
        let slot = merged
            .api
            .paths
            .paths
            .entry(name.path.clone())
            .or_insert_with(|| ReferenceOr::Item(PathItem::default()));
        if let ReferenceOr::Item(item) = slot {
            *name.method.slot(item) = Some(operation.clone());
        }
        merged.operation_files.insert(name, file);
    }
}

fn merge_schemas(
    merged: &mut Spec,
    page: Spec,
    overlay: &Overlay,
    did: &mut Vec<String>,
    faults: &mut Vec<Fault>,
) {
    let files = page.schema_files.clone();
    let schemas = page.api.components.map(|c| c.schemas).unwrap_or_default();
    for (name, schema) in schemas {
        let file = files.get(&name).cloned().unwrap_or_default();
        let known_file = merged.file_of_schema(&name).to_owned();
        let Some(known) = merged.schemas_mut().get_mut(&name) else {
            merged.schemas_mut().insert(name.clone(), schema);
            merged.schema_files.insert(name, file);
            continue;
        };
        let before = did.len();
        if let Err(differs) = unite(known, &schema, "", overlay, did) {
            let place = Place::Schema(name.clone(), String::new());
            let problem = format!("{differs} in {known_file}");
            let remedy =
                "one of the two pages is out of date: replace it, or decide in the overlay";
            faults.push(Fault::new(&file, place, problem, remedy));
        }
        for line in did.iter_mut().skip(before) {
            *line = format!("`{name}`: {line} ({known_file}, {file})");
        }
    }
}

/// Makes `known` what both say, or says how they differ, in words that a file name ends.
fn unite(
    known: &mut ReferenceOr<Schema>,
    other: &ReferenceOr<Schema>,
    field: &str,
    overlay: &Overlay,
    did: &mut Vec<String>,
) -> Result<(), String> {
    if bare(known) == bare(other) {
        return Ok(());
    }
    let differs = |a: &ReferenceOr<Schema>, b: &ReferenceOr<Schema>| {
        let at = if field.is_empty() {
            String::new()
        } else {
            format!("`{field}` ")
        };
        format!("{at}is {}, and {}", bare(b), bare(a))
    };
    let (ReferenceOr::Item(a), ReferenceOr::Item(b)) = (&mut *known, other) else {
        return Err(differs(known, other));
    };
    match (&mut a.schema_kind, &b.schema_kind) {
        (SchemaKind::Type(Type::Object(a)), SchemaKind::Type(Type::Object(b)))
            if field.is_empty()
                && sorted(&a.required) == sorted(&b.required)
                && a.additional_properties == b.additional_properties =>
        {
            for (name, property) in &b.properties {
                match a.properties.get_mut(name) {
                    None => {
                        a.properties.insert(name.clone(), property.clone());
                        did.push(format!("`{name}` stands in one page only, and was taken"));
                    }
                    Some(known) => {
                        let mut plain = known.clone().unbox();
                        unite(&mut plain, &property.clone().unbox(), name, overlay, did)?;
                        *known = match plain {
                            ReferenceOr::Item(schema) => ReferenceOr::Item(Box::new(schema)),
                            ReferenceOr::Reference { reference } => {
                                ReferenceOr::Reference { reference }
                            }
                        };
                    }
                }
            }
            for name in a
                .properties
                .keys()
                .filter(|name| !b.properties.contains_key(*name))
            {
                did.push(format!("`{name}` stands in one page only, and was kept"));
            }
            Ok(())
        }
        (SchemaKind::Type(Type::String(a)), SchemaKind::Type(Type::String(b)))
            if !a.enumeration.is_empty()
                && !b.enumeration.is_empty()
                && overlay.enumeration(field).is_some() =>
        {
            for value in &b.enumeration {
                if !a.enumeration.contains(value) {
                    a.enumeration.push(value.clone());
                }
            }
            did.push(format!(
                "the values of `{field}` differ, and all were taken"
            ));
            Ok(())
        }
        _ => Err(differs(known, other)),
    }
}

fn sorted(list: &[String]) -> Vec<&String> {
    let mut list: Vec<_> = list.iter().collect();
    list.sort();
    list
}

/// A schema as JSON without the texts, so that equal values mean equal types.
pub(crate) fn bare(schema: &ReferenceOr<Schema>) -> Value {
    strip(serde_json::to_value(schema).unwrap_or_default(), false)
}

/// An operation as JSON without the texts, its parameters in one order.
pub(crate) fn bare_operation(operation: &openapiv3::Operation) -> Value {
    let mut value = strip(serde_json::to_value(operation).unwrap_or_default(), false);
    if let Some(Value::Array(parameters)) = value.get_mut("parameters") {
        parameters.sort_by_key(|p| {
            let text = |key| {
                p.get(key)
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned()
            };
            (text("in"), text("name"))
        });
    }
    value
}

/// Drops texts and extensions; `names` says that the keys of this object are names and no keywords.
fn strip(value: Value, names: bool) -> Value {
    match value {
        Value::Object(map) => {
            let kept: Map<String, Value> = map
                .into_iter()
                .filter(|(k, _)| names || !(TEXTS.contains(&k.as_str()) || k.starts_with("x-")))
                .map(|(key, inner)| {
                    let inner_names = !names && key == "properties";
                    let mut inner = strip(inner, inner_names);
                    if let (false, "required" | "enum", Value::Array(list)) =
                        (names, key.as_str(), &mut inner)
                    {
                        list.sort_by_key(Value::to_string);
                    }
                    (key, inner)
                })
                .collect();
            match kept.get("allOf") {
                Some(Value::Array(list)) if !names && kept.len() == 1 && list.len() == 1 => {
                    list.first().cloned().unwrap_or_default()
                }
                _ => Value::Object(kept),
            }
        }
        Value::Array(list) => Value::Array(list.into_iter().map(|v| strip(v, false)).collect()),
        plain => plain,
    }
}

/// Two paths that differ in the names of their parameters are one path to a server.
fn same_template(spec: &Spec, faults: &mut Vec<Fault>) {
    let mut seen: BTreeMap<(String, Method), Operation> = BTreeMap::new();
    for (name, _) in spec.operations() {
        let template = name
            .path
            .split('/')
            .map(|part| {
                if part.starts_with('{') && part.ends_with('}') {
                    "{}"
                } else {
                    part
                }
            })
            .collect::<Vec<_>>()
            .join("/");
        if let Some(known) = seen.insert((template, name.method), name.clone()) {
            let problem = format!("is `{known}` with another name for a parameter");
            let remedy = format!("keep one of them; the other is in {}", spec.file_of(&known));
            let file = spec.file_of(&name).to_owned();
            faults.push(Fault::new(
                file,
                Place::Operation(name, String::new()),
                problem,
                remedy,
            ));
        }
    }
}
