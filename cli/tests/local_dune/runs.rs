//! `run`, `watch`, `cancel`, `graph` and `check`: real runs, to their end.

use predicates::str::{contains, ends_with, starts_with};

use crate::Local;
use crate::person::Said as _;

/// A query that fails, and one that is not run for it.
pub(crate) const BROKEN: &str = r#"{"nodes": [
    {"id": 1, "query_execution": {"query_id": 3}},
    {"id": 2, "dependencies": [1], "query_execution": {"query_id": 1}}
]}"#;

#[test]
fn a_query_is_run_over_its_views() {
    Local::start()
        .does("run --query 2 --wait")
        .success()
        .stderr("")
        .stdout(contains("refresh dune.acme.result_volume: completed"))
        .stdout(ends_with("2 of 2 nodes completed, 0 credits\n"));
}

#[test]
fn what_fails_is_told_in_the_words_of_the_engine_and_a_run_that_ended_cannot_be_cancelled() {
    let local = Local::start();
    local.file("broken.json", BROKEN);
    let done = local
        .does("run broken.json --wait")
        .code(1)
        .stderr(contains("Column 'nonsense' cannot be resolved"))
        .stderr(contains("`2` was not run because `1` failed"));
    let id = done.out().lines().next().unwrap();
    local
        .does(format!("watch {id} --pipeline broken.json"))
        .code(1);
    local
        .does(format!("cancel {id}"))
        .success()
        .stderr("")
        .stdout(contains("there was nothing to cancel"));
    local
        .does("run --query 77")
        .code(1)
        .stderr(contains("Query not found"));
}

#[test]
fn the_pipeline_of_a_query_is_drawn() {
    let local = Local::start();
    assert_eq!(
        local.gives("graph --query 2 --parameter chain=base"),
        "1     refresh dune.acme.result_volume on medium\n└─ 2  query 2 on medium (chain = base)\n"
    );
    local.file("two.json", &local.gives("graph --query 2 -f json"));
    local
        .does("check two.json")
        .success()
        .stdout(starts_with("two.json: no faults\n"));
    local
        .does("run two.json --wait")
        .success()
        .stdout(contains("2 of 2 nodes completed"));
}
