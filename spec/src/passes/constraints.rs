//! Strips rules that turn a change on the server's side into an answer nobody can decode, or that
//! ask for crates we do not have: lengths, patterns, bounds, formats, defaults, forbidden fields.

use openapiv3::{
    AdditionalProperties, ParameterSchemaOrContent, ReferenceOr, Schema, SchemaKind, StringFormat,
    StringType, Type, VariantOrUnknownOrEmpty,
};

use super::Work;
use crate::walk::{Found, parameter_data_mut, visit_all};

/// Extensions that steer progenitor and would do so unseen.
const STEERING: [&str; 3] = [
    "x-rust-type",
    "x-dropshot-pagination",
    "x-dropshot-websocket",
];

pub(super) fn run(work: &mut Work<'_>) {
    let mut did = Vec::new();
    visit_all(&mut work.spec, |place, found| {
        if let Found::Inline(schema) = found {
            let before = schema.clone();
            strip(schema);
            if *schema != before {
                did.push(format!("{place}: {}", difference(&before, schema)));
            }
        }
    });
    work.spec.for_each_operation(|name, operation| {
        for key in STEERING {
            if operation.extensions.shift_remove(key).is_some() {
                did.push(format!("`{name}`: {key}"));
            }
        }
        for parameter in &mut operation.parameters {
            let ReferenceOr::Item(parameter) = parameter else {
                continue;
            };
            if let ParameterSchemaOrContent::Schema(ReferenceOr::Item(schema)) =
                &mut parameter_data_mut(parameter).format
            {
                schema.schema_data.nullable = false;
            }
        }
    });
    work.did.extend(did);
}

fn strip(schema: &mut Schema) {
    schema.schema_data.default = None;
    schema
        .schema_data
        .extensions
        .retain(|key, _| !STEERING.contains(&key.as_str()));
    match &mut schema.schema_kind {
        SchemaKind::Type(Type::String(text)) => {
            let binary = VariantOrUnknownOrEmpty::Item(StringFormat::Binary);
            let format = if text.format == binary {
                binary
            } else {
                VariantOrUnknownOrEmpty::Empty
            };
            let enumeration = std::mem::take(&mut text.enumeration);
            *text = StringType {
                format,
                enumeration,
                ..StringType::default()
            };
        }
        SchemaKind::Type(Type::Number(number)) => {
            (number.minimum, number.maximum, number.multiple_of) = (None, None, None);
            (number.exclusive_minimum, number.exclusive_maximum) = (false, false);
            number.enumeration.clear();
            if matches!(number.format, VariantOrUnknownOrEmpty::Unknown(_)) {
                number.format = VariantOrUnknownOrEmpty::Empty;
            }
        }
        SchemaKind::Type(Type::Integer(number)) => {
            (number.minimum, number.maximum, number.multiple_of) = (None, None, None);
            (number.exclusive_minimum, number.exclusive_maximum) = (false, false);
            number.enumeration.clear();
            if matches!(number.format, VariantOrUnknownOrEmpty::Unknown(_)) {
                number.format = VariantOrUnknownOrEmpty::Empty;
            }
        }
        SchemaKind::Type(Type::Boolean(boolean)) => boolean.enumeration.clear(),
        SchemaKind::Type(Type::Array(array)) => {
            (array.min_items, array.max_items, array.unique_items) = (None, None, false);
        }
        SchemaKind::Type(Type::Object(object)) => {
            (object.min_properties, object.max_properties) = (None, None);
            if object.additional_properties == Some(AdditionalProperties::Any(false)) {
                object.additional_properties = None;
            }
        }
        _ => {}
    }
}

/// The keywords that went, for the report.
fn difference(before: &Schema, after: &Schema) -> String {
    let keys = |schema: &Schema| match serde_json::to_value(schema) {
        Ok(serde_json::Value::Object(map)) => map.keys().cloned().collect(),
        _ => Vec::new(),
    };
    let kept = keys(after);
    let gone: Vec<_> = keys(before)
        .into_iter()
        .filter(|key| !kept.contains(key))
        .collect();
    gone.join(", ")
}
