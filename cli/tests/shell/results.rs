//! `results` while it goes on: how far it has come, on a terminal, and what is left of it where it is stopped.

use std::fs;
use std::thread;
use std::time::Duration;

use predicates::prelude::*;
use predicates::str::{contains, ends_with, starts_with};
use serde_json::{Value, json};

use crate::fake::{Answer, Fake, Request};
use crate::interrupt;
use crate::person::Person;
use crate::tmux::Terminal;

const ROWS: &str = "GET /v1/execution/01EXECUTION/results";

/// Two rows of four, and the second half as it is told.
fn halves(
    mut second: impl FnMut() -> Answer + Send + 'static,
) -> impl FnMut(&Request) -> Answer + Send + 'static {
    let mut first = true;
    move |_| {
        if !std::mem::take(&mut first) {
            return second();
        }
        let mut page = page([1, 2]);
        page["next_offset"] = 2.into();
        page["next_uri"] = "http://elsewhere.example/".into();
        Answer::Json(200, page.to_string())
    }
}

fn page(numbers: [i64; 2]) -> Value {
    json!({
        "execution_id": "01EXECUTION", "query_id": 1, "is_execution_finished": true,
        "state": "QUERY_STATE_COMPLETED", "submitted_at": "2025-10-22T10:31:04Z",
        "result": {"rows": numbers.map(|n| json!({"n": n})), "metadata": {
            "column_names": ["n"], "column_types": ["bigint"], "row_count": 2, "total_row_count": 4,
        }},
    })
}

#[test]
fn on_a_terminal_it_says_how_far_a_file_has_come_and_leaves_nothing_of_that() {
    for columns in [100, 12] {
        let fake = Fake::new(halves(|| Answer::Silence(Duration::from_millis(500))));
        let person = Person::at(&fake);
        let typed = "results --execution 01EXECUTION -o rows.json";
        let Some(terminal) = Terminal::of(&person, typed, (columns, 80), []) else {
            return;
        };
        terminal.until(|screen| screen.contains("2 of 4"));
        fake.now(|_| Answer::Json(200, page([3, 4]).to_string()));
        let screen = terminal.until(|screen| screen.contains("exit="));
        assert!(screen.starts_with("exit=0"), "{screen}");
        assert!(terminal.cursor_is_visible());
        assert_eq!(
            person.reads("rows.json"),
            "[\n{\"n\":1},\n{\"n\":2},\n{\"n\":3},\n{\"n\":4}\n]\n"
        );
    }
}

#[test]
fn ctrl_c_leaves_what_was_there_and_nothing_beside_it() {
    let fake = Fake::new(halves(|| Answer::Silence(Duration::from_secs(60))));
    let person = Person::at(&fake);
    person.file("rows.json", "before");
    let child = person.starts("results --execution 01EXECUTION -o rows.json");
    while fake.count(ROWS) < 2 {
        thread::sleep(Duration::from_millis(20));
    }
    interrupt(&child);
    person.waits_for(child).code(130).stdout("");
    assert_eq!(person.reads("rows.json"), "before");
    assert_eq!(fs::read_dir(person.home()).unwrap().count(), 1);
}

#[test]
fn how_to_take_what_there_is_of_a_result_is_told_as_it_is_typed() {
    let mut cut = page([1, 2]);
    cut["state"] = "QUERY_STATE_COMPLETED_PARTIAL".into();
    let fake = Fake::new(move |_| Answer::Json(200, cut.to_string()));
    let person = Person::at(&fake);
    person
        .does("results --execution 01EXECUTION -f json")
        .code(1)
        .stderr(contains("`--allow-partial`"));
}

#[test]
fn what_a_table_leaves_out_by_itself_is_told_and_not_in_the_file() {
    let numbers: Vec<_> = (0..50).collect();
    let mut many = page([1, 2]);
    many["result"]["rows"] = numbers.iter().map(|n| json!({"n": n})).collect();
    many["result"]["metadata"]["row_count"] = 50.into();
    many["result"]["metadata"]["total_row_count"] = 500.into();
    many["next_offset"] = 50.into();
    many["next_uri"] = "http://elsewhere.example/".into();
    let fake = Fake::new(move |_| Answer::Json(200, many.to_string()));
    let person = Person::at(&fake);
    let typed = "results --execution 01EXECUTION -f table";
    let left_out = || contains("450 are left out").and(contains("--limit"));
    person
        .does(format!("{typed} -o big.txt"))
        .success()
        .stdout("")
        .stderr(starts_with("big.txt: ").and(left_out()));
    assert!(person.reads("big.txt").ends_with("\n50 of 500 rows\n"));
    person
        .does(typed)
        .success()
        .stdout(ends_with("\n50 of 500 rows\n"))
        .stderr(left_out());
    person
        .does(format!("{typed} --limit 50"))
        .success()
        .stdout(ends_with("\n50 of 500 rows\n"))
        .stderr("");
}

#[test]
fn a_name_that_says_no_form_is_refused_before_anything_is_asked() {
    let fake = Fake::new(|_| Answer::Nothing);
    let person = Person::at(&fake);
    for name in ["rows", "rows.txt"] {
        person
            .does(format!("results --execution 01EXECUTION -o {name}"))
            .code(2)
            .stdout("")
            .stderr(contains("add --format"));
    }
    assert!(fake.asked().is_empty());
}

#[test]
fn the_rows_of_a_run_are_those_of_its_own_values() {
    let fake = Fake::new(|_| Answer::Nothing);
    Person::at(&fake)
        .does("results 01RUN --query 1 --parameter chain=base")
        .code(2)
        .stdout("")
        .stderr(contains("leave out --parameter"));
    assert!(fake.asked().is_empty());
}
