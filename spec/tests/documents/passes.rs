//! Each pass on a small document that has the one quirk it is for.

use crate::small::{
    answering, document, faults, good, json_response, normalised, refused, taking, to,
};
use serde_json::{Value, json};

fn schema<'a>(document: &'a Value, name: &str) -> &'a Value {
    &document["components"]["schemas"][name]
}

#[test]
fn shared_parameters_bodies_and_responses_are_put_where_they_are_used() {
    let mut all = document(
        json!({"/v1/thing/{id}": {
            "parameters": [{"$ref": "#/components/parameters/Id"}],
            "post": {
                "parameters": [{"$ref": "#/components/parameters/Limit"}],
                "requestBody": {"$ref": "#/components/requestBodies/Thing"},
                "responses": {"200": {"$ref": "#/components/responses/Done"}},
            },
        }}),
        json!({"Thing": {"type": "object", "properties": {"a": {"type": "string"}}}}),
    );
    all["components"]["parameters"] = json!({
        "Id": {"in": "path", "name": "id", "required": true, "schema": {"type": "integer"}},
        "Limit": {"in": "query", "name": "limit", "schema": {"type": "integer"}},
    });
    let content = json!({"application/json": {"schema": to("Thing")}});
    all["components"]["requestBodies"] = json!({"Thing": {"required": true, "content": content}});
    all["components"]["responses"] = json!({"Done": {"description": "OK"}});
    let api = good(&all, "");
    let post = &api["paths"]["/v1/thing/{id}"]["post"];
    assert_eq!(post["parameters"][0]["name"], "id");
    assert_eq!(post["parameters"][1]["name"], "limit");
    assert_eq!(
        post["requestBody"]["content"]["application/json"]["schema"],
        to("Thing")
    );
    assert_eq!(post["responses"]["200"]["description"], "OK");
}

#[test]
fn an_operation_overrides_the_parameter_of_its_path() {
    let all = document(
        json!({"/v1/thing/{id}": {
            "parameters": [{"in": "path", "name": "id", "required": true, "schema": {"type": "string"}}],
            "get": {
                "parameters": [{"in": "path", "name": "id", "required": true, "schema": {"type": "integer"}}],
                "responses": {"200": {"description": "OK"}},
            },
        }}),
        json!({}),
    );
    let api = good(&all, "");
    let parameters = api["paths"]["/v1/thing/{id}"]["get"]["parameters"]
        .as_array()
        .unwrap();
    assert_eq!(parameters.len(), 1);
    assert_eq!(parameters[0]["schema"]["type"], "integer");
}

#[test]
fn an_object_type_beside_a_lone_all_of_is_seen_through() {
    let all = document(
        answering(to("A")),
        json!({
            "A": {"type": "object", "properties": {
                "b": {"type": "object", "description": "what it is", "allOf": [to("B")]},
            }},
            "B": {"type": "object", "properties": {"c": {"type": "string"}}},
        }),
    );
    let api = good(&all, "");
    let b = &schema(&api, "A")["properties"]["b"];
    assert_eq!(b, &json!({"description": "what it is", "allOf": [to("B")]}));
}

#[test]
fn the_key_is_no_argument_of_any_operation_in_whatever_case_it_is_written() {
    let entries = "
        [[credentials]]
        in = 'header'
        name = 'X-Dune-Api-Key'
        reason = 'r'
        [[credentials]]
        in = 'query'
        name = 'api_key'
        reason = 'r'";
    let parameters = json!([
        {"in": "header", "name": "x-dune-api-KEY", "required": true, "schema": {"type": "string"}},
        {"in": "query", "name": "api_key", "schema": {"type": "string"}},
        {"in": "query", "name": "limit", "schema": {"type": "integer"}},
    ]);
    let all = document(
        json!({"/v1/thing": {"get": {
            "parameters": parameters,
            "responses": {"200": {"description": "OK"}},
        }}}),
        json!({}),
    );
    let api = good(&all, entries);
    let left = api["paths"]["/v1/thing"]["get"]["parameters"]
        .as_array()
        .unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0]["name"], "limit");
}

