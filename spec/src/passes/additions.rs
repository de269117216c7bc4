//! Adds what the overlay holds and the documents lack: schemas, fields of schemas, request bodies.

use openapiv3::{MediaType, ReferenceOr, RequestBody, Schema, SchemaKind, Type};

use super::Work;
use crate::fault::Place;
use crate::merge::bare;
use crate::overlay::Shape;

pub(super) fn run(work: &mut Work<'_>) {
    schemas(work);
    fields(work);
    bodies(work);
}

fn schemas(work: &mut Work<'_>) {
    for entry in &work.overlay.schemas {
        let known: Vec<_> = work
            .spec
            .operations()
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        if !entry.operations.iter().any(|o| known.contains(o)) {
            work.unmatched(entry.label(), "no document has an operation it is for");
        } else if work.spec.schema_like(&entry.name).is_some() {
            let problem = "the documents now hold a schema of this name";
            work.fault(Place::Overlay(entry.label()), problem, "remove the entry");
        } else {
            work.spec
                .schemas_mut()
                .insert(entry.name.clone(), entry.schema.0.clone());
            work.did(format!("added schema `{}`", entry.name));
        }
    }
}

fn fields(work: &mut Work<'_>) {
    for entry in &work.overlay.fields {
        let Some(slot) = work.spec.schemas_mut().get_mut(&entry.schema) else {
            work.unmatched(entry.label(), "no document has this schema");
            continue;
        };
        let ReferenceOr::Item(Schema {
            schema_kind: SchemaKind::Type(Type::Object(object)),
            ..
        }) = slot
        else {
            let place = Place::Schema(entry.schema.clone(), String::new());
            work.fault(
                place,
                "is no object any more, and the overlay has fields for it",
                format!("correct the overlay entry {}", entry.label()),
            );
            continue;
        };
        let mut did = Vec::new();
        let mut notes = Vec::new();
        let mut disagree = Vec::new();
        let mut gone = Vec::new();
        for (name, Shape(shape)) in &entry.add {
            match object
                .properties
                .get(name)
                .map(|known| bare(&known.clone().unbox()))
            {
                None => {
                    object.properties.insert(name.clone(), boxed(shape));
                    did.push(format!("added `{}.{name}`", entry.schema));
                }
                Some(known) if known == bare(shape) => notes.push(format!(
                    "`{}.{name}` is documented now: the overlay need not add it",
                    entry.schema
                )),
                Some(known) => disagree.push((name.clone(), known, bare(shape))),
            }
        }
        for (name, Shape(shape)) in &entry.replace {
            match object.properties.get_mut(name) {
                Some(known) => {
                    *known = boxed(shape);
                    did.push(format!("retyped `{}.{name}`", entry.schema));
                }
                None => gone.push(name.clone()),
            }
        }
        work.did.extend(did);
        work.notes.extend(notes);
        for (name, known, ours) in disagree {
            let place = Place::Schema(entry.schema.clone(), format!(".{name}"));
            let problem = format!("is documented now, as {known}, and the overlay says {ours}");
            work.fault(
                place,
                problem,
                format!("remove it from the entry {}", entry.label()),
            );
        }
        for name in gone {
            let label = format!("{} field `{name}`", entry.label());
            work.unmatched(label, "the schema has no such field");
        }
    }
}

fn boxed(shape: &ReferenceOr<Schema>) -> ReferenceOr<Box<Schema>> {
    match shape {
        ReferenceOr::Item(schema) => ReferenceOr::Item(Box::new(schema.clone())),
        ReferenceOr::Reference { reference } => ReferenceOr::Reference {
            reference: reference.clone(),
        },
    }
}

fn bodies(work: &mut Work<'_>) {
    for entry in &work.overlay.bodies {
        let Some(operation) = work.spec.operation_mut(&entry.operation) else {
            work.unmatched(entry.label(), "no document has this operation");
            continue;
        };
        let media = MediaType {
            schema: Some(entry.schema.0.clone()),
            ..MediaType::default()
        };
        let had = operation.request_body.is_some();
        operation.request_body = Some(ReferenceOr::Item(RequestBody {
            description: Some(entry.description.clone()),
            content: [(entry.media_type.clone(), media)].into_iter().collect(),
            required: true,
            ..RequestBody::default()
        }));
        let done = if had { "replaced" } else { "added" };
        work.did(format!(
            "{done} the body of `{}`: {}",
            entry.operation, entry.media_type
        ));
    }
}
