//! Gives objects that are written in place a name of their own, of where they stand: the object of
//! `Thing.size` is `ThingSize`. Left to the generator, the name could be one that is taken.

use openapiv3::{ReferenceOr, Schema, SchemaData, SchemaKind, Type};

use super::Work;
use crate::fault::Place;
use crate::merge::bare;
use crate::spec::{Spec, pascal};
use crate::walk::{Found, reference_to, slots, visit_slot};

/// An object found in place: the name it gets, where it stood, and what it is.
type Part = (String, Place, Schema);

pub(super) fn run(work: &mut Work<'_>) {
    let mut parts: Vec<Part> = Vec::new();
    work.spec.for_each_operation(|name, operation| {
        let id = pascal(operation.operation_id.as_deref().unwrap_or_default());
        for (words, _, slot) in slots(operation) {
            // `response 200` and `response 201` are one type as a rule; two are refused later.
            let root = format!(
                "{id}{}",
                pascal(words.split(' ').next().unwrap_or_default())
            );
            let place = |trail: &str| Place::Operation(name.clone(), trail.to_owned());
            name_parts(&root, &words, slot, &place, &mut parts);
        }
    });
    for (name, slot) in work.spec.schemas_mut() {
        let place = |trail: &str| Place::Schema(name.clone(), trail.to_owned());
        name_parts(&pascal(name), "", slot, &place, &mut parts);
    }
    for (name, place, schema) in parts {
        let slot = ReferenceOr::Item(schema);
        match work.spec.schema_like(&name).map(str::to_owned) {
            None => {
                work.did(format!("{place} is `{name}`"));
                let file = file_of(&work.spec, &place);
                work.spec.schema_files.insert(name.clone(), file);
                work.spec.schemas_mut().insert(name, slot);
            }
            Some(taken)
                if taken == name
                    && work.spec.schemas().get(&name).map(bare) == Some(bare(&slot)) => {}
            Some(taken) => {
                let problem = format!("holds an object that would be called as `{taken}` is");
                work.fault(
                    place,
                    problem,
                    "give the object a named schema in the document",
                );
            }
        }
    }
}

fn file_of(spec: &Spec, place: &Place) -> String {
    match place {
        Place::Operation(name, _) => spec.file_of(name).to_owned(),
        Place::Schema(name, _) => spec.file_of_schema(name).to_owned(),
        Place::Document | Place::Overlay(_) => String::new(),
    }
}

/// Takes the objects out of a slot, inner ones first, and leaves references in their places.
fn name_parts(
    root: &str,
    words: &str,
    slot: &mut ReferenceOr<Schema>,
    place: &dyn Fn(&str) -> Place,
    parts: &mut Vec<Part>,
) {
    // A named schema has its name; what stands in an operation has none.
    let named = words.is_empty();
    visit_slot("", slot, &mut |trail, found| {
        let Found::Inline(schema) = found else { return };
        let has_fields = matches!(
            &schema.schema_kind,
            SchemaKind::Type(Type::Object(object)) if !object.properties.is_empty()
        );
        if !has_fields || (named && trail.is_empty()) {
            return;
        }
        let steps = trail.replace("[]", ".item").replace(".*", ".value");
        let name = format!("{root}{}", steps.split('.').map(pascal).collect::<String>());
        let reference = reference_to(&name);
        let outside = SchemaData {
            description: schema.schema_data.description.clone(),
            nullable: std::mem::take(&mut schema.schema_data.nullable),
            ..SchemaData::default()
        };
        let all_of = vec![ReferenceOr::Reference { reference }];
        let schema_kind = SchemaKind::AllOf { all_of };
        let here = Schema {
            schema_data: outside,
            schema_kind,
        };
        let part = std::mem::replace(schema, here);
        parts.push((name, place(&format!("{words}{trail}")), part));
    });
}
