//! Pipelines read back from the JSON of Dune's API: what is right comes back the same, what is wrong is told in one go.
#![expect(clippy::unwrap_used, reason = "what helps a test may fail like a test")]

use dune_pipeline::{JsonFault, Performance, Pipeline, query, refresh};
use proptest::prelude::*;

fn told(text: &str) -> String {
    Pipeline::from_json(text).unwrap_err().to_string()
}

#[test]
fn what_is_not_json_is_told_by_line_and_column() {
    let text = "{\"pipeline\": {\n  \"nodes\": [,]}}";
    let refused = Pipeline::from_json(text).unwrap_err();
    assert_eq!(
        refused.faults(),
        [JsonFault::NotJson {
            line: 2,
            column: 13,
            why: "expected value".to_owned()
        }]
    );
    assert_eq!(
        refused.to_string(),
        "not JSON at line 2, column 13: expected value"
    );
    assert!(told("").starts_with("not JSON at line 1"));
    assert!(told("{} {}").starts_with("not JSON at line 1"));
}

#[test]
fn all_that_is_wrong_is_told_at_once_form_by_path_and_graph_by_its_rules() {
    let text = r#"{"pipeline": {"nodes": [
        {"id": 1, "dependancies": [2], "materialized_view_refresh": {"name": "two words", "performance": "huge"}},
        {"id": "2", "query_execution": {"query_id": 1.5, "query_parameters": {"a": [1], "b": null, "": "x"}}},
        {"id": 3, "dependencies": [4, true, 3], "query_execution": {"query_id": 0}},
        {"id": 4, "dependencies": [3], "query_execution": {}, "id": 5},
        {"id": 6},
        7
    ], "extra": 1}}"#;
    assert_eq!(
        told(text),
        r#"`pipeline.extra` is unknown
help: the fields here are `nodes`

`pipeline.nodes[0].dependancies` is unknown
help: did you mean `dependencies`?

`pipeline.nodes[0].materialized_view_refresh.performance` is "huge", which is no tier in Dune's documents

`two words` cannot be the name of a view
note: there are blanks or control characters in it
help: write it like `dune.<team>.result_<name>`

`pipeline.nodes[1].id` is a text; it must be a whole number

`pipeline.nodes[1].query_execution.query_id` is no whole number

`pipeline.nodes[1].query_execution.query_parameters.a` is a list; it must be a text or a number

`pipeline.nodes[1].query_execution.query_parameters.b` is null; it must be a text or a number

the key of this parameter is empty
note: a parameter is set by its key
help: name the parameter as the query's SQL does between `{{` and `}}`

`pipeline.nodes[2].dependencies[1]` is a truth value; it must be a whole number

`0` cannot be the id of a query
note: ids start at 1
help: a query's id is the number in its address, `dune.com/queries/<id>`

node `3` depends on itself
note: it would wait for its own end, and never begin
help: remove `3` from its own dependencies

`pipeline.nodes[3].id` is given twice

`pipeline.nodes[3].query_execution.query_id` is missing; it must be a whole number from 1 on

dependency cycle: `3` -> `4` -> `3`
note: `3` waits for `4`
note: `4` waits for `3`
help: remove one of these dependencies

node `6` has no kind
note: nothing says what it is to do
help: a node is one of two kinds: `refresh(view)` or `query(id)`

`pipeline.nodes[5]` is a number; it must be an object"#
    );
}

