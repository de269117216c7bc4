//! Ways through a document: the schemas of an operation, the schemas inside a schema, and what a
//! schema refers to. Nesting is bounded by the loader, so recursion here is too.

use std::collections::{BTreeSet, VecDeque};

use openapiv3::{
    AdditionalProperties, MediaType, Operation, Parameter, ParameterSchemaOrContent, ReferenceOr,
    Schema, SchemaKind, Type,
};

use crate::fault::Place;
use crate::spec::Spec;

/// How a reference to a named schema begins.
pub(crate) const SCHEMAS: &str = "#/components/schemas/";

/// Whether a schema is sent or received.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Side {
    Request,
    Response,
}

/// A schema as it stands somewhere: a reference to a named one, or written out in place.
pub(crate) enum Found<'a> {
    Reference(&'a mut String),
    Inline(&'a mut Schema),
}

/// The name a reference points to, if it points to a named schema.
pub(crate) fn target(reference: &str) -> Option<&str> {
    reference
        .strip_prefix(SCHEMAS)
        .filter(|name| !name.is_empty())
}

/// The reference to a named schema.
pub(crate) fn reference_to(name: &str) -> String {
    format!("{SCHEMAS}{name}")
}

fn found<S: AsMut<Schema>>(slot: &mut ReferenceOr<S>) -> Found<'_> {
    match slot {
        ReferenceOr::Reference { reference } => Found::Reference(reference),
        ReferenceOr::Item(schema) => Found::Inline(schema.as_mut()),
    }
}

/// `Schema` does not implement `AsMut<Schema>`, `Box<Schema>` does: this makes them alike.
fn found_plain(slot: &mut ReferenceOr<Schema>) -> Found<'_> {
    match slot {
        ReferenceOr::Reference { reference } => Found::Reference(reference),
        ReferenceOr::Item(schema) => Found::Inline(schema),
    }
}

/// The schemas directly inside a schema, with the words that lead to each.
fn children_mut(schema: &mut Schema) -> Vec<(String, Found<'_>)> {
    let mut all = Vec::new();
    match &mut schema.schema_kind {
        SchemaKind::Type(Type::Object(object)) => {
            for (name, property) in &mut object.properties {
                all.push((format!(".{name}"), found(property)));
            }
            if let Some(AdditionalProperties::Schema(values)) = &mut object.additional_properties {
                all.push((".*".to_owned(), found_plain(values)));
            }
        }
        SchemaKind::Type(Type::Array(array)) => {
            if let Some(items) = &mut array.items {
                all.push(("[]".to_owned(), found(items)));
            }
        }
        SchemaKind::Type(_) => {}
        SchemaKind::OneOf { one_of: list }
        | SchemaKind::AllOf { all_of: list }
        | SchemaKind::AnyOf { any_of: list } => {
            all.extend(list.iter_mut().map(|one| (String::new(), found_plain(one))));
        }
        SchemaKind::Not { not } => all.push((String::new(), found_plain(not))),
        SchemaKind::Any(any) => {
            for (name, property) in &mut any.properties {
                all.push((format!(".{name}"), found(property)));
            }
            if let Some(AdditionalProperties::Schema(values)) = &mut any.additional_properties {
                all.push((".*".to_owned(), found_plain(values)));
            }
            if let Some(items) = &mut any.items {
                all.push(("[]".to_owned(), found(items)));
            }
            for list in [&mut any.one_of, &mut any.all_of, &mut any.any_of] {
                all.extend(list.iter_mut().map(|one| (String::new(), found_plain(one))));
            }
            if let Some(not) = &mut any.not {
                all.push((String::new(), found_plain(not)));
            }
        }
    }
    all
}

/// Visits `here` and everything inside it, what is inside first.
pub(crate) fn visit(trail: &str, here: Found<'_>, to: &mut dyn FnMut(&str, Found<'_>)) {
    match here {
        Found::Reference(reference) => to(trail, Found::Reference(reference)),
        Found::Inline(schema) => {
            for (step, child) in children_mut(schema) {
                visit(&format!("{trail}{step}"), child, to);
            }
            to(trail, Found::Inline(schema));
        }
    }
}

fn content_slots<'a>(
    words: &str,
    side: Side,
    content: impl Iterator<Item = (&'a String, &'a mut MediaType)>,
    all: &mut Vec<(String, Side, &'a mut ReferenceOr<Schema>)>,
) {
    for (_, media) in content {
        if let Some(schema) = &mut media.schema {
            all.push((words.to_owned(), side, schema));
        }
    }
}

