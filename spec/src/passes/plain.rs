//! Writes schemas the plain way where a document says the same in a longer one: `type: object`
//! beside a lone `allOf`, properties or values without a `type`.

use openapiv3::{AnySchema, ObjectType, ReferenceOr, Schema, SchemaKind, StringType, Type};

use crate::spec::Spec;
use crate::walk::{Found, visit_all};

pub(super) fn run(spec: &mut Spec, did: &mut Vec<String>) {
    visit_all(spec, |_, found| {
        if let Found::Inline(schema) = found
            && let Some(what) = simplify(schema)
        {
            did.push(what.to_owned());
        }
    });
}

fn simplify(schema: &mut Schema) -> Option<&'static str> {
    let SchemaKind::Any(any) = &schema.schema_kind else {
        return None;
    };
    if lone_all_of(any) {
        let all_of = any.all_of.clone();
        schema.schema_kind = SchemaKind::AllOf { all_of };
        return Some("dropped `type: object` beside an `allOf` that says it");
    }
    let rest = AnySchema {
        properties: Default::default(),
        required: Vec::new(),
        additional_properties: None,
        enumeration: Vec::new(),
        ..any.clone()
    };
    if rest != AnySchema::default() {
        return None;
    }
    if any.enumeration.is_empty() {
        if any.properties.is_empty() && any.additional_properties.is_none() {
            return None;
        }
        schema.schema_kind = SchemaKind::Type(Type::Object(ObjectType {
            properties: any.properties.clone(),
            required: any.required.clone(),
            additional_properties: any.additional_properties.clone(),
            ..ObjectType::default()
        }));
        return Some("added `type: object` where there are properties");
    }
    let values: Option<Vec<_>> = any
        .enumeration
        .iter()
        .map(|v| v.as_str().map(|text| Some(text.to_owned())))
        .collect();
    if let (Some(enumeration), true) = (values, any.properties.is_empty()) {
        schema.schema_kind = SchemaKind::Type(Type::String(StringType {
            enumeration,
            ..StringType::default()
        }));
        return Some("added `type: string` where all values are strings");
    }
    None
}

/// `{type: object, allOf: [{$ref: ..}]}`, which a generator reads as two schemas to be combined.
fn lone_all_of(any: &AnySchema) -> bool {
    let one = matches!(any.all_of.as_slice(), [ReferenceOr::Reference { .. }]);
    let rest = AnySchema {
        typ: None,
        all_of: Vec::new(),
        ..any.clone()
    };
    one && rest == AnySchema::default() && any.typ.as_deref().is_none_or(|t| t == "object")
}
