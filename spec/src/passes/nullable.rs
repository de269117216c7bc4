//! Lets lists and free-form maps in responses be `null` or missing: a Go server writes an empty slice
//! or map that was never filled so, and a client that refuses it loses the whole answer.

use openapiv3::{ReferenceOr, Schema, SchemaKind, Type};

use super::Work;
use crate::walk::{Side, reachable};

pub(super) fn run(work: &mut Work<'_>) {
    let sent = reachable(&work.spec, &[Side::Request]);
    let received = reachable(&work.spec, &[Side::Response]);
    let mut marked = 0;
    for (name, slot) in work.spec.schemas_mut() {
        if sent.contains(name) || !received.contains(name) {
            continue;
        }
        let ReferenceOr::Item(Schema {
            schema_kind: SchemaKind::Type(Type::Object(object)),
            ..
        }) = slot
        else {
            continue;
        };
        let required = &mut object.required;
        for (field, property) in &mut object.properties {
            let ReferenceOr::Item(schema) = property else {
                continue;
            };
            let list_or_map = match &schema.schema_kind {
                SchemaKind::Type(Type::Array(_)) => true,
                SchemaKind::Type(Type::Object(object)) => object.properties.is_empty(),
                _ => false,
            };
            if list_or_map {
                schema.schema_data.nullable = true;
                required.retain(|name| name != field);
                marked += 1;
            }
        }
    }
    if marked > 0 {
        work.did(format!("{marked} lists and maps may be null or missing"));
    }
}
