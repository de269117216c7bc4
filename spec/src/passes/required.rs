//! Requires the fields that the API always has, where the documents require none, and makes
//! optional what they require by mistake. Each required field is named with its type, so that a
//! document that changes it stops here and not in somebody's program.

use openapiv3::{ObjectType, ReferenceOr, Schema, SchemaKind, Type};

use super::Work;
use crate::fault::Place;
use crate::walk::target;

pub(super) fn run(work: &mut Work<'_>) {
    for entry in &work.overlay.optional {
        let mut missing = Vec::new();
        let Some(object) = object_mut(work, &entry.schema) else {
            work.unmatched(entry.label(), "no document has this schema");
            continue;
        };
        for field in &entry.fields {
            let before = object.required.len();
            object.required.retain(|name| name != field);
            if object.required.len() == before {
                missing.push(field.clone());
            }
        }
        for field in missing {
            let label = format!("{} field `{field}`", entry.label());
            work.unmatched(label, "the documents do not require it");
        }
    }
    let mut count = 0;
    for entry in &work.overlay.required {
        for (schema, fields) in &entry.fields {
            let Some(object) = object_mut(work, schema) else {
                let label = format!("[[required]] `{schema}`");
                work.unmatched(label, "no document has this schema, or it is no object");
                continue;
            };
            let mut wrong = Vec::new();
            for (field, expected) in fields {
                match object.properties.get(field).map(kind) {
                    None => {
                        wrong.push((field, "is not there any more".to_owned()));
                    }
                    Some(found) if found != *expected => {
                        wrong.push((field, format!("is `{found}`, and was `{expected}`")));
                    }
                    Some(_) => {
                        if !object.required.contains(field) {
                            object.required.push(field.clone());
                            count += 1;
                        }
                    }
                }
            }
            for (field, problem) in wrong {
                let place = Place::Schema(schema.clone(), format!(".{field}"));
                let remedy = "the client counts on it: see what changed, then correct \
                              `[[required]]` in the overlay";
                work.fault(place, problem, remedy);
            }
        }
    }
    work.did(format!("required {count} fields"));
}

fn object_mut<'w>(work: &'w mut Work<'_>, name: &str) -> Option<&'w mut ObjectType> {
    match work.spec.schemas_mut().get_mut(name)? {
        ReferenceOr::Item(Schema {
            schema_kind: SchemaKind::Type(Type::Object(object)),
            ..
        }) => Some(object),
        _ => None,
    }
}

/// The word for a field's type: OpenAPI's, or the name of the schema it refers to.
fn kind(field: &ReferenceOr<Box<Schema>>) -> String {
    let named = |reference: &str| target(reference).unwrap_or(reference).to_owned();
    match field {
        ReferenceOr::Reference { reference } => named(reference),
        ReferenceOr::Item(schema) => match &schema.schema_kind {
            SchemaKind::AllOf { all_of } => match all_of.as_slice() {
                [ReferenceOr::Reference { reference }] => named(reference),
                _ => "allOf".to_owned(),
            },
            SchemaKind::Type(Type::String(_)) => "string".to_owned(),
            SchemaKind::Type(Type::Number(_)) => "number".to_owned(),
            SchemaKind::Type(Type::Integer(_)) => "integer".to_owned(),
            SchemaKind::Type(Type::Boolean(_)) => "boolean".to_owned(),
            SchemaKind::Type(Type::Object(_)) => "object".to_owned(),
            SchemaKind::Type(Type::Array(_)) => "array".to_owned(),
            SchemaKind::OneOf { .. } => "oneOf".to_owned(),
            SchemaKind::AnyOf { .. } => "anyOf".to_owned(),
            SchemaKind::Not { .. } => "not".to_owned(),
            SchemaKind::Any(_) => "any".to_owned(),
        },
    }
}
