//! What progenitor would panic at, or drop without a word, is refused first: each test holds one
//! such thing, and the words that name its place.

use serde_json::{Value, json};

use crate::small::{answering, document, json_response, refused, taking, to};

/// `POST /v1/thing` with these parts besides an empty success.
fn post(parts: Value) -> Value {
    let mut operation = json!({"responses": {"200": {"description": "OK"}}});
    for (key, value) in parts.as_object().unwrap() {
        operation[key] = value.clone();
    }
    document(json!({"/v1/thing": {"post": operation}}), json!({}))
}

fn parameter(parameter: Value) -> Value {
    post(json!({"parameters": [parameter]}))
}

const HERE: &str = "page.json: `POST /v1/thing`";

#[test]
fn two_media_types_of_a_body() {
    let schema = json!({"schema": {"type": "object"}});
    let content = json!({"application/json": schema, "application/xml": schema});
    let all = post(json!({"requestBody": {"content": content}}));
    refused(&all, "", &[HERE, "body", "has 2 media types"]);
}

#[test]
fn a_body_of_a_media_type_that_cannot_be_generated() {
    let content = json!({"text/csv": {"schema": {"type": "string"}}});
    let all = post(json!({"requestBody": {"content": content}}));
    refused(&all, "", &[HERE, "is text/csv", "`[[bodies]]`"]);
}

#[test]
fn a_bare_string_of_any_media_type_that_json_would_put_in_quotation_marks() {
    let all = post(json!({"requestBody": {"content": {"*/*": {"schema": {"type": "string"}}}}}));
    refused(&all, "", &[HERE, "bare string", "`[[bodies]]`"]);
}

#[test]
fn a_body_without_schema() {
    let all = post(json!({"requestBody": {"content": {"application/json": {}}}}));
    refused(&all, "", &[HERE, "body", "has no schema"]);
}

#[test]
fn bytes_that_are_no_bytes() {
    let content = json!({"application/octet-stream": {"schema": {"type": "string"}}});
    let all = post(json!({"requestBody": {"content": content}}));
    refused(&all, "", &[HERE, "format: binary"]);
}

#[test]
fn a_path_parameter_that_is_not_required() {
    let all = document(
        json!({"/v1/{id}": {"get": {
            "parameters": [{"in": "path", "name": "id", "schema": {"type": "string"}}],
            "responses": {"200": {"description": "OK"}},
        }}}),
        json!({}),
    );
    refused(
        &all,
        "",
        &["`GET /v1/{id}`, parameter `id`", "not `required: true`"],
    );
}

#[test]
fn a_path_that_names_a_parameter_nobody_declares() {
    let all = document(
        json!({"/v1/{id}": {"get": {"responses": {"200": {"description": "OK"}}}}}),
        json!({}),
    );
    refused(
        &all,
        "",
        &["`GET /v1/{id}`", "no path parameter is called so"],
    );
}

#[test]
fn paths_that_are_none() {
    for path in [
        "/v1/{id",
        "/v1/}id",
        "/v1/{}",
        "/v1/{a}/{a}",
        "/v1/a b",
        "/v1/a?b",
    ] {
        let all = document(
            json!({path: {"get": {"responses": {"200": {"description": "OK"}}}}}),
            json!({}),
        );
        refused(&all, "", &["page.json: `GET", "path"]);
    }
}

#[test]
fn a_parameter_of_a_style_or_place_that_cannot_be_generated() {
    let schema = json!({"type": "string"});
    let deep = json!({"in": "query", "name": "q", "style": "deepObject", "schema": schema});
    refused(
        &parameter(deep),
        "",
        &[HERE, "parameter `q`", "style DeepObject"],
    );
    let cookie = json!({"in": "cookie", "name": "q", "schema": schema});
    refused(&parameter(cookie), "", &[HERE, "is a cookie"]);
    let content =
        json!({"in": "query", "name": "q", "content": {"application/json": {"schema": schema}}});
    refused(&parameter(content), "", &[HERE, "typed by `content`"]);
    let object = json!({"in": "query", "name": "q", "schema": {"type": "object"}});
    refused(&parameter(object), "", &[HERE, "is no scalar"]);
    let items = json!({"type": "array", "items": schema});
    let list = json!({"in": "query", "name": "q", "explode": false, "schema": items});
    refused(&parameter(list), "", &[HERE, "explode: false"]);
    let header = json!({"in": "header", "name": "q", "schema": items});
    refused(&parameter(header), "", &[HERE, "is no scalar"]);
}

