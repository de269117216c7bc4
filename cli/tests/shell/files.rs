//! What needs no Dune at all: `check` and `graph` of a file, and the help.

use std::fs;
use std::os::unix::fs::FileTypeExt as _;
use std::process::Command;
use std::thread;

use crate::{PIPELINE, Person};

#[test]
fn a_pipeline_without_faults_is_drawn_and_needs_no_key() {
    let person = Person::alone();
    let file = person.file("daily.json", PIPELINE);
    let done = person.does(&["check", &file]);
    assert_eq!((done.code, done.err.as_str()), (Some(0), ""));
    assert!(done.out.contains("daily.json: no faults\n"), "{}", done.out);
    assert!(
        done.out.contains("refresh dune.acme.result_dex_daily"),
        "{}",
        done.out
    );
}

#[test]
fn check_lists_every_fault_in_the_words_of_the_macro() {
    let person = Person::alone();
    let wrong = r#"{"nodes": [
        {"id": 1, "dependencies": [2], "materialized_view_refresh": {"name": "dune.acme.result_a"}},
        {"id": 2, "dependencies": [1, 7], "query_execution": {"query_id": "x"}}
    ]}"#;
    let done = person.pipes(wrong, &["check", "-"]);
    assert_eq!((done.code, done.out.as_str()), (Some(1), ""));
    assert!(
        done.err.starts_with("error: standard input:\n\n"),
        "{}",
        done.err
    );
    for said in [
        "dependency cycle: `1` -> `2` -> `1`",
        "no node with the id `7`",
        "`nodes[1].query_execution.query_id` is a text",
    ] {
        assert!(done.err.contains(said), "{said}: {}", done.err);
    }

    let done = person.pipes(wrong, &["check", "--json", "-"]);
    assert_eq!((done.code, done.err.as_str()), (Some(1), ""));
    let told: serde_json::Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(told["faults"].as_array().unwrap().len(), 3);
    assert_eq!(told["others"], 0);
}

#[test]
fn a_file_that_is_not_there_is_wrong_use_and_named() {
    let done = Person::alone().does(&["check", "no-such.json"]);
    assert_eq!((done.code, done.out.as_str()), (Some(2), ""));
    assert!(
        done.err.starts_with("error: no-such.json: "),
        "{}",
        done.err
    );
}

#[test]
fn graph_draws_a_file_in_each_form() {
    let person = Person::alone();
    let file = person.file("daily.json", PIPELINE);
    for (form, beginning) in [
        ("tree", "1"),
        ("mermaid", "flowchart LR\n"),
        ("dot", "digraph pipeline {"),
        ("svg", "<svg "),
        ("json", "{\"pipeline\":{"),
    ] {
        let done = person.does(&["graph", &file, "--format", form]);
        assert_eq!((done.code, done.err.as_str()), (Some(0), ""), "{form}");
        assert!(done.out.starts_with(beginning), "{form}: {}", done.out);
    }
    let done = person.does(&["graph", &file, "-f", "svg", "-o", "daily.svg"]);
    assert_eq!((done.code, done.out.as_str()), (Some(0), ""));
    let drawn = fs::read_to_string(person.home().join("daily.svg")).unwrap();
    assert!(drawn.ends_with("</svg>\n"), "{drawn}");
}

#[test]
fn what_a_file_has_wrong_is_told_by_whoever_would_use_it() {
    let person = Person::alone();
    for command in ["graph", "run"] {
        let done = person.pipes("{\"nodes\": []}", &[command, "-"]);
        assert_eq!(
            (done.code, done.out.as_str()),
            (Some(2), ""),
            "{}",
            done.err
        );
        assert!(
            done.err.contains("standard input is no pipeline"),
            "{}",
            done.err
        );
    }
}

#[test]
fn an_output_that_cannot_be_written_leaves_nothing_and_a_link_stays_one() {
    let person = Person::alone();
    let file = person.file("daily.json", PIPELINE);
    let done = person.does(&["graph", &file, "-o", "no-such-folder/daily.txt"]);
    assert_eq!(done.code, Some(2));
    assert!(
        done.err.contains("no-such-folder/daily.txt"),
        "{}",
        done.err
    );

    // A file like any other that is written, and a link that goes on being one.
    let link = person.home().join("link.txt");
    std::os::unix::fs::symlink(person.home().join("there.txt"), &link).unwrap();
    fs::write(person.home().join("there.txt"), "before").unwrap();
    let done = person.does(&["graph", &file, "-o", "link.txt"]);
    assert_eq!(done.code, Some(0), "{}", done.err);
    assert!(link.is_symlink());
    assert!(fs::read_to_string(&link).unwrap().contains("query 3103"));
    let left: Vec<_> = fs::read_dir(person.home())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left.len(), 3, "{left:?}");
}

#[test]
fn a_pipe_with_a_name_is_written_to_and_not_replaced() {
    let person = Person::alone();
    let file = person.file("daily.json", PIPELINE);
    let pipe = person.home().join("pipe");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let reader = {
        let pipe = pipe.clone();
        thread::spawn(move || fs::read_to_string(pipe).unwrap())
    };
    assert_eq!(person.does(&["graph", &file, "-o", "pipe"]).code, Some(0));
    assert!(reader.join().unwrap().contains("query 3103"));
    assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo());
}

#[test]
fn the_help_says_what_the_exit_codes_are_and_where_the_key_comes_from() {
    let done = Person::alone().does(&["--help"]);
    assert_eq!((done.code, done.err.as_str()), (Some(0), ""));
    for said in [
        "Exit codes:",
        "  130  interrupted",
        "DUNE_API_KEY",
        "NO_COLOR",
        "  watch ",
        "  results ",
    ] {
        assert!(done.out.contains(said), "{said}: {}", done.out);
    }
}

#[test]
fn a_key_is_no_argument_and_wrong_use_is_told_from_failure() {
    let person = Person::alone();
    for arguments in [
        &["run", "x.json", "--api-key", "mine"][..],
        &["run"],
        &["run", "x.json", "--query", "1"],
        &["run", "--query", "0"],
        &["run", "--query", "1", "--parameter", "novalue"],
        &["run", "--query", "1", "--performance", "huge"],
        &["run", "x.json", "--timeout", "5m"],
        &["run", "x.json", "--wait", "--timeout", "5 minutes"],
        &["results"],
        &["nonsense"],
    ] {
        let done = person.does(arguments);
        assert_eq!(
            (done.code, done.out.as_str()),
            (Some(2), ""),
            "{arguments:?}: {}",
            done.err
        );
        assert!(
            done.err.starts_with("error: "),
            "{arguments:?}: {}",
            done.err
        );
    }
}
