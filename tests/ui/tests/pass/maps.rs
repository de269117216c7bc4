//! Parameters whose keys are known at run time only: `..map` among those that are written.

use std::collections::{BTreeMap, HashMap};

use dune_pipeline::{Parameter, ParameterValue, Pipeline, pipeline, query};
use serde_json::{Value, json};

use crate::nodes;

fn sent<L>(pipeline: &Pipeline<L>) -> Value {
    nodes(pipeline)[0]["query_execution"]["query_parameters"].take()
}

#[test]
fn a_map_is_handed_over_owned_or_borrowed() {
    let owned = BTreeMap::from([("chain".to_owned(), "base".to_owned())]);
    let hashed = HashMap::from([("low", 5_u64)]);
    let pairs = vec![("high".to_owned(), Some(7)), ("left out".to_owned(), None)];
    let daily = pipeline![
        share = query(3101).parameters(
            day = 1,
            ..&owned,
            ..&hashed,
            limit = 10,
            ..&pairs,
            ..[("last", "x")]
        ),
    ];
    assert_eq!(
        sent(&daily),
        json!({"day": "1", "chain": "base", "low": "5", "limit": "10", "high": "7", "last": "x"})
    );
    let alone = pipeline![share = query(3101).parameters(..owned.clone())];
    assert_eq!(sent(&alone), json!({"chain": "base"}));
    let none = pipeline![share = query(3101).parameters(..HashMap::<String, u8>::new())];
    assert_eq!(sent(&none), Value::Null);
    let mixed: Vec<(&str, Parameter)> = vec![("a", 1.to_parameter()), ("b", "x".to_parameter())];
    let mixed = pipeline![share = query(3101).parameters(..mixed)];
    assert_eq!(sent(&mixed), json!({"a": "1", "b": "x"}));
}

#[test]
fn keys_are_judged_against_the_written_ones() {
    let arguments = [("", 1), ("day", 2)];
    let line = line!() + 1;
    let invalid = pipeline![share = query(3101).parameters(day = 1, ..arguments),]
        .check()
        .unwrap_err();
    assert_eq!(
        invalid.to_string(),
        format!(
            "the key of this parameter is empty\nnote: a parameter is set by its key\n\
             help: name the parameter as the query's SQL does between `{{{{` and `}}}}`\n\n\
             parameter `day` is given twice\n\
             note: it is first given on line {line}\n\
             help: a parameter has one value: keep one of them"
        )
    );
}

#[test]
fn values_are_evaluated_in_the_order_written() {
    let mut seen = Vec::new();
    let mut see = |what: &'static str| {
        seen.push(what);
        what
    };
    let _ = pipeline![share = query(1).parameters(a = see("a"), ..[(see("b"), 1)], c = see("c"))];
    assert_eq!(seen, ["a", "b", "c"]);
}

#[test]
fn the_builder_takes_the_same_maps() {
    let arguments = BTreeMap::from([("chain", "base"), ("day", "2026-01-31 00:00:00")]);
    let declared = pipeline![share = query(3101).parameters(limit = 5, ..&arguments)];
    let share = query(3101).parameter("limit", 5).parameters(&arguments);
    let built = Pipeline::builder().node("share", share).build().unwrap();
    assert_eq!(nodes(&built), nodes(&declared));
}