/// The schemas of an operation whose parameters, bodies and responses stand in it.
pub(crate) fn slots(operation: &mut Operation) -> Vec<(String, Side, &mut ReferenceOr<Schema>)> {
    let mut all = Vec::new();
    for parameter in &mut operation.parameters {
        let ReferenceOr::Item(parameter) = parameter else {
            continue;
        };
        let data = parameter_data_mut(parameter);
        let words = format!("parameter `{}`", data.name);
        match &mut data.format {
            ParameterSchemaOrContent::Schema(schema) => all.push((words, Side::Request, schema)),
            ParameterSchemaOrContent::Content(content) => {
                content_slots(&words, Side::Request, content.iter_mut(), &mut all);
            }
        }
    }
    if let Some(ReferenceOr::Item(body)) = &mut operation.request_body {
        content_slots("body", Side::Request, body.content.iter_mut(), &mut all);
    }
    if let Some(ReferenceOr::Item(response)) = &mut operation.responses.default {
        content_slots(
            "default response",
            Side::Response,
            response.content.iter_mut(),
            &mut all,
        );
    }
    for (status, response) in &mut operation.responses.responses {
        if let ReferenceOr::Item(response) = response {
            let words = format!("response {status}");
            content_slots(
                &words,
                Side::Response,
                response.content.iter_mut(),
                &mut all,
            );
        }
    }
    all
}

/// What every kind of parameter has.
pub(crate) fn parameter_data_mut(parameter: &mut Parameter) -> &mut openapiv3::ParameterData {
    match parameter {
        Parameter::Query { parameter_data, .. }
        | Parameter::Header { parameter_data, .. }
        | Parameter::Path { parameter_data, .. }
        | Parameter::Cookie { parameter_data, .. } => parameter_data,
    }
}

/// Where a parameter stands, as OpenAPI names it.
pub(crate) fn parameter_in(parameter: &Parameter) -> &'static str {
    match parameter {
        Parameter::Query { .. } => "query",
        Parameter::Header { .. } => "header",
        Parameter::Path { .. } => "path",
        Parameter::Cookie { .. } => "cookie",
    }
}

/// Visits every schema of the document, what is inside a schema first.
pub(crate) fn visit_all(spec: &mut Spec, mut to: impl FnMut(&Place, Found<'_>)) {
    spec.for_each_operation(|name, operation| {
        for (words, _, slot) in slots(operation) {
            visit(&words, found_plain(slot), &mut |trail, found| {
                to(&Place::Operation(name.clone(), trail.to_owned()), found);
            });
        }
    });
    for (name, slot) in spec.schemas_mut() {
        visit("", found_plain(slot), &mut |trail, found| {
            to(&Place::Schema(name.clone(), trail.to_owned()), found);
        });
    }
}

/// The names a schema refers to.
pub(crate) fn references(slot: &ReferenceOr<Schema>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut copy = slot.clone();
    visit("", found_plain(&mut copy), &mut |_, found| {
        if let Found::Reference(reference) = found {
            names.extend(target(reference).map(str::to_owned));
        }
    });
    names
}

/// The named schemas that can be reached from one side of the operations, or from both.
pub(crate) fn reachable(spec: &Spec, sides: &[Side]) -> BTreeSet<String> {
    let mut todo = VecDeque::new();
    let mut copy = spec.clone();
    copy.for_each_operation(|_, operation| {
        for (_, side, slot) in slots(operation) {
            if sides.contains(&side) {
                todo.extend(references(slot));
            }
        }
    });
    closure(spec, todo)
}

/// The given names and all that they refer to, as far as they exist.
pub(crate) fn closure(spec: &Spec, from: impl IntoIterator<Item = String>) -> BTreeSet<String> {
    let mut todo: VecDeque<String> = from.into_iter().collect();
    let mut seen = BTreeSet::new();
    while let Some(name) = todo.pop_front() {
        if seen.contains(&name) {
            continue;
        }
        if let Some(slot) = spec.schemas().get(&name) {
            todo.extend(references(slot));
            seen.insert(name);
        }
    }
    seen
}

/// Visits a slot and everything inside it, what is inside first.
pub(crate) fn visit_slot(
    trail: &str,
    slot: &mut ReferenceOr<Schema>,
    to: &mut dyn FnMut(&str, Found<'_>),
) {
    visit(trail, found_plain(slot), to);
}