#[test]
fn bogus_parameters_are_dropped_and_lists_limits_counted() {
    let entries = "
        [[parameters]]
        operations = ['POST /v1/views']
        in = 'path'
        name = 'name'
        change = 'drop'
        reason = 'r'
        [[parameters]]
        operations = ['POST /v1/views']
        in = 'query'
        name = 'limit'
        change = { schema = { type = 'integer' } }
        reason = 'r'";
    let all = document(
        json!({"/v1/views": {"post": {
            "parameters": [
                {"in": "path", "name": "name", "required": true, "schema": {"type": "string"}},
                {"in": "query", "name": "limit", "schema": {"type": "string"}},
            ],
            "responses": {"200": {"description": "OK"}},
        }}}),
        json!({}),
    );
    refused(
        &all,
        "",
        &["page.json", "`POST /v1/views`", "path parameter `name`"],
    );
    let api = good(&all, entries);
    let left = api["paths"]["/v1/views"]["post"]["parameters"]
        .as_array()
        .unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0]["schema"], json!({"type": "integer"}));
}

#[test]
fn a_body_of_any_media_type_is_json() {
    let all = document(
        json!({"/v1/sql/execute": {"post": {
            "requestBody": {"required": true, "content": {"*/*": {"schema": to("Sql")}}},
            "responses": {"200": {
                "description": "OK",
                "content": {"application/json; charset=utf-8": {"schema": to("Sql")}},
            }},
        }}}),
        json!({"Sql": {"type": "object", "properties": {"sql": {"type": "string"}}}}),
    );
    let api = good(&all, "");
    let post = &api["paths"]["/v1/sql/execute"]["post"];
    assert!(post["requestBody"]["content"]["application/json"].is_object());
    assert!(post["responses"]["200"]["content"]["application/json"].is_object());
}

#[test]
fn rows_take_any_value() {
    for values in [json!({"type": "object"}), json!(true), json!({})] {
        let all = document(
            answering(to("models.Row")),
            json!({"models.Row": {"type": "object", "additionalProperties": values}}),
        );
        assert_eq!(schema(&good(&all, ""), "Row"), &json!({"type": "object"}));
    }
}

#[test]
fn maps_of_one_type_keep_it() {
    let all = document(
        answering(to("Map")),
        json!({"Map": {"type": "object", "additionalProperties": {"type": "integer"}}}),
    );
    let api = good(&all, "");
    assert_eq!(
        schema(&api, "Map")["additionalProperties"],
        json!({"type": "integer"})
    );
}

#[test]
fn names_are_shortened_and_references_follow() {
    let all = document(
        answering(to("models.Outer")),
        json!({
            "models.Outer": {"type": "object", "properties": {"inner": to("matviews.Inner")}},
            "matviews.Inner": {"type": "object", "properties": {"a": {"type": "string"}}},
        }),
    );
    let api = good(&all, "");
    assert_eq!(schema(&api, "Outer")["properties"]["inner"], to("Inner"));
    assert!(schema(&api, "Inner").is_object());
}

#[test]
fn names_that_rust_cannot_tell_apart_are_refused() {
    for other in [
        "matviews.Pipeline",
        "models_Pipeline.pipe_line",
        "x.pipeline",
    ] {
        let all = document(
            answering(to("models.Pipeline")),
            json!({"models.Pipeline": {"type": "object"}, other: {"type": "object"}}),
        );
        let said = faults(&all, "");
        assert!(said.contains("same Rust name"), "{other}: {said}");
    }
}

