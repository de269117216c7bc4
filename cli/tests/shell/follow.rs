//! `status`, `watch` and `cancel` of a run that was started elsewhere.

use std::io::{BufRead as _, BufReader};

use serde_json::{Value, json};

use crate::fake::{Answer, Fake};
use crate::{COMPLETED, PIPELINE, Person, RUN, done, dune, interrupt, standing};

#[test]
fn status_shows_a_tree_where_the_pipeline_is_at_hand_and_a_list_where_not() {
    let stands = standing(
        "executing",
        ["completed", "completed", "executing", "pending"],
    );
    let fake = Fake::new(dune(vec![stands]));
    let person = Person::at(&fake);
    let file = person.file("daily.json", PIPELINE);
    let done = person.does(&["status", RUN, "--pipeline", &file]);
    assert_eq!((done.code, done.err.as_str()), (Some(0), ""));
    let lines: Vec<&str> = done.out.lines().collect();
    assert_eq!(lines[0], format!("run {RUN}  executing"));
    assert!(
        lines[1].starts_with("✓ 1  ") && lines[1].contains("12.3s  0.25 credits"),
        "{}",
        done.out
    );
    assert!(
        lines[4].starts_with("└─ · 4  query 3101") && lines[4].ends_with("after 3"),
        "{}",
        done.out
    );
    assert_eq!(lines[5], "2 of 4 completed, 0.50 credits");

    let done = person.does(&["status", RUN]);
    assert!(
        done.out.contains("· 4  query 3101") && !done.out.contains('└'),
        "{}",
        done.out
    );
    let done = person.does(&["status", RUN, "--json"]);
    let told: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(
        told["nodes"][2],
        json!({"id": 3, "status": "executing", "execution_id": "01EXECUTION3",
        "dependencies": [], "error": null, "query_id": 3103})
    );
}

#[test]
fn what_is_no_run_of_that_pipeline_is_not_shown_as_one() {
    let fake = Fake::new(dune(vec![standing("completed", COMPLETED)]));
    let person = Person::at(&fake);
    let other = person.file(
        "other.json",
        r#"{"nodes": [{"id": 1, "query_execution": {"query_id": 7}}]}"#,
    );
    let done = person.does(&["status", RUN, "--pipeline", &other]);
    assert_eq!((done.code, done.out.as_str()), (Some(1), ""));
    assert!(
        done.err.contains("is no run of this pipeline"),
        "{}",
        done.err
    );
}

#[test]
fn a_run_that_dune_does_not_know_is_told_in_its_words_and_a_wrong_id_before_it_is_asked() {
    let fake = Fake::new(|_| {
        Answer::Json(
            404,
            r#"{"error":"Pipeline execution not found"}"#.to_owned(),
        )
    });
    let person = Person::at(&fake);
    for command in ["status", "watch", "cancel"] {
        let done = person.does(&[command, RUN]);
        assert_eq!((done.code, done.out.as_str()), (Some(1), ""), "{command}");
        assert!(
            done.err.contains("Pipeline execution not found"),
            "{command}: {}",
            done.err
        );
        let done = person.does(&[command, "../queries"]);
        assert_eq!(done.code, Some(2), "{command}: {}", done.err);
    }
    assert_eq!(fake.asked().len(), 3);
}

#[test]
fn ctrl_c_ends_the_watching_and_leaves_the_run_alone() {
    let fake = Fake::new(dune(vec![standing(
        "executing",
        ["completed", "completed", "executing", "pending"],
    )]));
    let mut child = Person::at(&fake).start(&["watch", RUN]);
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("3 query 3103: executing") {
        line.clear();
        assert!(out.read_line(&mut line).unwrap() > 0, "it ended too early");
    }
    interrupt(&child);
    let done = done(child);
    assert_eq!(done.code, Some(130));
    assert_eq!(done.err, format!("interrupted: run {RUN} goes on\n"));
    assert!(
        fake.asked()
            .iter()
            .all(|request| request.what.starts_with("GET "))
    );
}

#[test]
fn a_network_that_is_lost_does_not_end_the_watching() {
    let mut stands = dune(vec![standing(
        "executing",
        ["completed", "completed", "executing", "pending"],
    )]);
    let mut asked = 0;
    let fake = Fake::new(move |request| {
        asked += 1;
        match asked > 6 {
            true => Answer::Nothing,
            false => stands(request),
        }
    });
    let mut child = Person::at(&fake).start(&["watch", RUN]);
    let mut err = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    err.read_line(&mut line).unwrap();
    assert!(line.starts_with("no answer, still asking: "), "{line}");
    fake.now(dune(vec![standing("completed", COMPLETED)]));
    let done = done(child);
    assert_eq!(done.code, Some(0), "{}", done.out);
    assert!(done.out.contains("Dune answers again"), "{}", done.out);
    assert!(
        done.out.ends_with("4 of 4 nodes completed, 1.00 credits\n"),
        "{}",
        done.out
    );
}

#[test]
fn cancel_says_what_came_of_it_and_1_where_something_goes_on() {
    let going = standing(
        "executing",
        ["completed", "completed", "executing", "pending"],
    );
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
    let done = person.does(&["cancel", RUN]);
    assert_eq!(
        (done.code, done.err.as_str()),
        (Some(0), ""),
        "{}",
        done.out
    );
    assert!(
        done.out.starts_with(&format!("run {RUN} was cancelled\n")),
        "{}",
        done.out
    );
    let done = person.does(&["cancel", RUN, "--json"]);
    let told: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(
        (&told["is_complete"], &told["nodes"][0]["cancellation"]),
        (&json!(true), &json!("had_ended"))
    );

    let mut stands = dune(vec![going]);
    fake.now(move |request| match request.what.ends_with("/cancel") {
        true => Answer::Json(403, r#"{"error":"Not yours"}"#.to_owned()),
        false => stands(request),
    });
    let done = person.does(&["cancel", RUN]);
    assert_eq!(
        (done.code, done.err.as_str()),
        (Some(1), ""),
        "{}",
        done.out
    );
    assert!(
        done.out.contains("could not be cancelled") && done.out.contains("Not yours"),
        "{}",
        done.out
    );
}
