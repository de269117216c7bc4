//! `status`, `watch` and `cancel` of a run that was started elsewhere.

use std::io::{BufRead as _, BufReader};

use predicates::prelude::*;
use predicates::str::{contains, ends_with, starts_with};
use serde_json::json;

use crate::fake::{Answer, Fake};
use crate::person::{Person, Said as _};
use crate::{COMPLETED, PIPELINE, RUN, dune, interrupt, standing};

const GOING: [&str; 4] = ["completed", "completed", "executing", "pending"];

#[test]
fn status_shows_a_tree_where_the_pipeline_is_at_hand_and_a_list_where_not() {
    let fake = Fake::new(dune(vec![standing("executing", GOING)]));
    let person = Person::at(&fake);
    person.file("daily.json", PIPELINE);
    let done = person
        .does(format!("status {RUN} --pipeline daily.json"))
        .success()
        .stderr("");
    let lines: Vec<&str> = done.out().lines().collect();
    assert_eq!(lines[0], format!("run {RUN}  executing"));
    assert!(lines[1].starts_with("✓ 1  "), "{}", lines[1]);
    assert!(lines[1].contains("12.3s  0.25 credits"), "{}", lines[1]);
    assert!(lines[4].starts_with("└─ · 4  query 3101"), "{}", lines[4]);
    assert!(lines[4].ends_with("after 3"), "{}", lines[4]);
    assert_eq!(lines[5], "2 of 4 completed, 0.50 credits");

    person
        .does(format!("status {RUN}"))
        .success()
        .stdout(contains("· 4  query 3101").and(contains('└').not()));
    let told = person.does(format!("status {RUN} --json")).success().json();
    assert_eq!(
        told["nodes"][2],
        json!({"id": 3, "status": "executing", "execution_id": "01EXECUTION3",
        "dependencies": null, "error": null, "query_id": 3103})
    );
    let told = person
        .does(format!("status {RUN} --pipeline daily.json --json"))
        .success()
        .json();
    let dependencies = |node: usize| &told["nodes"][node]["dependencies"];
    assert_eq!(
        [dependencies(0), dependencies(2)],
        [&json!([]), &json!([1, 2])]
    );
}

#[test]
fn what_is_no_run_of_that_pipeline_is_not_shown_as_one() {
    let fake = Fake::new(dune(vec![standing("completed", COMPLETED)]));
    let person = Person::at(&fake);
    person.file(
        "other.json",
        r#"{"nodes": [{"id": 1, "query_execution": {"query_id": 7}}]}"#,
    );
    person
        .does(format!("status {RUN} --pipeline other.json"))
        .code(1)
        .stdout("")
        .stderr(contains("is no run of this pipeline"));
}

#[test]
fn a_run_that_dune_does_not_know_is_told_in_its_words_and_a_wrong_id_before_it_is_asked() {
    let unknown = r#"{"error":"Pipeline execution not found"}"#;
    let fake = Fake::new(|_| Answer::Json(404, unknown.to_owned()));
    let person = Person::at(&fake);
    for command in ["status", "watch", "cancel"] {
        person
            .does(format!("{command} {RUN}"))
            .code(1)
            .stdout("")
            .stderr(contains("Pipeline execution not found"));
        person.does(format!("{command} ../queries")).code(2);
    }
    assert_eq!(fake.asked().len(), 3);
}

#[test]
fn nothing_in_the_words_of_dune_steers_a_terminal() {
    let words = "no \u{1b}[2J run\r\u{202e}of yours\u{9b}";
    let steers = |said: &str| said.contains(['\u{1b}', '\r', '\u{202e}', '\u{9b}']);
    let told = "no \u{fffd}[2J run\u{fffd}\u{fffd}of yours\u{fffd}";
    let fake = Fake::new(move |_| Answer::Json(404, json!({"error": words}).to_string()));
    let person = Person::at(&fake);
    for command in ["status", "watch", "cancel"] {
        let done = person
            .does(format!("{command} {RUN}"))
            .code(1)
            .stderr(starts_with("error: ").and(contains(told)));
        assert!(!steers(done.err()), "{:?}", done.err());
    }
    let mut failed = standing("failed", ["completed", "failed", "skipped", "skipped"]);
    failed["node_executions"][1]["materialized_view_refresh_status"]["error"] = words.into();
    fake.now(dune(vec![failed]));
    let done = person
        .does(format!("watch {RUN}"))
        .code(1)
        .stderr(contains(told).and(starts_with(format!("error: run {RUN} failed"))));
    assert!(!steers(done.err()), "{:?}", done.err());
    assert!(done.err().lines().count() > 1, "{}", done.err());
}

#[test]
fn ctrl_c_ends_the_watching_and_leaves_the_run_alone() {
    let fake = Fake::new(dune(vec![standing("executing", GOING)]));
    let person = Person::at(&fake);
    let mut child = person.starts(format!("watch {RUN}"));
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("3 query 3103: executing") {
        line.clear();
        assert!(out.read_line(&mut line).unwrap() > 0, "it ended too early");
    }
    interrupt(&child);
    person
        .waits_for(child)
        .code(130)
        .stderr(format!("interrupted: run {RUN} goes on\n"));
    let asked = fake.asked();
    assert!(asked.iter().all(|asked| asked.what.starts_with("GET ")));
}

#[test]
fn a_network_that_is_lost_does_not_end_the_watching() {
    let mut stands = dune(vec![standing("executing", GOING)]);
    let mut asked = 0;
    let fake = Fake::new(move |request| {
        asked += 1;
        match asked > 6 {
            true => Answer::Nothing,
            false => stands(request),
        }
    });
    let person = Person::at(&fake);
    let mut child = person.starts(format!("watch {RUN}"));
    let mut err = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    err.read_line(&mut line).unwrap();
    assert!(line.starts_with("no answer, still asking: "), "{line}");
    fake.now(dune(vec![standing("completed", COMPLETED)]));
    person
        .waits_for(child)
        .success()
        .stdout(contains("Dune answers again"))
        .stdout(ends_with("4 of 4 nodes completed, 1.00 credits\n"));
}

#[test]
fn cancel_says_what_came_of_it_and_1_where_something_goes_on() {
    let going = standing("executing", GOING);
    let over = standing("failed", ["completed", "completed", "cancelled", "skipped"]);
    let (mut before, mut after) = (dune(vec![going.clone()]), dune(vec![over]));
    let mut cancelled = false;
    let fake = Fake::new(move |request| {
        cancelled |= request.what.ends_with("/cancel");
        match request.what.as_str() {
            "POST /v1/execution/01EXECUTION3/cancel" => {
                Answer::Json(200, r#"{"success":true}"#.to_owned())
            }
            _ if cancelled => after(request),
            _ => before(request),
        }
    });
    let person = Person::at(&fake);
    person
        .does(format!("cancel {RUN}"))
        .success()
        .stderr("")
        .stdout(starts_with(format!("run {RUN} was cancelled\n")));
    let told = person.does(format!("cancel {RUN} --json")).success().json();
    assert_eq!(
        (&told["is_complete"], &told["nodes"][0]["cancellation"]),
        (&json!(true), &json!("had_ended"))
    );
    assert_eq!(told["nodes"][3]["dependencies"], json!(null));

    let mut stands = dune(vec![going]);
    fake.now(move |request| match request.what.ends_with("/cancel") {
        true => Answer::Json(403, r#"{"error":"Not yours"}"#.to_owned()),
        false => stands(request),
    });
    person
        .does(format!("cancel {RUN}"))
        .code(1)
        .stderr("")
        .stdout(contains("could not be cancelled").and(contains("Not yours")));
}
