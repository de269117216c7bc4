//! What is sent must be strict and what is received lenient, so a schema that is used both ways and
//! holds lists, maps or enumerations becomes two: `Pipeline` is sent, `ResponsePipeline` received.

use std::collections::BTreeSet;

use openapiv3::{ReferenceOr, Schema, SchemaKind, Type};

use super::Work;
use crate::fault::Place;
use crate::walk::{
    Found, Side, closure, reachable, reference_to, slots, target, visit, visit_slot,
};

pub(super) fn run(work: &mut Work<'_>) {
    let sent = reachable(&work.spec, &[Side::Request]);
    let received = reachable(&work.spec, &[Side::Response]);
    let both: Vec<String> = sent.intersection(&received).cloned().collect();
    let lenient: BTreeSet<&String> = both
        .iter()
        .filter(|name| {
            work.spec
                .schemas()
                .get(*name)
                .is_some_and(holds_lenient_parts)
        })
        .collect();
    // An enumeration itself is not copied: `open-enums` writes strings where responses refer to it.
    let split: BTreeSet<String> = both
        .iter()
        .filter(|name| !work.spec.schemas().get(*name).is_some_and(is_enumeration))
        .filter(|name| {
            closure(&work.spec, [(*name).clone()]).iter().any(|inner| {
                lenient.contains(inner)
                    || work.spec.schemas().get(inner).is_some_and(is_enumeration)
            })
        })
        .cloned()
        .collect();
    for name in &split {
        if let Some(taken) = work.spec.schema_like(&twin(name)) {
            let problem = format!("is sent and received, and `{taken}` has the name of its copy");
            let place = Place::Schema(name.clone(), String::new());
            work.fault(place, problem, "rename one of the two in the document");
            return;
        }
    }
    for name in &split {
        let Some(schema) = work.spec.schemas().get(name).cloned() else {
            continue;
        };
        let file = work.spec.file_of_schema(name).to_owned();
        work.spec.schemas_mut().insert(twin(name), schema);
        work.spec.schema_files.insert(twin(name), file);
        work.did(format!("`{name}` is received as `{}`", twin(name)));
    }
    let mut redirect = |_: &str, found: Found<'_>| {
        if let Found::Reference(reference) = found
            && let Some(name) = target(reference).filter(|name| split.contains(*name))
        {
            *reference = reference_to(&twin(name));
        }
    };
    work.spec.for_each_operation(|_, operation| {
        for (words, side, slot) in slots(operation) {
            if side == Side::Response {
                visit_slot(&words, slot, &mut redirect);
            }
        }
    });
    let twins: BTreeSet<String> = split.iter().map(|name| twin(name)).collect();
    for (name, slot) in work.spec.schemas_mut() {
        if !sent.contains(name) && (received.contains(name) || twins.contains(name)) {
            visit_slot("", slot, &mut redirect);
        }
    }
}

const PREFIX: &str = "Response";

fn twin(name: &str) -> String {
    format!("{PREFIX}{name}")
}

/// The schema that this one, by its name, may be the copy of.
pub(super) fn original(twin: &str) -> Option<&str> {
    twin.strip_prefix(PREFIX)
}

pub(super) fn is_enumeration(slot: &ReferenceOr<Schema>) -> bool {
    matches!(
        slot,
        ReferenceOr::Item(Schema { schema_kind: SchemaKind::Type(Type::String(text)), .. })
            if !text.enumeration.is_empty()
    )
}

fn holds_lenient_parts(slot: &ReferenceOr<Schema>) -> bool {
    let ReferenceOr::Item(schema) = slot else {
        return false;
    };
    let mut copy = schema.clone();
    let mut holds = false;
    visit("", Found::Inline(&mut copy), &mut |trail, found| {
        let Found::Inline(schema) = found else { return };
        holds |= !trail.is_empty()
            && match &schema.schema_kind {
                SchemaKind::Type(Type::Array(_)) => true,
                SchemaKind::Type(Type::Object(object)) => object.properties.is_empty(),
                SchemaKind::Type(Type::String(text)) => !text.enumeration.is_empty(),
                _ => false,
            };
    });
    holds
}
