//! The passes that shape types: enumerations, and what is sent and what is received.

use serde_json::{Value, json};

use crate::small::{answering, document, good, json_response, refused, taking, to};

fn schema<'a>(document: &'a Value, name: &str) -> &'a Value {
    &document["components"]["schemas"][name]
}

const TIERS: &str = "
    [[enums]]
    property = 'performance'
    name = 'Performance'
    description = 'The tier.'
    resolution = 'union'
    reason = 'r'";

fn tiers(values: &[&str]) -> Value {
    json!({"type": "object", "properties": {"performance": {"type": "string", "enum": values}}})
}

fn two_places(a: &[&str], b: &[&str]) -> Value {
    let properties = json!({"a": to("models.A"), "b": to("models.B")});
    document(
        taking(to("models.Both")),
        json!({
            "models.Both": {"type": "object", "properties": properties},
            "models.A": tiers(a),
            "models.B": tiers(b),
        }),
    )
}

#[test]
fn equal_enumerations_of_one_property_are_one_type() {
    let api = good(&two_places(&["small", "large"], &["small", "large"]), "");
    assert_eq!(
        schema(&api, "Performance")["enum"],
        json!(["small", "large"])
    );
    for name in ["A", "B"] {
        let field = &schema(&api, name)["properties"]["performance"];
        assert_eq!(field, &json!({"allOf": [to("Performance")]}));
    }
}

#[test]
fn enumerations_that_differ_are_refused_unless_the_overlay_decides() {
    let all = two_places(&["medium", "large"], &["small", "medium"]);
    refused(&all, "", &["schema `B`", ".performance", "decide by hand"]);
    let api = good(&all, TIERS);
    assert_eq!(
        schema(&api, "Performance")["enum"],
        json!(["medium", "large", "small"])
    );
}

#[test]
fn the_enumeration_of_a_parameter_is_the_same_type() {
    let mut all = two_places(&["small"], &["small"]);
    all["paths"]["/v1/thing"]["post"]["parameters"] = json!([
        {"in": "query", "name": "performance", "schema": {"type": "string", "enum": ["small"]}},
    ]);
    let api = good(&all, TIERS);
    let parameter = &api["paths"]["/v1/thing"]["post"]["parameters"][0];
    assert_eq!(parameter["schema"], json!({"allOf": [to("Performance")]}));
}

#[test]
fn what_is_sent_and_received_is_strict_one_way_and_lenient_the_other() {
    let mut all = document(
        taking(to("models.Pipeline")),
        json!({
            "models.Pipeline": {"type": "object", "required": ["nodes"], "properties": {
                "nodes": {"type": "array", "items": to("models.Node")},
            }},
            "models.Node": tiers(&["small", "large"]),
        }),
    );
    all["paths"]["/v1/other"] = answering(to("models.Pipeline"))["/v1/thing"].clone();
    let api = good(&all, TIERS);
    let sent = &schema(&api, "Pipeline")["properties"]["nodes"];
    assert_eq!(sent, &json!({"type": "array", "items": to("Node")}));
    assert_eq!(
        schema(&api, "Node")["properties"]["performance"]["allOf"][0],
        to("Performance")
    );

    let received = &schema(&api, "ResponsePipeline")["properties"]["nodes"];
    assert_eq!(received["items"], to("ResponseNode"));
    assert_eq!(received["nullable"], true);
    assert!(
        schema(&api, "ResponsePipeline")["required"].is_null(),
        "a missing list is an empty one"
    );
    let performance = &schema(&api, "ResponseNode")["properties"]["performance"];
    assert_eq!(performance["type"], "string");
    assert!(performance["enum"].is_null());
}

#[test]
fn a_schema_without_lists_and_enumerations_is_the_same_both_ways() {
    let mut all = document(
        taking(to("A")),
        json!({"A": {"type": "object", "properties": {"a": {"type": "string"}}}}),
    );
    all["paths"]["/v1/other"] = answering(to("A"))["/v1/thing"].clone();
    assert!(schema(&good(&all, ""), "ResponseA").is_null());
}

#[test]
fn enumerations_in_answers_are_open_wherever_they_stand() {
    let all = document(
        json!({"/v1/thing": {"get": {"responses": {"200": json_response(to("A"))}}}}),
        json!({
            "A": {"type": "object", "properties": {
                "inline": {"type": "string", "enum": ["x"]},
                "named": to("State"),
                "list": {"type": "array", "items": to("State")},
            }},
            "State": {"type": "string", "enum": ["a", "b"]},
        }),
    );
    let api = good(&all, "");
    let fields = &schema(&api, "A")["properties"];
    assert_eq!(fields["inline"], json!({"type": "string"}));
    assert_eq!(fields["named"], json!({"type": "string"}));
    assert_eq!(fields["list"]["items"], json!({"type": "string"}));
    assert!(schema(&api, "State").is_null());
}
