//! `serve`: what it prints and what it does not, and how it ends.

use std::io::Read as _;
use std::process::{Command, Stdio};

use predicates::prelude::*;
use predicates::str::contains;

use crate::person::Person;
use crate::{Served, workspace};

const EMPTY: &str = "team = \"acme\"\n";

#[test]
fn what_a_workspace_has_wrong_is_listed_and_it_does_not_start() {
    let manifest = "team = \"acme\"\n\n[[tables]]\nname = \"dex.trades\"\nfile = \"gone.csv\"\n\n[[queries]]\nid = 1\nname = \"a\"\nfile = \"gone.sql\"\n";
    let folder = workspace(&[("dune.toml", manifest)]);
    Person::new(None, "none")
        .does(["serve", folder.path().to_str().unwrap()])
        .code(2)
        .stdout("")
        .stderr(contains("dune.toml:5").and(contains("gone.csv")))
        .stderr(contains("dune.toml:10").and(contains("gone.sql")));
}

#[test]
fn what_cannot_be_served_is_wrong_use_and_no_failure() {
    let person = Person::new(None, "none");
    person
        .does("serve no-such-folder")
        .code(2)
        .stdout("")
        .stderr(contains("no-such-folder"));
    let bad = workspace(&[("dune.toml", "team = \n")]);
    person
        .does(["serve", bad.path().to_str().unwrap()])
        .code(2)
        .stderr(contains("dune.toml:1"));
    let folder = workspace(&[("dune.toml", EMPTY)]);
    let _served = Served::at(folder.path());
    person
        .does(["serve", folder.path().to_str().unwrap()])
        .code(2)
        .stderr(contains("another server runs on this workspace"));
}

#[test]
fn it_prints_what_a_shell_needs_and_stops_when_told_to() {
    let folder = workspace(&[("dune.toml", EMPTY)]);
    let mut served = Served::at(folder.path());
    assert!(
        served.url.starts_with("http://127.0.0.1:"),
        "{}",
        served.url
    );
    assert!(!served.key.is_empty());
    let stop = Command::new("kill")
        .arg("-INT")
        .arg(served.serve.id().to_string())
        .status();
    assert!(stop.unwrap().success());
    assert_eq!(served.serve.wait().unwrap().code(), Some(0));
}

#[test]
fn it_does_not_show_a_key_that_it_was_given() {
    let folder = workspace(&[("dune.toml", EMPTY)]);
    let person = Person::new(Some("http://unused"), "a-secret-of-mine");
    let mut command = person.command(["serve", folder.path().to_str().unwrap()]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut serve = command.spawn().unwrap();
    let mut said = Vec::new();
    let mut out = serve.stdout.take().unwrap();
    while !said.windows(12).any(|part| part == b"DUNE_API_KEY") {
        let mut byte = [0];
        out.read_exact(&mut byte).unwrap();
        said.push(byte[0]);
    }
    serve.kill().unwrap();
    out.read_to_end(&mut said).unwrap();
    let mut output = serve.wait_with_output().unwrap();
    output.stdout = said;
    person.judged(output).stdout(contains("DUNE_API_KEY stays"));
}

#[test]
fn it_takes_no_key_from_its_arguments_and_names_the_variable_that_has_a_wrong_one() {
    let folder = workspace(&[("dune.toml", EMPTY)]);
    let folder = folder.path().to_str().unwrap();
    let person = Person::new(Some("http://unused"), "two words");
    person
        .does(["serve", folder, "--api-key", "mine"])
        .code(2)
        .stdout("")
        .stderr(contains("--api-key"));
    person
        .does("serve --help")
        .success()
        .stdout(contains("DUNE_API_KEY"));
    person
        .does(["serve", folder])
        .code(2)
        .stderr(contains("DUNE_API_KEY"));
}
