//! What needs no Dune at all: `check` and `graph` of a file, and the help.

use std::fs;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _};
use std::process::Command;
use std::thread;

use predicates::str::{contains, starts_with};

use crate::PIPELINE;
use crate::person::{Person, Said as _};

#[test]
fn a_pipeline_without_faults_is_drawn_and_needs_no_key() {
    let person = Person::alone();
    person.file("daily.json", PIPELINE);
    person
        .does("check daily.json")
        .success()
        .stderr("")
        .stdout(starts_with("daily.json: no faults\n"))
        .stdout(contains("refresh dune.acme.result_dex_daily"));
}

#[test]
fn check_lists_every_fault_in_the_words_of_the_macro() {
    let person = Person::alone();
    let wrong = r#"{"nodes": [
        {"id": 1, "dependencies": [2], "materialized_view_refresh": {"name": "dune.acme.result_a"}},
        {"id": 2, "dependencies": [1, 7], "query_execution": {"query_id": "x"}}
    ]}"#;
    person
        .pipes(wrong, "check -")
        .code(1)
        .stdout("")
        .stderr(starts_with("error: standard input:\n\n"))
        .stderr(contains("dependency cycle: `1` -> `2` -> `1`"))
        .stderr(contains("no node with the id `7`"))
        .stderr(contains("`nodes[1].query_execution.query_id` is a text"));

    let told = person
        .pipes(wrong, "check --json -")
        .code(1)
        .stderr("")
        .json();
    assert_eq!(told["faults"].as_array().unwrap().len(), 3);
    assert_eq!(told["others"], 0);
}

#[test]
fn a_mark_of_the_byte_order_is_no_part_of_a_file() {
    let person = Person::alone();
    let marked = format!("\u{feff}{PIPELINE}");
    person.file("daily.json", &marked);
    person.does("check daily.json").success().stderr("");
    person.does("graph daily.json").success().stderr("");
    person.pipes(&marked, "check -").success().stderr("");
}

#[test]
fn a_file_that_is_not_there_is_wrong_use_and_named() {
    Person::alone()
        .does("check no-such.json")
        .code(2)
        .stdout("")
        .stderr(starts_with("error: no-such.json: "));
}

#[test]
fn graph_draws_a_file_in_each_form() {
    let person = Person::alone();
    person.file("daily.json", PIPELINE);
    for (form, beginning) in [
        ("tree", "1"),
        ("mermaid", "flowchart LR\n"),
        ("dot", "digraph pipeline {"),
        ("svg", "<svg "),
        ("json", "{\"pipeline\":{"),
    ] {
        person
            .does(format!("graph daily.json --format {form}"))
            .success()
            .stderr("")
            .stdout(starts_with(beginning));
    }
    person
        .does("graph daily.json -f svg -o daily.svg")
        .success()
        .stdout("");
    assert!(person.reads("daily.svg").ends_with("</svg>\n"));
}

#[test]
fn what_a_file_has_wrong_is_told_by_whoever_would_use_it() {
    for command in ["graph -", "run -"] {
        Person::alone()
            .pipes("{\"nodes\": []}", command)
            .code(2)
            .stdout("")
            .stderr(contains("standard input is no pipeline"));
    }
}

#[test]
fn an_output_that_cannot_be_written_leaves_nothing_and_a_link_stays_one() {
    let person = Person::alone();
    person.file("daily.json", PIPELINE);
    person
        .does("graph daily.json -o no-such-folder/daily.txt")
        .code(2)
        .stderr(contains("no-such-folder/daily.txt"));

    // A file like any other that is written, and a link that goes on being one.
    let link = person.home().join("link.txt");
    std::os::unix::fs::symlink(person.home().join("there.txt"), &link).unwrap();
    person.file("there.txt", "before");
    person.does("graph daily.json -o link.txt").success();
    assert!(link.is_symlink());
    assert!(person.reads("link.txt").contains("query 3103"));
    assert_eq!(fs::read_dir(person.home()).unwrap().count(), 3);
}

#[test]
fn a_file_that_is_replaced_goes_on_being_for_those_who_could_read_it() {
    let person = Person::alone();
    person.file("daily.json", PIPELINE);
    person.file("daily.txt", "before");
    let drawn = person.home().join("daily.txt");
    for mode in [0o600, 0o664] {
        fs::set_permissions(&drawn, fs::Permissions::from_mode(mode)).unwrap();
        person.does("graph daily.json -o daily.txt").success();
        assert!(person.reads("daily.txt").contains("query 3103"));
        assert_eq!(fs::metadata(&drawn).unwrap().mode() & 0o777, mode);
    }
}

#[test]
fn a_pipe_with_a_name_is_written_to_and_not_replaced() {
    let person = Person::alone();
    person.file("daily.json", PIPELINE);
    let pipe = person.home().join("pipe");
    let made = Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let reader = {
        let pipe = pipe.clone();
        thread::spawn(move || fs::read_to_string(pipe).unwrap())
    };
    person.does("graph daily.json -o pipe").success();
    assert!(reader.join().unwrap().contains("query 3103"));
    assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo());
}

#[test]
fn the_help_says_what_the_exit_codes_are_and_where_the_key_comes_from() {
    let done = Person::alone().does("--help").success().stderr("");
    for said in [
        "Exit codes:",
        "  130  interrupted",
        "DUNE_API_KEY",
        "NO_COLOR",
        "  watch ",
        "  results ",
    ] {
        assert!(done.out().contains(said), "{said}: {}", done.out());
    }
}

#[test]
fn the_help_of_a_command_shows_json_as_it_is_written() {
    Person::alone()
        .does("run --help")
        .success()
        .stdout(contains(r#"{"nodes": [..]}"#));
}

#[test]
fn what_is_missing_is_told_with_all_that_would_do() {
    for (typed, would_do) in [
        ("run", "<FILE|--query <ID>>"),
        ("graph", "<FILE|--query <ID>>"),
        ("results", "<RUN|--execution <ID>|--query <ID>>"),
    ] {
        Person::alone()
            .does(typed)
            .code(2)
            .stderr(contains(would_do));
    }
}

#[test]
fn a_key_is_no_argument_and_wrong_use_is_told_from_failure() {
    let person = Person::alone();
    let wrong = |typed: &str| {
        person
            .does(typed)
            .code(2)
            .stdout("")
            .stderr(starts_with("error: "));
    };
    wrong("run x.json --api-key mine");
    wrong("run");
    wrong("run x.json --query 1");
    wrong("run --query 0");
    wrong("run --query 1 --parameter novalue");
    wrong("run --query 1 --performance huge");
    wrong("run x.json --timeout 5m");
    wrong("run x.json --wait --timeout 5minutes");
    wrong("results");
    wrong("results --query 1 --performance large");
    wrong("nonsense");
}
