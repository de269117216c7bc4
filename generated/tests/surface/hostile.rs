//! What the passes accept, progenitor generates from: documents of every shape that OpenAPI has end
//! in a fault of ours or in a client, and never in progenitor's refusal or panic.

use dune_spec::{Coverage, Generated, Overlay, Page, normalise};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Names that Rust or the generator may have a use of its own for.
const NAMES: [&str; 15] = [
    "a", "aA", "b_c", "d-e", "fG", "type", "self", "String", "Option", "error", "Map", "Vec",
    "client", "Result", "request",
];

fn name() -> impl Strategy<Value = &'static str> {
    prop::sample::select(NAMES.to_vec())
}

fn some_names(most: usize) -> impl Strategy<Value = Vec<&'static str>> {
    prop::sample::subsequence(NAMES.to_vec(), 1..=most)
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!({"type": "boolean"})),
        Just(json!({"type": "integer", "format": "int32", "minimum": 1, "maximum": 3})),
        Just(json!({"type": "integer", "enum": [1, 2], "default": 9})),
        Just(json!({"type": "number", "format": "float", "exclusiveMinimum": true})),
        prop::sample::select(vec![
            "uuid",
            "date-time",
            "byte",
            "binary",
            "ip",
            "password",
            "x"
        ])
        .prop_map(|format| json!({"type": "string", "format": format, "pattern": "^a("})),
        some_names(4)
            .prop_map(|values| json!({"type": "string", "enum": values, "default": "gone"})),
    ]
}

/// Schemas with the keywords of OpenAPI 3.0, mostly where they belong.
fn schema() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        6 => name().prop_map(|name| json!({"$ref": format!("#/components/schemas/{name}")})),
        1 => Just(json!({})),
        4 => scalar(),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        let fields = (some_names(4), prop::collection::vec(inner.clone(), 4));
        prop_oneof![
            8 => (fields, any::<bool>()).prop_map(|((names, schemas), open)| {
                let required = &names[..names.len() / 2];
                let fields: serde_json::Map<String, Value> =
                    names.iter().map(|name| (*name).to_owned()).zip(schemas).collect();
                json!({"type": "object", "properties": fields, "required": required,
                       "additionalProperties": open, "nullable": open})
            }),
            3 => inner.clone()
                .prop_map(|values| json!({"type": "object", "additionalProperties": values})),
            3 => inner.clone().prop_map(|items| {
                json!({"type": "array", "items": items, "uniqueItems": true, "minItems": 2, "maxItems": 2})
            }),
            2 => name().prop_map(|name| {
                let reference = json!({"$ref": format!("#/components/schemas/{name}")});
                json!({"description": "d", "allOf": [reference], "nullable": true})
            }),
            1 => prop::collection::vec(inner, 0..3).prop_map(|list| json!({"oneOf": list})),
        ]
    })
}

/// A schema for each name, so that references lead somewhere.
fn schemas() -> impl Strategy<Value = Value> {
    prop::collection::vec(schema(), NAMES.len()).prop_map(|schemas| {
        let named = NAMES.iter().map(|name| (*name).to_owned()).zip(schemas);
        Value::Object(named.collect())
    })
}

fn parameters() -> impl Strategy<Value = Vec<Value>> {
    let place = prop::sample::select(vec!["query", "query", "header"]);
    let one = (place, any::<bool>(), scalar());
    (some_names(3), prop::collection::vec(one, 3)).prop_map(|(names, all)| {
        let named = names.into_iter().zip(all);
        let parameter = |(name, (place, required, schema))| {
            json!({"in": place, "name": name, "required": required, "schema": schema})
        };
        named.map(parameter).collect()
    })
}

fn content() -> impl Strategy<Value = Value> {
    let json = schema().prop_map(|schema| json!({"application/json": {"schema": schema}}));
    let any = schema().prop_map(|schema| json!({"*/*": {"schema": schema}}));
    let text = Just(json!({"text/plain": {"schema": {"type": "string"}}}));
    let bytes = json!({"type": "string", "format": "binary"});
    let bytes = Just(json!({"application/octet-stream": {"schema": bytes}}));
    prop_oneof![6 => json, 1 => any, 1 => text, 1 => bytes]
}

fn document() -> impl Strategy<Value = Value> {
    let method = prop::sample::select(vec!["get", "put", "post", "delete", "patch", "head"]);
    let success = prop::sample::select(vec!["200", "201", "2XX"]);
    let failure = prop::sample::select(vec!["400", "4XX", "500", "default"]);
    let answer = prop::option::of(content());
    let body = prop::option::of(content());
    (
        method,
        parameters(),
        body,
        success,
        answer,
        failure,
        schemas(),
    )
        .prop_map(
            |(method, parameters, body, success, answer, failure, schemas)| {
                let answer = answer.unwrap_or_else(|| json!({}));
                let mut operation = json!({"parameters": parameters, "responses": {
                    success: {"description": "", "content": answer},
                    failure: {"description": ""},
                }});
                if let Some(content) = body {
                    operation["requestBody"] = json!({"content": content});
                }
                json!({
                    "openapi": "3.0.1",
                    "info": {"title": "t", "version": "1"},
                    "paths": {"/v1/thing": {method: operation}},
                    "components": {"schemas": schemas},
                })
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_accepted_is_generated(document in document()) {
        let text = "[errors]\nname = 'Refusal'\ndescription = 'd'\nreason = 'r'";
        let overlay = Overlay::parse("overlay.toml", text).unwrap();
        if let Ok(page) = Page::parse("some.json", &document.to_string()) {
            let outcome = normalise(vec![page], &overlay, Coverage::Whole);
            if let Ok(accepted) = outcome.document() {
                let generated = Generated::of(accepted);
                prop_assert!(generated.is_ok(), "{}", generated.unwrap_err());
            }
        }
    }
}