#[test]
fn the_overlay_adds_fields_schemas_and_bodies() {
    let entries = "
        [[schemas]]
        name = 'Update'
        operations = ['PATCH /v1/thing']
        reason = 'r'
        schema = { type = 'object', properties = { name = { type = 'string' } } }
        [[bodies]]
        operation = 'PATCH /v1/thing'
        media-type = 'application/json'
        schema = { '$ref' = '#/components/schemas/Update' }
        description = 'd'
        reason = 'r'
        [[fields]]
        schema = 'Thing'
        reason = 'r'
        [fields.add]
        is_temp = { type = 'boolean' }
        [fields.replace]
        kind = {}";
    let all = document(
        json!({"/v1/thing": {"patch": {"responses": {"200": json_response(to("models.Thing"))}}}}),
        json!({"models.Thing": {"type": "object", "properties": {
            "kind": {"type": "array", "items": {"type": "integer"}},
        }}}),
    );
    let api = good(&all, entries);
    let body = &api["paths"]["/v1/thing"]["patch"]["requestBody"];
    assert_eq!(body["content"]["application/json"]["schema"], to("Update"));
    assert_eq!(body["required"], true);
    assert_eq!(
        schema(&api, "Thing")["properties"]["is_temp"]["type"],
        "boolean"
    );
    assert_eq!(schema(&api, "Thing")["properties"]["kind"], json!({}));
}

#[test]
fn operations_have_the_names_of_the_table_and_new_ones_those_of_their_path() {
    let entries = "
        [[operation-ids]]
        reason = 'r'
        [operation-ids.ids]
        'GET /v1/queries' = 'list_queries'";
    let operation = json!({"get": {"responses": {"200": {"description": "OK"}}}});
    let all = document(
        json!({"/v1/queries": operation, "/v1/query/{id}/share": {"get": {
            "parameters": [{"in": "path", "name": "id", "required": true, "schema": {"type": "string"}}],
            "responses": {"200": {"description": "OK"}},
        }}}),
        json!({}),
    );
    let outcome = normalised(&all, entries);
    let said = outcome.report.to_string();
    assert!(said.contains("named it `get_query_by_id_share`"), "{said}");
    let api = good(&all, entries);
    assert_eq!(
        api["paths"]["/v1/queries"]["get"]["operationId"],
        "list_queries"
    );
}

#[test]
fn all_error_bodies_become_one_type_with_the_fields_of_all() {
    let error = |field: &str| json!({"type": "object", "properties": {field: {"type": "string", "example": field}}});
    let all = document(
        json!({"/v1/thing": {"get": {"responses": {
            "200": {"description": "OK"},
            "400": json_response(to("models.Error400")),
            "404": {"description": "Not Found", "content": {"text/plain": {"schema": to("models.Error404")}}},
            "500": json_response(json!({"type": "object"})),
            "502": {"description": "no body"},
        }}}}),
        json!({"models.Error400": error("error"), "models.Error404": error("hint")}),
    );
    let api = good(&all, "");
    for status in ["400", "404", "500", "502"] {
        let content = &api["paths"]["/v1/thing"]["get"]["responses"][status]["content"];
        assert_eq!(
            content,
            &json!({"application/json": {"schema": to("Error")}}),
            "{status}"
        );
    }
    let fields = &schema(&api, "Error")["properties"];
    assert_eq!(
        fields,
        &json!({"error": {"type": "string"}, "hint": {"type": "string"}})
    );
    assert!(
        schema(&api, "Error400").is_null(),
        "what nothing refers to is pruned"
    );
}

#[test]
fn a_default_response_beside_a_success_is_that_of_the_errors() {
    let all = document(
        json!({"/v1/thing": {"get": {"responses": {
            "200": json_response(json!({"type": "string"})),
            "default": json_response(to("E")),
        }}}}),
        json!({"E": {"type": "object", "properties": {"error": {"type": "string"}}}}),
    );
    let responses = &good(&all, "")["paths"]["/v1/thing"]["get"]["responses"];
    assert!(responses["default"].is_null());
    assert!(
        responses["4XX"].is_object() && responses["5XX"].is_object(),
        "{responses}"
    );
}

