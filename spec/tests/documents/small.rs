//! Small documents, one quirk each, and what becomes of them.

use dune_spec::{Coverage, Outcome, Overlay, Page, normalise};
use serde_json::{Value, json};

/// A document with these paths and schemas.
pub(crate) fn document(paths: Value, schemas: Value) -> Value {
    json!({
        "openapi": "3.0.1",
        "info": {"title": "Small", "version": "1.0"},
        "servers": [{"url": "https://api.dune.com/api"}],
        "paths": paths,
        "components": {"schemas": schemas},
    })
}

/// `GET /v1/thing`, which answers a schema.
pub(crate) fn answering(schema: Value) -> Value {
    json!({"/v1/thing": {"get": {"responses": {"200": json_response(schema)}}}})
}

/// `POST /v1/thing`, which takes a schema and answers nothing.
pub(crate) fn taking(schema: Value) -> Value {
    json!({"/v1/thing": {"post": {
        "requestBody": {"required": true, "content": {"application/json": {"schema": schema}}},
        "responses": {"200": {"description": "OK"}},
    }}})
}

/// A response of a JSON schema.
pub(crate) fn json_response(schema: Value) -> Value {
    json!({"description": "OK", "content": {"application/json": {"schema": schema}}})
}

/// A reference to a schema.
pub(crate) fn to(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// The page of a document.
pub(crate) fn page(file: &str, document: &Value) -> Page {
    Page::parse(file, &document.to_string()).unwrap_or_else(|faults| panic!("{faults}"))
}

/// An overlay of these entries and the ones every overlay has.
pub(crate) fn overlay(entries: &str) -> Overlay {
    let errors = "[errors]\nname = 'Error'\ndescription = 'd'\nreason = 'r'\n";
    Overlay::parse("overlay.toml", &format!("{errors}{entries}"))
        .unwrap_or_else(|faults| panic!("{faults}"))
}

/// What becomes of one document with an overlay of these entries.
pub(crate) fn normalised(document: &Value, entries: &str) -> Outcome {
    normalise(
        vec![page("page.json", document)],
        &overlay(entries),
        Coverage::Whole,
    )
}

/// The normalised document, which has no fault.
pub(crate) fn good(document: &Value, entries: &str) -> Value {
    let outcome = normalised(document, entries);
    let api = outcome
        .document()
        .unwrap_or_else(|faults| panic!("{faults}"));
    serde_json::to_value(api).unwrap()
}

/// The faults of a document, as people read them.
pub(crate) fn faults(document: &Value, entries: &str) -> String {
    let outcome = normalised(document, entries);
    let faults = outcome.faults().expect("the document has no fault");
    faults.to_string()
}

/// Asserts that a document is refused in these words, which name file and place.
#[track_caller]
pub(crate) fn refused(document: &Value, entries: &str, words: &[&str]) {
    let said = faults(document, entries);
    for word in words {
        assert!(said.contains(word), "{word:?} is not in:\n{said}");
    }
}
