//! `run`: the id first, and then whatever becomes of it.

use std::io::{BufRead as _, BufReader, Read as _};
use std::thread;
use std::time::Duration;

use predicates::prelude::*;
use predicates::str::{contains, ends_with, starts_with};
use serde_json::{Value, json};

use crate::fake::{Answer, Fake};
use crate::person::{Person, Said as _};
use crate::{COMPLETED, PIPELINE, RUN, dune, interrupt, standing};

const GOING: [&str; 4] = ["completed", "completed", "executing", "pending"];

#[test]
fn the_id_of_the_run_is_all_there_is_on_standard_output_unless_it_is_waited_for() {
    let fake = Fake::new(dune(vec![standing("completed", COMPLETED)]));
    let person = Person::at(&fake);
    person
        .pipes(PIPELINE, "run -")
        .success()
        .stdout(format!("{RUN}\n"))
        .stderr("");
    person
        .pipes(PIPELINE, "run - --json")
        .success()
        .stdout(format!("{{\"pipeline_execution_id\":\"{RUN}\"}}\n"));
    assert_eq!(fake.count("POST /v1/pipelines/execute"), 2);
    let sent: Value = serde_json::from_str(&fake.asked()[0].body).unwrap();
    assert_eq!(
        sent["pipeline"]["nodes"][3]["query_execution"]["query_parameters"]["blockchain"],
        "base"
    );
}

#[test]
fn in_a_pipe_each_change_is_a_line_and_the_last_one_says_what_it_cost() {
    let fake = Fake::new(dune(vec![
        standing("executing", ["executing", "pending", "pending", "pending"]),
        standing("executing", GOING),
        standing("completed", COMPLETED),
    ]));
    let person = Person::at(&fake);
    person.file("daily.json", PIPELINE);
    let done = person
        .does("run daily.json --wait")
        .success()
        .stderr("")
        .stdout(contains('\x1b').not());
    let lines: Vec<&str> = done.out().lines().collect();
    assert_eq!(lines[0], RUN);
    let told: Vec<&str> = lines[1..]
        .iter()
        .map(|line| line.trim_start().split_once("  ").unwrap().1)
        .collect();
    assert_eq!(
        (told[0], *told.last().unwrap()),
        (
            "1 refresh dune.acme.result_dex_daily: executing",
            format!("run {RUN} completed: 4 of 4 nodes completed, 1.00 credits").as_str()
        )
    );
    assert!(
        told.iter()
            .any(|line| line.starts_with("3 query 3103: completed (")),
        "{told:?}"
    );
}

#[test]
fn programs_get_an_object_for_each_change_and_everything_in_the_last() {
    let fake = Fake::new(dune(vec![
        standing("executing", ["executing", "pending", "pending", "pending"]),
        standing("completed", COMPLETED),
    ]));
    let done = Person::at(&fake)
        .pipes(PIPELINE, "run - --wait --json")
        .success()
        .stderr("");
    let events: Vec<Value> = done
        .out()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        events[0],
        json!({"event": "started", "pipeline_execution_id": RUN})
    );
    assert_eq!(events[1]["event"], "run");
    let node = events
        .iter()
        .find(|event| event["event"] == "node" && event["from"] == "pending");
    assert_eq!(node.unwrap()["node"]["status"], "completed");
    let end = events.last().unwrap();
    assert_eq!(
        (&end["event"], &end["status"]),
        (&json!("end"), &json!("completed"))
    );
    assert_eq!(end["credits"], 1.0);
    assert_eq!(end["nodes"][2]["dependencies"], json!([1, 2]));
    assert_eq!(
        end["nodes"][0]["materialized_view"],
        "dune.acme.result_dex_daily"
    );
}

#[test]
fn a_run_that_fails_ends_with_1_in_dunes_words() {
    let fake = Fake::new(dune(vec![standing(
        "failed",
        [
            "completed",
            "failed: line 1:8: Column 'x' cannot be resolved",
            "skipped",
            "skipped",
        ],
    )]));
    Person::at(&fake)
        .pipes(PIPELINE, "run - --wait")
        .code(1)
        .stderr(starts_with(format!("error: run {RUN} failed")))
        .stderr(contains("line 1:8: Column 'x' cannot be resolved"))
        .stderr(contains("`4` was not run because"))
        .stdout(ends_with(format!(
            "run {RUN} failed: 1 of 4 nodes completed, 0.50 credits\n"
        )));
}

#[test]
fn a_deadline_cancels_the_run_and_ends_with_3() {
    let (fake, person) = one_that_can_be_cancelled();
    person
        .does("run daily.json --wait --timeout 1s")
        .code(3)
        .stdout(contains("answers again").not())
        .stderr(starts_with("cancelling; Ctrl-C leaves at once\n"))
        .stderr(contains("\nnot ended within 1.0s: run"))
        .stderr(contains("was cancelled"));
    assert_eq!(fake.count("POST /v1/execution/01EXECUTION3/cancel"), 1);
}

#[test]
fn a_deadline_leaves_the_run_where_that_is_asked_for() {
    let (fake, person) = one_that_can_be_cancelled();
    person
        .does("run daily.json --wait --timeout 1s --on-timeout leave")
        .code(3)
        .stderr(format!("not ended within 1.0s: run {RUN} goes on\n"));
    assert_eq!(fake.count("POST /v1/execution/01EXECUTION3/cancel"), 0);
}

