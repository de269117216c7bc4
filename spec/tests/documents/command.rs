//! The command, as people call it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::published::published;

fn dune_spec(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dune-spec"))
        .args(arguments)
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    let out = String::from_utf8_lossy(&output.stdout);
    let err = String::from_utf8_lossy(&output.stderr);
    format!("{out}{err}")
}

fn page() -> String {
    let file = dune_spec::pages_dir().join("pipelines/execute-pipeline.yaml");
    fs::read_to_string(file).unwrap()
}

fn written(folder: &Path, text: &str) -> String {
    let file = folder.join("page.yaml");
    fs::write(&file, text).unwrap();
    file.display().to_string()
}

#[test]
fn check_says_what_the_bundled_pages_hold_and_what_each_pass_did() {
    let output = dune_spec(&["check"]);
    let said = said(&output);
    assert!(output.status.success(), "{said}");
    for line in [
        "POST /v1/pipelines/execute: Execute a pipeline",
        "35 document(s) hold 35 operations on 31 paths",
        "enums: makes one named type of enumerations written in place",
        "`Performance` is small | medium | large",
        "no fault",
    ] {
        assert!(said.contains(line), "{line:?} is not in:\n{said}");
    }
}

#[test]
fn check_takes_the_published_document_unchanged() {
    let Some(file) = published() else { return };
    let output = dune_spec(&["check", &file.display().to_string()]);
    assert!(output.status.success(), "{}", said(&output));
}

#[test]
fn check_ends_with_every_fault_and_status_1() {
    let folder = tempfile::tempdir().unwrap();
    let broken = page().replace(
        "#/components/schemas/models.Pipeline'",
        "#/components/schemas/Gone'",
    );
    let file = written(folder.path(), &broken);
    let output = dune_spec(&["check", &file]);
    assert_eq!(output.status.code(), Some(1));
    let said = said(&output);
    assert!(
        said.contains(&file) && said.contains("`#/components/schemas/Gone`"),
        "{said}"
    );
    assert_eq!(dune_spec(&["check", "gone.yaml"]).status.code(), Some(1));
}

#[test]
fn diff_marks_what_breaks_programs_and_ends_with_status_1() {
    let folder = tempfile::tempdir().unwrap();
    let newer = page().replace("        query_id:\n", "        query:\n");
    let output = dune_spec(&["diff", &written(folder.path(), &newer)]);
    let text = said(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(
        text.contains("BREAKS models.PipelineQueryExecutionNode: `query_id` is gone"),
        "{text}"
    );
    assert!(
        text.contains("2 change(s), 1 of which break programs"),
        "{text}"
    );
    assert!(text.contains(".query_id: is not there any more"), "{text}");

    let output = dune_spec(&["diff", &written(folder.path(), &page())]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
}

#[test]
fn diff_ends_with_status_1_where_nothing_breaks_and_nothing_can_be_generated() {
    let folder = tempfile::tempdir().unwrap();
    let newer = page().replace(
        "            - medium\n",
        "            - medium\n            - MEDIUM\n",
    );
    let output = dune_spec(&["diff", &written(folder.path(), &newer)]);
    let text = said(&output);
    assert!(text.contains("0 of which break programs"), "{text}");
    assert!(text.contains("nothing can be generated"), "{text}");
    assert_eq!(output.status.code(), Some(1), "{text}");
}

#[test]
fn a_wrong_call_shows_how_to_call_it() {
    for arguments in [&[][..], &["diff"], &["chek"]] {
        let output = dune_spec(arguments);
        assert_eq!(output.status.code(), Some(2));
        assert!(
            said(&output).contains("usage: dune-spec check"),
            "{}",
            said(&output)
        );
    }
    assert!(dune_spec(&["--help"]).status.success());
}