#[test]
fn parameters_of_one_name_of_which_one_would_be_lost() {
    let all = post(json!({"parameters": [
        {"in": "query", "name": "queryId", "schema": {"type": "string"}},
        {"in": "header", "name": "query_id", "schema": {"type": "string"}},
    ]}));
    refused(
        &all,
        "",
        &[
            HERE,
            "has the Rust name that the query parameter `queryId` has",
        ],
    );
    let all = post(json!({
        "parameters": [{"in": "query", "name": "body", "schema": {"type": "string"}}],
        "requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}},
    }));
    refused(
        &all,
        "",
        &[HERE, "parameter `body`", "the Rust name that the body has"],
    );
}

#[test]
fn a_parameter_that_would_hide_a_variable_of_the_generated_code() {
    let named = json!({"in": "header", "name": "header-map", "schema": {"type": "string"}});
    refused(
        &parameter(named),
        "",
        &[HERE, "parameter `header-map`", "generated code"],
    );
}

#[test]
fn a_header_whose_name_no_header_can_have() {
    let named = json!({"in": "header", "name": "x y", "schema": {"type": "string"}});
    refused(
        &parameter(named),
        "",
        &[HERE, "parameter `x y`", "name of a header"],
    );
}

#[test]
fn successes_of_different_types() {
    let all = document(
        json!({"/v1/thing": {"get": {"responses": {
            "200": json_response(to("A")),
            "202": json_response(to("B")),
        }}}}),
        json!({"A": {"type": "object"}, "B": {"type": "object"}}),
    );
    refused(
        &all,
        "",
        &[
            "`GET /v1/thing`, response 202",
            "another type than response 200",
        ],
    );
}

#[test]
fn an_object_in_place_whose_name_would_be_taken() {
    let inner = json!({"type": "object", "properties": {"x": {"type": "string"}}});
    let all = document(
        taking(to("Thing")),
        json!({
            "Thing": {"type": "object", "properties": {"size": inner, "other": to("thing_size")}},
            "thing_size": {"type": "string"},
        }),
    );
    refused(
        &all,
        "",
        &[
            "schema `Thing`, .size",
            "would be called as `thing_size` is",
        ],
    );
}

#[test]
fn json_and_csv_in_one_answer_of_which_the_csv_would_be_lost() {
    let mut answer = json_response(json!({"type": "string"}));
    answer["content"]["text/csv"] = json!({"schema": {"type": "string"}});
    let all = document(
        json!({"/v1/thing": {"get": {"responses": {"200": answer}}}}),
        json!({}),
    );
    refused(
        &all,
        "",
        &["`GET /v1/thing`, response 200", "JSON or text/csv"],
    );
}

#[test]
fn answers_that_are_neither_success_nor_error() {
    let all = post(json!({"responses": {
        "200": {"description": "OK"},
        "302": {"description": "elsewhere"},
    }}));
    refused(&all, "", &[HERE, "response 302", "would be ignored"]);
    let all = post(json!({"responses": {"default": {"description": "anything"}}}));
    refused(&all, "", &[HERE, "default response and no success"]);
    let all = post(json!({"responses": {"404": {"description": "Not Found"}}}));
    refused(&all, "", &[HERE, "no response for success"]);
    let all = post(
        json!({"responses": {"200": {"description": "OK", "content": {"application/json": {}}}}}),
    );
    refused(&all, "", &[HERE, "response 200", "has no schema"]);
}

#[test]
fn parts_of_an_operation_that_would_be_ignored() {
    let all = post(json!({"servers": [{"url": "https://elsewhere"}]}));
    refused(&all, "", &[HERE, "`servers`"]);
    let callback = json!({"done": {"{$request.body#/url}": {"post": {"responses": {"200": {"description": "OK"}}}}}});
    let all = post(json!({"callbacks": callback}));
    refused(&all, "", &[HERE, "`callbacks`"]);
    let operation = json!({"responses": {"200": {"description": "OK"}}});
    let all = document(json!({"/v1/thing": {"trace": operation}}), json!({}));
    refused(&all, "", &["`TRACE /v1/thing`", "cannot be generated"]);
}

#[test]
fn operation_ids_that_are_no_names_or_one_name() {
    let operation =
        |id: &str| json!({"operationId": id, "responses": {"200": {"description": "OK"}}});
    for id in ["", "1st", "a b", "self", "über", "new"] {
        let all = document(json!({"/v1/a": {"get": operation(id)}}), json!({}));
        refused(&all, "", &["`GET /v1/a`", "cannot be a method's name"]);
    }
    let all = document(
        json!({"/v1/a": {"get": operation("getThing")}, "/v1/b": {"get": operation("get_thing")}}),
        json!({}),
    );
    refused(
        &all,
        "",
        &["would be called `get_thing`, as `GET /v1/a` is"],
    );
}

