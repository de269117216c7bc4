//! Names that people may have given to other things: the macro sees none of them, and they do not see the macro's.
#![allow(dead_code)]

use dune_pipeline as dp;
use serde_json::json;

use crate::nodes;

#[test]
fn the_crate_may_go_by_another_name() {
    use crate::dune_by_another_name as another;
    let one = dp::pipeline![share = query(3101)];
    let other = another::pipeline![share = query(3101)];
    assert_eq!(one.to_json(), other.to_json());
}

/// As std's prelude looks where somebody has names of their own for all of it.
mod shadowed {
    use crate::nodes;
    use serde_json::Value;

    struct Labels;
    struct Result;
    struct Option;
    struct String;
    struct Vec;
    struct Box;
    struct Pipeline;
    struct Performance;
    enum Node {}
    trait Clone {}
    trait Copy {}
    trait Into {}
    trait Default {}
    mod core {}
    mod std {}
    mod dune_pipeline {}
    fn refresh() {}
    fn query() {}
    fn value() {}

    pub(super) fn declared() -> Value {
        let volume = "mv_1";
        let nodes_of = nodes::<()>;
        let (labels, handles, pipeline, after) = (1, 2, 3, 4);
        let nodes = "nodes";
        nodes_of(
            &::dune_pipeline::pipeline![
                volume = refresh(volume),
                share = query(labels + handles + pipeline + after)
                    .parameters(nodes = nodes)
                    .performance(Large)
                    .after(volume),
            ]
            .into_erased(),
        )
    }
}

#[test]
fn names_in_scope_are_the_users() {
    assert_eq!(
        shadowed::declared(),
        json!([
            {"id": 1, "dependencies": [], "materialized_view_refresh": {"name": "mv_1"}},
            {"id": 2, "dependencies": [1], "query_execution": {
                "query_id": 10, "performance": "large", "query_parameters": {"nodes": "nodes"},
            }},
        ])
    );
}

#[test]
fn a_struct_named_as_the_macros_own_can_be_used_within() {
    struct Labels {
        view: &'static str,
    }
    impl Labels {
        const ID: u64 = 3101;
    }
    let daily = dp::pipeline![
        volume = refresh(Labels { view: "mv_1" }.view),
        share = query(Labels::ID).after(volume),
    ];
    assert_eq!(nodes(&daily)[1]["query_execution"]["query_id"], 3101);
}

#[test]
fn a_label_may_be_called_as_anything_of_the_pipelines() {
    let daily = dp::pipeline![
        content = refresh("mv_1"),
        labels = query(1).after(content),
        nodes = query(2).after(labels),
        query = query(3),
        refresh = query(4),
        after = query(5).after(after_all),
        after_all = query(6),
        check = query(7),
        to_json = query(8),
        r#type = query(9),
        Upper = query(10),
        größe = query(11),
        self_ = query(12).after(r#type),
    ];
    assert_eq!(daily.labels.id(), 2);
    assert_eq!(daily.content.id(), 1);
    assert_eq!((daily.query.id(), daily.check.id()), (4, 8));
    assert_eq!(daily.query("type").unwrap(), daily.r#type);
    assert_eq!(daily.query("größe").unwrap(), daily.größe);
    assert_eq!(daily.Upper.id(), 11);
}

#[test]
fn a_comment_documents_a_handle() {
    let daily = dp::pipeline![
        /// What was traded, by day.
        volume = refresh("mv_1"),
        // Not this one.
        share = query(3101).after(volume),
    ];
    assert_eq!(daily.volume.id(), 1);
}
