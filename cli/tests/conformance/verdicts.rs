//! What `conformance` makes of records: a verdict for each statement, our answers in a file, and what is wrong with them.

use std::fs;

use assert_cmd::cargo::cargo_bin_cmd;
use predicates::prelude::*;
use predicates::str::{contains, ends_with};
use serde_json::{Value, json};
use tempfile::TempDir;

const TABLES: &str = r#"{"tables": [{"name": "dex.trades", "columns": [{"name": "project", "type": "varchar"}, {"name": "usd", "type": "double"}],
"rows": [["uniswap", 1.5], ["", 0.25], [null, null]]}]}"#;

/// One statement for each verdict that an engine which knows SQL at all comes to.
const TRINO: &str = r#"{"id": "answers/equal", "sql": "SELECT project, usd FROM dex.trades", "columns": [{"name": "project", "type": "varchar"}, {"name": "usd", "type": "double"}], "rows": [[null, null], ["", 0.25], ["uniswap", 1.5]]}
{"id": "answers/different", "sql": "SELECT count(*) AS n FROM dex.trades", "columns": [{"name": "n", "type": "bigint"}], "rows": [[4]]}
{"id": "answers/type", "sql": "SELECT count(*) AS n FROM dex.trades", "columns": [{"name": "n", "type": "integer"}], "rows": [[3]]}
{"id": "answers/refused", "sql": "SELECT nothing FROM dex.trades", "columns": [{"name": "n", "type": "bigint"}], "rows": [[4]]}
{"id": "refuses/alike", "sql": "SELECT nothing FROM dex.trades", "error": {"name": "COLUMN_NOT_FOUND", "type": "USER_ERROR", "message": "line 1:8: Column 'nothing' cannot be resolved"}}
{"id": "refuses/otherwise", "sql": "SELECT nothing FROM dex.trades", "error": {"name": "TYPE_MISMATCH", "type": "USER_ERROR", "message": "no"}}
{"id": "refuses/answered", "sql": "SELECT usd FROM dex.trades", "error": {"name": "TYPE_MISMATCH", "type": "USER_ERROR", "message": "no"}}
"#;

fn records() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("tables.json"), TABLES).unwrap();
    fs::write(folder.path().join("trino.jsonl"), TRINO).unwrap();
    folder
}

/// The command of these records.
fn conformance(folder: &TempDir) -> assert_cmd::Command {
    let mut command = cargo_bin_cmd!("dune-pipeline");
    command.arg("conformance").arg(folder.path());
    command
}

#[test]
fn every_verdict_is_counted_and_our_answers_are_written() {
    let folder = records();
    let out = folder.path().join("ours.jsonl");
    let done = conformance(&folder)
        .args(["--list", "--out"])
        .arg(&out)
        .assert()
        .success()
        .stdout(contains(
            "answers/different: different: a row: Trino: [4]; ours: [3]\n",
        ))
        .stdout(ends_with(
            "equal: 2; only the type differs: 1; refused: 2; different: 2\n",
        ));
    let table = str::from_utf8(&done.get_output().stdout).unwrap();
    let table: Vec<Vec<&str>> = table
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    for row in [
        ["answers", "4", "1", "1", "1", "1", "0", "0", "0"],
        ["refuses", "3", "0", "0", "0", "0", "1", "1", "1"],
    ] {
        assert!(table.contains(&row.to_vec()), "{table:?}");
    }

    let ours = fs::read_to_string(out).unwrap();
    let ours: Vec<Value> = ours
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(ours.len(), 7);
    assert_eq!(
        ours[0]["columns"],
        json!([{"name": "project", "type": "varchar"}, {"name": "usd", "type": "double"}])
    );
    assert_eq!(
        ours[0]["rows"],
        json!([["", 0.25], ["uniswap", 1.5], [null, null]])
    );
    assert_eq!(ours[4]["error"]["name"], "COLUMN_NOT_FOUND");
}

#[test]
fn only_what_is_named_is_asked() {
    conformance(&records())
        .args(["--only", "answers/equal"])
        .assert()
        .success()
        .stdout(ends_with(
            "equal: 1; only the type differs: 0; refused: 0; different: 0\n",
        ));
}

#[test]
fn it_says_what_is_missing_and_where_a_line_is_wrong() {
    conformance(&tempfile::tempdir().unwrap())
        .assert()
        .code(2)
        .stderr(contains("tables.json").and(contains("give a folder with")));

    let folder = records();
    let wrong = format!("{TRINO}\n{{\"id\": \"a/b\"}}\n");
    fs::write(folder.path().join("trino.jsonl"), wrong).unwrap();
    conformance(&folder)
        .assert()
        .code(2)
        .stderr(contains("trino.jsonl:9: missing field `sql`"));

    conformance(&records())
        .args(["--only", "no such id"])
        .assert()
        .code(2)
        .stderr(contains("no statement to ask"));
}