#[test]
fn references_that_lead_nowhere_or_round_in_a_ring() {
    refused(
        &document(answering(to("Gone")), json!({})),
        "",
        &[
            "`GET /v1/thing`",
            "`#/components/schemas/Gone`, which is not there",
        ],
    );
    let elsewhere = json!({"$ref": "other.yaml#/components/schemas/A"});
    refused(
        &document(answering(elsewhere), json!({})),
        "",
        &["which is not there"],
    );
    let ring = json!({"A": to("B"), "B": {"allOf": [to("A")]}});
    refused(
        &document(answering(to("A")), ring),
        "",
        &["schema `A`", "is made of itself"],
    );
    let mut parameter = post(json!({"parameters": [{"$ref": "#/components/parameters/P"}]}));
    parameter["components"]["parameters"] = json!({"P": {"$ref": "#/components/parameters/P"}});
    refused(&parameter, "", &[HERE, "refers to itself"]);
}

#[test]
fn schemas_that_would_lose_something() {
    let refuse = |schema: Value, words: &str| {
        let all = document(
            taking(to("A")),
            json!({"A": schema, "B": {"type": "object"}}),
        );
        refused(&all, "", &["page.json: schema `A`", words]);
    };
    refuse(
        json!({"oneOf": [to("B"), {"type": "string"}]}),
        "one of several schemas",
    );
    refuse(
        json!({"anyOf": [to("B"), {"type": "string"}]}),
        "one of several schemas",
    );
    refuse(json!({"allOf": [to("B"), to("B")]}), "combines schemas");
    refuse(json!({"not": to("B")}), "says `not`");
    refuse(json!({"type": "file"}), "mixes keywords");
    refuse(
        json!({"type": "object", "items": to("B")}),
        "mixes keywords",
    );
    refuse(json!({"type": "array"}), "without `items`");
    refuse(
        json!({"type": "object", "required": ["gone"]}),
        "requires `gone`",
    );
    refuse(
        json!({"type": "object", "discriminator": {"propertyName": "kind"}}),
        "`discriminator`",
    );
}

#[test]
fn fields_and_values_that_rust_cannot_tell_apart() {
    let refuse = |schema: Value, words: &str| {
        let all = document(taking(to("A")), json!({"A": schema}));
        refused(&all, "", &["schema `A`", words]);
    };
    let fields = |a: &str, b: &str| json!({"type": "object", "properties": {a: {"type": "string"}, b: {"type": "string"}}});
    refuse(fields("queryId", "query_id"), "one name in Rust");
    refuse(fields("a", "-"), "cannot be a name");
    refuse(fields("a", "ü"), "cannot be a name");
    refuse(fields("a", "2d"), "begins with a digit");
    let values = |a: &str, b: &str| json!({"type": "string", "enum": [a, b]});
    refuse(values("a-b", "a_b"), "one name in Rust");
    refuse(values("a", ""), "cannot be a name");
    refuse(
        json!({"type": "string", "enum": ["a", null], "nullable": true}),
        "lists `null`",
    );
}

#[test]
fn a_document_without_operations() {
    refused(
        &document(json!({}), json!({})),
        "",
        &["the document", "holds no operation"],
    );
}

#[test]
fn everything_wrong_is_named_at_once() {
    let all = document(
        json!({
            "/v1/a": {"get": {"responses": {"302": {"description": "elsewhere"}}}},
            "/v1/b": {"get": {"responses": {"200": json_response(to("Gone"))}}},
        }),
        json!({}),
    );
    refused(
        &all,
        "",
        &[
            "`GET /v1/a`, response 302",
            "`GET /v1/a`: has no response",
            "`GET /v1/b`",
        ],
    );
}

#[test]
fn what_is_wrong_with_a_schema_that_is_sent_and_received_is_said_once() {
    let list = json!({"type": "array", "items": to("Gone")});
    let mut all = document(
        taking(to("A")),
        json!({"A": {"type": "object", "properties": {"list": list}}}),
    );
    all["paths"]["/v1/other"] = answering(to("A"))["/v1/thing"].clone();
    let said = crate::small::faults(&all, "");
    assert_eq!(said.matches("which is not there").count(), 1, "{said}");
}
