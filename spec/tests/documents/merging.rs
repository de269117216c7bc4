//! Several pages of one API: what they share must agree, and where it may not, that is said.

use dune_spec::{Coverage, Outcome, normalise};
use serde_json::{Value, json};

use crate::small::{answering, document, overlay, page, taking, to};

fn merged(a: &Value, b: &Value, entries: &str) -> Outcome {
    let pages = vec![page("old.json", a), page("new.json", b)];
    normalise(pages, &overlay(entries), Coverage::Whole)
}

fn faults(a: &Value, b: &Value) -> String {
    merged(a, b, "")
        .faults()
        .expect("the documents agree")
        .to_string()
}

fn at(path: &str, name: &str, schema: Value) -> Value {
    let mut paths = json!({});
    paths[path] = taking(to(name))["/v1/thing"].clone();
    document(paths, json!({name: schema}))
}

#[test]
fn texts_and_the_order_of_keys_may_differ() {
    let a = json!({"type": "object", "properties": {
        "a": {"type": "string", "description": "one", "example": "x"},
        "b": {"type": "string"},
    }});
    let b = json!({"properties": {
        "b": {"type": "string", "title": "B"},
        "a": {"type": "string", "description": "another"},
    }, "type": "object"});
    let outcome = merged(&at("/v1/a", "T", a), &at("/v1/b", "T", b), "");
    let api = outcome.document().unwrap();
    assert_eq!(api.paths.paths.len(), 2);
}

#[test]
fn a_field_called_description_is_a_field_and_no_text() {
    let a = json!({"type": "object", "properties": {"description": {"type": "string"}}});
    let b = json!({"type": "object", "properties": {"description": {"type": "integer"}}});
    let said = faults(&at("/v1/a", "T", a), &at("/v1/b", "T", b));
    assert!(said.contains("`description` is"), "{said}");
}

#[test]
fn a_type_that_changed_on_one_page_only_is_named_with_both_files() {
    let a = json!({"type": "object", "properties": {"id": {"type": "integer"}}});
    let b = json!({"type": "object", "properties": {"id": {"type": "string"}}});
    let said = faults(&at("/v1/a", "T", a), &at("/v1/b", "T", b));
    for word in [
        "new.json: schema `T`",
        "`id` is",
        "in old.json",
        "out of date",
    ] {
        assert!(said.contains(word), "{word:?} is not in:\n{said}");
    }
}

#[test]
fn a_field_that_one_page_knows_and_another_does_not_yet_is_taken_and_reported() {
    let a = json!({"type": "object", "properties": {"id": {"type": "integer"}}});
    let b = json!({"type": "object", "properties": {
        "id": {"type": "integer"}, "note": {"type": "string"},
    }});
    for (first, second) in [(&a, &b), (&b, &a)] {
        let outcome = merged(
            &at("/v1/a", "T", first.clone()),
            &at("/v1/b", "T", second.clone()),
            "",
        );
        let api = serde_json::to_value(outcome.document().unwrap()).unwrap();
        assert!(api["components"]["schemas"]["T"]["properties"]["note"].is_object());
        let said = outcome.report.to_string();
        assert!(
            said.contains("`T`: `note` stands in one page only"),
            "{said}"
        );
    }
}

#[test]
fn pages_that_list_different_tiers_add_up_where_the_overlay_says_so() {
    let tiers = |list: Value| json!({"type": "object", "properties": {"performance": {"type": "string", "enum": list}}});
    let a = at("/v1/a", "T", tiers(json!(["medium", "large"])));
    let b = at("/v1/b", "T", tiers(json!(["small", "medium", "large"])));
    assert!(faults(&a, &b).contains("`performance` is"));
    let entries = "[[enums]]\nproperty = 'performance'\nname = 'Performance'\n\
                   description = 'd'\nresolution = 'union'\nreason = 'r'";
    let outcome = merged(&a, &b, entries);
    let api = serde_json::to_value(outcome.document().unwrap()).unwrap();
    let values = &api["components"]["schemas"]["Performance"]["enum"];
    assert_eq!(values, &json!(["medium", "large", "small"]));
}

#[test]
fn one_operation_on_two_pages_must_be_the_same() {
    let a = document(answering(json!({"type": "string"})), json!({}));
    let mut b = a.clone();
    b["paths"]["/v1/thing"]["get"]["summary"] = json!("told otherwise");
    assert!(merged(&a, &b, "").document().is_ok());
    let b = document(answering(json!({"type": "integer"})), json!({}));
    let said = faults(&a, &b);
    assert!(
        said.contains("new.json: `GET /v1/thing`: is not what old.json says"),
        "{said}"
    );
}

#[test]
fn one_path_with_two_names_for_its_parameter_is_one_path() {
    let at = |name: &str| {
        let path = format!("/v1/query/{{{name}}}");
        let parameter =
            json!({"in": "path", "name": name, "required": true, "schema": {"type": "string"}});
        let operation =
            json!({"parameters": [parameter], "responses": {"200": {"description": "OK"}}});
        document(json!({path: {"get": operation}}), json!({}))
    };
    let said = faults(&at("queryId"), &at("query_id"));
    assert!(
        said.contains("is `GET /v1/query/{queryId}` with another name"),
        "{said}"
    );
}

#[test]
fn pages_of_different_servers_or_versions_do_not_belong_together() {
    let a = document(answering(json!({"type": "string"})), json!({}));
    let mut b = a.clone();
    b["servers"] = json!([{"url": "https://elsewhere"}]);
    b["info"]["version"] = json!("2.0");
    let said = faults(&a, &b);
    assert!(
        said.contains("new.json: the document: `servers` is"),
        "{said}"
    );
    assert!(
        said.contains("`info.version` is 2.0, and 1.0 in old.json"),
        "{said}"
    );
}

#[test]
fn no_document_is_a_fault_and_no_panic() {
    let outcome = normalise(Vec::new(), &overlay(""), Coverage::Whole);
    assert!(
        outcome
            .faults()
            .unwrap()
            .to_string()
            .contains("no document was given")
    );
}