#[test]
fn ctrl_c_cancels_the_run_and_says_what_came_of_it_node_by_node() {
    let (fake, person) = one_that_can_be_cancelled();
    let mut child = person.starts("run daily.json --wait");
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("3 query 3103: executing") {
        line.clear();
        assert!(out.read_line(&mut line).unwrap() > 0, "it ended too early");
    }
    interrupt(&child);
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    assert!(!rest.contains("answers again"), "{rest}");
    person
        .waits_for(child)
        .code(130)
        .stderr(starts_with("cancelling; Ctrl-C once more leaves at once\n"))
        .stderr(contains(format!("interrupted: run {RUN}")))
        .stderr(contains("`3` was cancelled"))
        .stderr(contains("`1` had ended: completed"))
        .stderr(contains("`4` never started"));
    assert_eq!(fake.count("POST /v1/execution/01EXECUTION3/cancel"), 1);
}

#[test]
fn a_second_ctrl_c_leaves_at_once() {
    let mut stands = dune(vec![standing("executing", GOING)]);
    let fake = Fake::new(move |request| match request.what.ends_with("/cancel") {
        true => Answer::Silence(Duration::from_secs(60)),
        false => stands(request),
    });
    let person = Person::at(&fake);
    person.file("daily.json", PIPELINE);
    let child = person.starts("run daily.json --wait");
    until(|| fake.count(&format!("GET /v1/pipelines/executions/{RUN}/status")) > 1);
    interrupt(&child);
    until(|| fake.count("POST /v1/execution/01EXECUTION3/cancel") == 1);
    interrupt(&child);
    person.waits_for(child).code(130).stderr(ends_with(format!(
        "left while cancelling: run {RUN} may go on\n"
    )));
}

#[test]
fn ctrl_c_before_dune_has_answered_says_that_a_run_may_have_begun() {
    let fake = Fake::new(|_| Answer::Silence(Duration::from_secs(60)));
    let person = Person::at(&fake);
    person.file("daily.json", PIPELINE);
    let child = person.starts("run daily.json --wait");
    until(|| fake.count("POST /v1/pipelines/execute") == 1);
    interrupt(&child);
    person
        .waits_for(child)
        .code(130)
        .stdout("")
        .stderr(contains("a run may have been started"));
}

#[test]
fn where_nobody_reads_any_more_it_says_that_the_run_goes_on() {
    let fake = Fake::new(dune(vec![standing("executing", GOING)]));
    let person = Person::at(&fake);
    person.file("daily.json", PIPELINE);
    let mut child = person.starts("run daily.json --wait");
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut String::new()).unwrap();
    drop(out);
    fake.now(dune(vec![standing("completed", COMPLETED)]));
    person
        .waits_for(child)
        .code(1)
        .stderr(format!("nobody reads this any more: run {RUN} goes on\n"));
}

#[test]
fn an_answer_that_was_lost_is_not_asked_for_again() {
    let fake = Fake::new(|_| Answer::Nothing);
    Person::at(&fake)
        .pipes(PIPELINE, "run - --wait")
        .code(1)
        .stdout("")
        .stderr(contains("may have started"));
    assert_eq!(fake.count("POST /v1/pipelines/execute"), 1);
}

#[test]
fn a_query_is_run_with_all_views_under_it_or_by_its_own_pipeline() {
    let fake = Fake::new(dune(vec![standing("completed", COMPLETED)]));
    let person = Person::at(&fake);
    let query = "run --query 3101 --parameter blockchain=a=b --performance large";
    person.does(query).success();
    let sent: Value = serde_json::from_str(&fake.asked()[0].body).unwrap();
    assert_eq!(
        sent,
        json!({"query_id": 3101, "performance": "large", "query_parameters": {"blockchain": "a=b"}})
    );
    // The fake has no such path.
    person.does(format!("{query} --own-pipeline")).code(1);
    assert_eq!(
        fake.asked().last().unwrap().what,
        "POST /v1/query/3101/pipeline/execute"
    );
}

/// Somebody with a `daily.json`, a run of which goes on in its third node until it is cancelled.
fn one_that_can_be_cancelled() -> (Fake, Person) {
    let over = standing("failed", ["completed", "completed", "cancelled", "skipped"]);
    let mut before = dune(vec![standing("executing", GOING)]);
    let mut after = dune(vec![over]);
    let mut cancelled = false;
    let fake = Fake::new(move |request| {
        if request.what == "POST /v1/execution/01EXECUTION3/cancel" {
            cancelled = true;
            return Answer::Json(200, r#"{"success":true}"#.to_owned());
        }
        match cancelled {
            true => after(request),
            false => before(request),
        }
    });
    let person = Person::at(&fake);
    person.file("daily.json", PIPELINE);
    (fake, person)
}

fn until(come: impl Fn() -> bool) {
    for _ in 0..600 {
        if come() {
            return;
        }
        thread::sleep(Duration::from_millis(50));
    }
    panic!("it has not come in half a minute");
}
