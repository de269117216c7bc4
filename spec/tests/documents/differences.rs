//! What a newer document changes, and whether programs break on it.

use dune_spec::{Coverage, bundled, diff, normalise};
use serde_json::{Value, json};

use crate::small::{document, json_response, overlay, page, taking, to};

fn changes(old: &Value, new: &Value) -> Vec<String> {
    let merged =
        |file, all: &Value| normalise(vec![page(file, all)], &overlay(""), Coverage::Part).merged;
    let changes = diff(&merged("old.json", old), &merged("new.json", new));
    changes.iter().map(ToString::to_string).collect()
}

fn schema(properties: Value) -> Value {
    document(
        taking(to("T")),
        json!({"T": {"type": "object", "properties": properties}}),
    )
}

#[test]
fn texts_are_no_difference() {
    let old = schema(json!({"a": {"type": "string"}}));
    let new = schema(json!({"a": {"type": "string", "description": "told"}}));
    assert_eq!(changes(&old, &new), [""; 0]);
}

#[test]
fn a_new_optional_field_breaks_nothing_and_a_required_one_does() {
    let old = schema(json!({"a": {"type": "string"}}));
    let mut new = schema(json!({"a": {"type": "string"}, "b": {"type": "string"}}));
    assert_eq!(changes(&old, &new), ["       T: `b` is new"]);
    new["components"]["schemas"]["T"]["required"] = json!(["b"]);
    assert_eq!(changes(&old, &new), ["BREAKS T: `b` is new, and required"]);
}

#[test]
fn a_field_that_is_gone_or_of_another_type_breaks() {
    let old = schema(json!({"a": {"type": "string"}, "b": {"type": "string"}}));
    let new = schema(json!({"a": {"type": "integer"}}));
    assert_eq!(
        changes(&old, &new),
        [
            "BREAKS T: `a` was {\"type\":\"string\"}, and is {\"type\":\"integer\"}",
            "BREAKS T: `b` is gone",
        ]
    );
}

#[test]
fn a_new_tier_breaks_nothing_and_one_that_is_gone_does() {
    let tiers = |list: Value| schema(json!({"performance": {"type": "string", "enum": list}}));
    let (old, new) = (
        tiers(json!(["small", "large"])),
        tiers(json!(["large", "xlarge"])),
    );
    assert_eq!(
        changes(&old, &new),
        [
            "       T: `performance` can be `xlarge`",
            "BREAKS T: `performance` cannot be `small` any more",
        ]
    );
}

#[test]
fn changes_inside_nested_objects_are_named_by_their_path() {
    let inner = |kind: &str| json!({"type": "object", "properties": {"x": {"type": kind}}});
    let found = changes(
        &schema(json!({"a": inner("string")})),
        &schema(json!({"a": inner("boolean")})),
    );
    assert!(found[0].starts_with("BREAKS T: `a.x` was"), "{found:?}");
}

#[test]
fn operations_that_come_and_go_and_their_parameters() {
    let get = |parameters: Value| json!({"get": {"parameters": parameters, "responses": {"200": {"description": "OK"}}}});
    let limit = |required: bool, kind: &str| json!({"in": "query", "name": "limit", "required": required, "schema": {"type": kind}});
    let old = document(
        json!({"/a": get(json!([limit(false, "string")])), "/b": get(json!([]))}),
        json!({}),
    );
    let new = document(
        json!({"/a": get(json!([limit(true, "integer")])), "/c": get(json!([]))}),
        json!({}),
    );
    assert_eq!(
        changes(&old, &new),
        [
            "BREAKS GET /a: its query parameter `limit` is required now",
            "BREAKS GET /a: its query parameter `limit` was {\"type\":\"string\"}, and is {\"type\":\"integer\"}",
            "BREAKS GET /b: is gone",
            "       GET /c: is new",
        ]
    );
    let optional = document(
        json!({"/b": get(json!([limit(false, "string")]))}),
        json!({}),
    );
    let without = document(json!({"/b": get(json!([]))}), json!({}));
    assert_eq!(
        changes(&without, &optional),
        ["       GET /b: its query parameter `limit` is new"]
    );
    assert_eq!(
        changes(&optional, &without),
        ["BREAKS GET /b: its query parameter `limit` is gone"]
    );
}

#[test]
fn bodies_and_answers() {
    let body =
        json!({"content": {"application/json": {"schema": {"type": "object"}}}, "required": true});
    let old = document(
        json!({"/a": {"post": {"responses": {"200": json_response(to("A"))}}}}),
        json!({"A": {"type": "object"}}),
    );
    let mut new = document(
        json!({"/a": {"post": {"requestBody": body, "responses": {
            "200": json_response(to("B")),
            "402": {"description": "Payment Required"},
        }}}}),
        json!({"B": {"type": "object"}}),
    );
    let found = changes(&old, &new).join("\n");
    for line in [
        "BREAKS POST /a: takes a body now",
        "BREAKS POST /a: its answer 200 was application/json",
        "       POST /a: can answer 402",
        "BREAKS A: is gone",
        "       B: is new",
    ] {
        assert!(found.contains(line), "{line:?} is not in:\n{found}");
    }
    new["paths"]["/a"]["post"]["requestBody"]["required"] = json!(false);
    assert!(changes(&old, &new).contains(&"       POST /a: takes a body now".to_owned()));
}

#[test]
fn a_newer_page_is_compared_with_the_page_it_stands_in_for_and_no_other() {
    let bundled = bundled().unwrap();
    let file = dune_spec::pages_dir().join("pipelines/execute-pipeline.yaml");
    let text = std::fs::read_to_string(file).unwrap();
    let compare = |text: &str| {
        let page = dune_spec::Page::parse("new.yaml", text).unwrap();
        let newer = normalise(vec![page], &overlay(""), Coverage::Part);
        let changes = diff(&bundled.merged, &newer.merged);
        changes.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(compare(&text), [""; 0]);
    let newer = text.replace(
        "            - large\n",
        "            - large\n            - xlarge\n",
    );
    assert_eq!(
        compare(&newer),
        [
            "       models.PipelineMaterializedViewRefreshNode: `performance` can be `xlarge`",
            "       models.PipelineQueryExecutionNode: `performance` can be `xlarge`",
        ]
    );
}

#[test]
fn an_endpoint_that_a_newer_document_of_the_whole_api_lacks_is_gone() {
    let bundled = bundled().unwrap();
    let mut pages = dune_spec::Page::load_folder(&dune_spec::pages_dir()).unwrap();
    pages.retain(|page| !page.file.ends_with("execute-sql.yaml"));
    let newer = normalise(pages, &overlay(""), Coverage::Part);
    let changes = diff(&bundled.merged, &newer.merged);
    let changes: Vec<_> = changes.iter().map(ToString::to_string).collect();
    let gone = "BREAKS POST /v1/sql/execute: is gone".to_owned();
    assert!(changes.contains(&gone), "{changes:?}");
}
