//! The command as people run it: what it prints, where, and with which exit code.
//! Each test starts the program itself.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::{fs, io};

fn command(arguments: &[&str], folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dune-pipeline"));
    command
        .args(arguments)
        .arg(folder)
        .env_remove("DUNE_API_KEY");
    command
}

fn run(arguments: &[&str], folder: &Path) -> io::Result<(Option<i32>, String, String)> {
    let Output {
        status,
        stdout,
        stderr,
    } = command(arguments, folder).output()?;
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ok((status.code(), text(stdout), text(stderr)))
}

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

fn records() -> io::Result<tempfile::TempDir> {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("tables.json"), TABLES)?;
    fs::write(folder.path().join("trino.jsonl"), TRINO)?;
    Ok(folder)
}

#[test]
fn conformance_counts_every_verdict_and_writes_our_answers() {
    let folder = records().unwrap();
    let out = folder.path().join("ours.jsonl");
    let (code, stdout, stderr) = run(
        &["conformance", "--list", "--out", out.to_str().unwrap()],
        folder.path(),
    )
    .unwrap();
    assert_eq!(code, Some(0), "{stderr}");
    let table: Vec<Vec<&str>> = stdout
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert!(
        table.contains(&vec!["answers", "4", "1", "1", "1", "1", "0", "0", "0"]),
        "{stdout}"
    );
    assert!(
        table.contains(&vec!["refuses", "3", "0", "0", "0", "0", "1", "1", "1"]),
        "{stdout}"
    );
    assert!(
        stdout.ends_with("equal: 2; only the type differs: 1; refused: 2; different: 2\n"),
        "{stdout}"
    );
    assert!(
        stdout.contains("answers/different: different: a row: Trino: [4]; ours: [3]\n"),
        "{stdout}"
    );

    let ours = fs::read_to_string(out).unwrap();
    let lines: Vec<serde_json::Value> = ours
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 7);
    assert_eq!(
        lines[0]["columns"],
        serde_json::json!([{"name": "project", "type": "varchar"}, {"name": "usd", "type": "double"}])
    );
    assert_eq!(
        lines[0]["rows"],
        serde_json::json!([["", 0.25], ["uniswap", 1.5], [null, null]])
    );
    assert_eq!(lines[4]["error"]["name"], "COLUMN_NOT_FOUND");
}

#[test]
fn conformance_asks_only_what_it_is_told_to() {
    let (code, stdout, _) = run(
        &["conformance", "--only", "answers/equal"],
        records().unwrap().path(),
    )
    .unwrap();
    assert_eq!(code, Some(0));
    assert!(
        stdout.ends_with("equal: 1; only the type differs: 0; refused: 0; different: 0\n"),
        "{stdout}"
    );
}

#[test]
fn conformance_says_what_is_missing_and_where_a_line_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let (code, _, stderr) = run(&["conformance"], folder.path()).unwrap();
    assert_eq!(code, Some(2));
    assert!(
        stderr.contains("tables.json") && stderr.contains("give a folder with"),
        "{stderr}"
    );

    let folder = records().unwrap();
    fs::write(
        folder.path().join("trino.jsonl"),
        format!("{TRINO}\n{{\"id\": \"a/b\"}}\n"),
    )
    .unwrap();
    let (code, _, stderr) = run(&["conformance"], folder.path()).unwrap();
    assert_eq!(code, Some(2));
    assert!(
        stderr.contains("trino.jsonl:9: missing field `sql`"),
        "{stderr}"
    );

    let (code, _, stderr) = run(
        &["conformance", "--only", "no such id"],
        records().unwrap().path(),
    )
    .unwrap();
    assert_eq!(code, Some(2));
    assert!(stderr.contains("no statement to ask"), "{stderr}");
}

#[test]
fn serve_lists_what_a_workspace_has_wrong_and_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = "team = \"acme\"\n\n[[tables]]\nname = \"dex.trades\"\nfile = \"gone.csv\"\n\n[[queries]]\nid = 1\nname = \"a\"\nfile = \"gone.sql\"\n";
    fs::write(folder.path().join("dune.toml"), manifest).unwrap();
    let (code, stdout, stderr) = run(&["serve"], folder.path()).unwrap();
    assert_eq!((code, stdout.as_str()), (Some(1), ""));
    assert!(
        stderr.contains("dune.toml:5") && stderr.contains("gone.csv"),
        "{stderr}"
    );
    assert!(
        stderr.contains("dune.toml:10") && stderr.contains("gone.sql"),
        "{stderr}"
    );
}

#[test]
fn serve_prints_what_a_shell_needs_and_stops_when_told_to() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("dune.toml"), "team = \"acme\"\n").unwrap();
    let mut serve = command(&["serve"], folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(serve.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok);
    let url = lines
        .find_map(|line| {
            line.strip_prefix("export DUNE_API_BASE_URL=")
                .map(str::to_owned)
        })
        .unwrap();
    assert!(url.starts_with("http://127.0.0.1:"), "{url}");
    let key = lines
        .find_map(|line| line.strip_prefix("export DUNE_API_KEY=").map(str::to_owned))
        .unwrap();
    assert!(!key.is_empty());

    let stop = Command::new("kill")
        .arg("-INT")
        .arg(serve.id().to_string())
        .status()
        .unwrap();
    assert!(stop.success());
    assert_eq!(serve.wait().unwrap().code(), Some(0));
}

#[test]
fn serve_does_not_show_a_key_that_it_was_given() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("dune.toml"), "team = \"acme\"\n").unwrap();
    let mut command = command(&["serve"], folder.path());
    let mut serve = command
        .env("DUNE_API_KEY", "a-secret-of-mine")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = BufReader::new(serve.stdout.take().unwrap());
    let mut text = String::new();
    while !text.contains("DUNE_API_KEY") && stdout.read_line(&mut text).unwrap() > 0 {}
    serve.kill().unwrap();
    serve.wait().unwrap();
    stdout.read_to_string(&mut text).unwrap();
    serve
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    assert!(
        text.contains("DUNE_API_KEY") && !text.contains("a-secret-of-mine"),
        "{text}"
    );
}

#[test]
fn serve_takes_no_key_from_its_arguments_and_names_the_variable_that_has_a_wrong_one() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("dune.toml"), "team = \"acme\"\n").unwrap();
    let (code, stdout, stderr) = run(&["serve", "--api-key", "mine"], folder.path()).unwrap();
    assert_eq!((code, stdout.as_str()), (Some(2), ""));
    assert!(stderr.contains("--api-key"), "{stderr}");

    let (_, help, _) = run(&["serve", "--help"], folder.path()).unwrap();
    assert!(help.contains("DUNE_API_KEY"), "{help}");

    let mut wrong = command(&["serve"], folder.path());
    let Output { status, stderr, .. } = wrong.env("DUNE_API_KEY", "two words").output().unwrap();
    let stderr = String::from_utf8(stderr).unwrap();
    assert_eq!(status.code(), Some(2));
    assert!(
        stderr.contains("DUNE_API_KEY") && !stderr.contains("two words"),
        "{stderr}"
    );
}