#[test]
fn error_bodies_that_disagree_are_refused() {
    let error = |kind: &str| json!({"type": "object", "properties": {"error": {"type": kind}}});
    let all = document(
        json!({"/v1/thing": {"get": {"responses": {
            "200": {"description": "OK"},
            "400": json_response(error("string")),
            "404": json_response(error("integer")),
        }}}}),
        json!({}),
    );
    refused(
        &all,
        "",
        &["`GET /v1/thing`, response 404", "`error` of its body is"],
    );
}

#[test]
fn objects_in_place_have_the_name_of_their_place() {
    let inner = json!({"type": "object", "properties": {"x": {"type": "string"}}});
    let mut all = document(
        answering(inner.clone()),
        json!({"A": {"type": "object", "properties": {
            "size": inner,
            "list": {"type": "array", "items": inner},
            "map": {"type": "object", "additionalProperties": inner, "nullable": true},
        }}}),
    );
    all["paths"]["/v1/thing"]["get"]["operationId"] = json!("get_thing");
    all["paths"]["/v1/thing"]["get"]["responses"]["201"] = json_response(inner.clone());
    all["paths"]["/v1/other"] = taking(to("A"))["/v1/thing"].clone();
    let api = good(&all, "");
    for name in ["ASize", "AListItem", "AMapValue", "GetThingResponse"] {
        assert_eq!(schema(&api, name), &inner, "{name}");
    }
    assert_eq!(
        schema(&api, "A")["properties"]["size"],
        json!({"allOf": [to("ASize")]})
    );
}

#[test]
fn fields_that_are_always_there_are_required_and_others_made_optional() {
    let entries = "
        [[required]]
        reason = 'r'
        [required.fields]
        A = { id = 'integer', b = 'B' }
        [[optional]]
        schema = 'A'
        fields = ['performance']
        reason = 'r'";
    let all = document(
        taking(to("models.A")),
        json!({
            "models.A": {"type": "object", "required": ["performance"], "properties": {
                "id": {"type": "integer"},
                "performance": {"type": "string"},
                "b": {"allOf": [to("models.B")]},
            }},
            "models.B": {"type": "object"},
        }),
    );
    let mut required: Vec<String> =
        serde_json::from_value(schema(&good(&all, entries), "A")["required"].clone()).unwrap();
    required.sort();
    assert_eq!(required, ["b", "id"]);
}

#[test]
fn rules_that_would_refuse_what_a_server_sends_are_stripped() {
    let all = document(
        answering(to("A")),
        json!({"A": {"type": "object", "additionalProperties": false, "minProperties": 1, "properties": {
            "id": {"type": "string", "pattern": "^01", "minLength": 26, "maxLength": 26, "format": "uuid"},
            "n": {"type": "integer", "format": "int32", "minimum": 1, "maximum": 9, "default": 3},
            "x": {"type": "number", "minimum": 1.5, "exclusiveMinimum": true},
            "list": {"type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": true},
        }}}),
    );
    let api = good(&all, "");
    assert_eq!(
        schema(&api, "A"),
        &json!({"type": "object", "properties": {
            "id": {"type": "string"},
            "n": {"type": "integer", "format": "int32"},
            "x": {"type": "number"},
            "list": {"type": "array", "items": {"type": "string"}, "nullable": true},
        }})
    );
}

#[test]
fn every_pass_but_the_naming_of_types_leaves_alone_what_it_has_made() {
    let overlay = dune_spec::Overlay::parse(
        "overlay.toml",
        "[errors]\nname = 'Error'\ndescription = 'd'\nreason = 'r'",
    )
    .unwrap();
    let once = dune_spec::bundled().unwrap();
    let text = serde_json::to_string(once.document().unwrap()).unwrap();
    let page = dune_spec::Page::parse("normalised.json", &text).unwrap();
    let twice = dune_spec::normalise(vec![page], &overlay, dune_spec::Coverage::Part);
    let twice = serde_json::to_value(twice.document().unwrap_or_else(|f| panic!("{f}"))).unwrap();
    let once: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(once["paths"], twice["paths"]);
    assert_eq!(
        once["components"]["schemas"]["Pipeline"],
        twice["components"]["schemas"]["Pipeline"]
    );
}
