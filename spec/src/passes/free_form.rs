//! A free-form object whose values are said to be objects, `additionalProperties: {type: object}`,
//! is a row of a table: its values are scalars. Such objects take any JSON value.

use openapiv3::{AdditionalProperties, ReferenceOr, Schema, SchemaKind, Type};

use super::Work;
use crate::walk::{Found, visit_all};

pub(super) fn run(work: &mut Work<'_>) {
    let mut did = Vec::new();
    visit_all(&mut work.spec, |place, found| {
        let Found::Inline(schema) = found else { return };
        let SchemaKind::Type(Type::Object(object)) = &mut schema.schema_kind else {
            return;
        };
        let free = object.properties.is_empty()
            && match &object.additional_properties {
                Some(AdditionalProperties::Schema(values)) => is_free(values),
                Some(AdditionalProperties::Any(any)) => *any,
                None => false,
            };
        if free {
            object.additional_properties = None;
            did.push(place.to_string());
        }
    });
    work.did.extend(did);
}

fn is_free(values: &ReferenceOr<Schema>) -> bool {
    match values {
        ReferenceOr::Reference { .. } => false,
        ReferenceOr::Item(schema) => match &schema.schema_kind {
            SchemaKind::Type(Type::Object(object)) => {
                object.properties.is_empty() && object.additional_properties.is_none()
            }
            SchemaKind::Any(any) => *any == openapiv3::AnySchema::default(),
            _ => false,
        },
    }
}
