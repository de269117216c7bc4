//! Makes one type of all error bodies: progenitor takes a single one for each operation, and the
//! documents have a schema for each status. Its fields are those of all of them together.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use openapiv3::{
    MediaType, ObjectType, Operation, ReferenceOr, Schema, SchemaData, SchemaKind, StatusCode, Type,
};

use super::Work;
use crate::fault::Place;
use crate::merge::bare;
use crate::walk::{reference_to, target};

pub(super) fn run(work: &mut Work<'_>) {
    let name = work.overlay.errors.name.clone();
    let mut fields: IndexMap<String, ReferenceOr<Box<Schema>>> = IndexMap::new();
    let mut folded: BTreeSet<String> = BTreeSet::new();
    let mut problems = Vec::new();
    let schemas = work.spec.schemas().clone();
    let mut moved = Vec::new();
    let mut bodies = 0;
    work.spec.for_each_operation(|operation_name, operation| {
        if default_to_ranges(operation) {
            moved.push(operation_name.clone());
        }
        for (status, response) in &mut operation.responses.responses {
            if !is_error(status) {
                continue;
            }
            let ReferenceOr::Item(response) = response else {
                continue;
            };
            for media in response.content.values() {
                let Some(schema) = &media.schema else {
                    continue;
                };
                let found = gather(schema, &schemas, &mut fields, &mut folded);
                if let Err(problem) = found {
                    let part = format!("response {status}");
                    problems.push((Place::Operation(operation_name.clone(), part), problem));
                }
            }
            let reference = reference_to(&name);
            let schema = Some(ReferenceOr::Reference { reference });
            let media = MediaType {
                schema,
                ..MediaType::default()
            };
            response.content = [("application/json".to_owned(), media)]
                .into_iter()
                .collect();
            bodies += 1;
        }
    });
    for operation in moved {
        work.did(format!(
            "`{operation}`: its default response is that of 4xx and 5xx"
        ));
    }
    for (place, problem) in problems {
        work.fault(
            place,
            problem,
            "error bodies of one API are one object: decide by hand",
        );
    }
    if bodies == 0 {
        return;
    }
    let taken = work
        .spec
        .schema_like(&name)
        .filter(|known| !folded.contains(*known));
    if let Some(taken) = taken.map(str::to_owned) {
        let problem = "has the name that the overlay gives to the error body";
        let place = Place::Schema(taken, String::new());
        work.fault(
            place,
            problem,
            "give it another name in the overlay's `[errors]`",
        );
        return;
    }
    let keys = fields
        .keys()
        .map(|key| format!("`{key}`"))
        .collect::<Vec<_>>()
        .join(", ");
    let schema = Schema {
        schema_data: SchemaData {
            description: Some(work.overlay.errors.description.clone()),
            ..SchemaData::default()
        },
        schema_kind: SchemaKind::Type(Type::Object(ObjectType {
            properties: fields,
            ..ObjectType::default()
        })),
    };
    work.spec
        .schemas_mut()
        .insert(name.clone(), ReferenceOr::Item(schema));
    work.did(format!(
        "`{name}` with {keys} in place of {} schemas, in {bodies} responses",
        folded.len()
    ));
}

fn is_error(status: &StatusCode) -> bool {
    match status {
        StatusCode::Code(code) => (400..600).contains(code),
        StatusCode::Range(range) => (4..6).contains(range),
    }
}

/// A `default` response beside a success is the errors'. Progenitor would count it as both.
fn default_to_ranges(operation: &mut Operation) -> bool {
    let success = operation
        .responses
        .responses
        .keys()
        .any(|status| match status {
            StatusCode::Code(code) => (200..300).contains(code),
            StatusCode::Range(range) => *range == 2,
        });
    if !success {
        return false;
    }
    let Some(response) = operation.responses.default.take() else {
        return false;
    };
    for range in [4, 5] {
        operation
            .responses
            .responses
            .entry(StatusCode::Range(range))
            .or_insert_with(|| response.clone());
    }
    true
}

/// Adds the fields of an error body to `fields`.
fn gather(
    slot: &ReferenceOr<Schema>,
    schemas: &IndexMap<String, ReferenceOr<Schema>>,
    fields: &mut IndexMap<String, ReferenceOr<Box<Schema>>>,
    folded: &mut BTreeSet<String>,
) -> Result<(), String> {
    let mut slot = slot;
    let mut seen = BTreeSet::new();
    let schema = loop {
        match slot {
            ReferenceOr::Item(schema) => break schema,
            ReferenceOr::Reference { reference } => {
                let name = target(reference).unwrap_or_default();
                slot = schemas
                    .get(name)
                    .filter(|_| seen.insert(name.to_owned()))
                    .ok_or_else(|| format!("`{reference}` is not there"))?;
                folded.insert(name.to_owned());
            }
        }
    };
    let SchemaKind::Type(Type::Object(object)) = &schema.schema_kind else {
        return Err("its body is no object".to_owned());
    };
    for (name, field) in &object.properties {
        match fields.get(name) {
            None => {
                let mut field = field.clone();
                if let ReferenceOr::Item(schema) = &mut field {
                    schema.schema_data.example = None;
                }
                fields.insert(name.clone(), field);
            }
            Some(known) => {
                let (a, b) = (bare(&known.clone().unbox()), bare(&field.clone().unbox()));
                if a != b {
                    return Err(format!("`{name}` of its body is {b}, and {a} elsewhere"));
                }
            }
        }
    }
    Ok(())
}