#[test]
fn the_pipeline_alone_is_read_too_and_paths_begin_with_it() {
    let pipeline = Pipeline::from_json(
        r#"{"nodes": [{"id": 4, "dependencies": null, "query_execution": {"query_id": 7}}]}"#,
    )
    .unwrap();
    assert_eq!(pipeline.to_string(), "4  query 7");
    assert_eq!(
        told(r#"{"nodes": [{"id": []}]}"#),
        "`nodes[0].id` is a list; it must be a whole number\n\nnode `nodes[0]` has no kind\nnote: nothing says what it is to do\nhelp: a node is one of two kinds: `refresh(view)` or `query(id)`"
    );
}

#[test]
fn what_is_no_pipeline_says_what_one_looks_like() {
    assert_eq!(told("[]"), "`$` is a list; it must be an object");
    assert_eq!(
        told("{}"),
        "`pipeline` is missing; it must be an object with a list of `nodes`"
    );
    assert_eq!(
        told(r#"{"pipeline": {}}"#),
        "`pipeline.nodes` is missing; it must be a list"
    );
    assert!(told(r#"{"nodes": []}"#).starts_with("this pipeline has no nodes"));
    assert_eq!(
        told(r#"{"query_id": 3101}"#),
        "`query_id` is for a request that leaves the pipeline to Dune\nhelp: start that with `Dune::execute_lineage(query(<id>))`\n\n\
         `pipeline` is missing; it must be an object with a list of `nodes`"
    );
}

#[test]
fn a_dependency_on_a_node_whose_id_cannot_be_read_is_not_told_as_missing() {
    let text = r#"{"nodes": [
        {"id": "1", "query_execution": {"query_id": 7}},
        {"id": 2, "dependencies": [1], "query_execution": {"query_id": 7}}
    ]}"#;
    assert_eq!(
        told(text),
        "`nodes[0].id` is a text; it must be a whole number"
    );
}

#[test]
fn numbers_keep_the_digits_they_are_written_with() {
    let text = r#"{"nodes": [{"id": 1, "query_execution": {"query_id": 7, "query_parameters": {"n": 123456789012345678901234567890.10}}}]}"#;
    let json = Pipeline::from_json(text).unwrap().to_json().unwrap();
    assert!(
        json.contains(r#""n":"123456789012345678901234567890.10""#),
        "{json}"
    );
    let beyond = r#"{"nodes": [{"id": 99999999999999999999, "query_execution": {"query_id": 7}}]}"#;
    assert!(told(beyond).starts_with("`99999999999999999999` cannot be the id of a node"));
}

#[test]
fn a_hostile_text_is_answered_in_bounds() {
    let deep = format!(
        "{{\"nodes\": {}{}}}",
        "[".repeat(200_000),
        "]".repeat(200_000)
    );
    assert!(told(&deep).len() < 1_000, "{}", told(&deep).len());
    let many = format!("{{\"nodes\": [{}1]}}", "1,".repeat(100_000));
    let refused = Pipeline::from_json(&many).unwrap_err();
    assert_eq!((refused.faults().len(), refused.others()), (100, 99_901));
    assert!(refused.to_string().ends_with("and 99901 more"));
    let name = "x".repeat(1_000_000);
    assert!(told(&format!("{{\"{name}\": 1}}")).len() < 1_000);
    assert!(
        told(r#"{"nodes": [{"id": 1, "materialized_view_refresh": {"name": "\ud800"}}]}"#)
            .contains("cannot be read")
    );
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![".{1,12}", "[\"\\\\\n\u{0}{}]{1,6}"]
}

fn tier() -> impl Strategy<Value = Option<Performance>> {
    prop::option::of(prop_oneof![
        Just(Performance::Small),
        Just(Performance::Medium),
        Just(Performance::Large)
    ])
}

fn pipelines() -> impl Strategy<Value = Pipeline> {
    let node = (
        any::<bool>(),
        tier(),
        prop::collection::btree_map(text(), text(), 0..4),
        prop::collection::btree_set(0_usize..20, 0..4),
        1_i64..,
    );
    prop::collection::vec(node, 1..20).prop_map(|nodes| {
        let mut pipeline = Pipeline::builder();
        for (i, (is_query, tier, parameters, after, id)) in nodes.into_iter().enumerate() {
            let after: Vec<String> = after
                .into_iter()
                .filter(|&on| on < i)
                .map(|on| format!("n{on}"))
                .collect();
            if is_query {
                let spec = query(id).parameters(parameters).after(after);
                let spec = tier
                    .into_iter()
                    .fold(spec, |spec, tier| spec.performance(tier));
                pipeline.node(format!("n{i}"), spec);
            } else {
                let spec = refresh(format!("dune.acme.result_{i}")).after(after);
                let spec = tier
                    .into_iter()
                    .fold(spec, |spec, tier| spec.performance(tier));
                pipeline.node(format!("n{i}"), spec);
            }
        }
        pipeline.build().unwrap()
    })
}

proptest! {
    #[test]
    fn what_a_pipeline_writes_reads_back_as_the_same(pipeline in pipelines()) {
        let json = pipeline.to_json().unwrap();
        prop_assert_eq!(Pipeline::from_json(&json).unwrap().to_json().unwrap(), json);
    }

    #[test]
    fn a_text_cut_or_changed_anywhere_is_read_or_refused(pipeline in pipelines(), at in any::<prop::sample::Index>(), with in "[\\[\\]{}\",:0a-]?") {
        let json = pipeline.to_json().unwrap();
        let at = at.index(json.len());
        if json.is_char_boundary(at) {
            drop(Pipeline::from_json(&json[..at]));
            drop(Pipeline::from_json(&format!("{}{with}{}", &json[..at], &json[at..])));
        }
    }
}
