//! A program that is killed while its run goes on, and run again.
//!
//! The program is this test binary itself, started again with a test that is the program's `main`.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use dune_pipeline::Dune;

use super::ledger::{assert_usd, trades, volumes};
use super::resume::{program, trend};
use crate::sample::{Sample, client};

/// Where the program finds its file; without it there is no program to be.
const FILE: &str = "DUNE_PIPELINE_TESTS_RESUME";

/// The program, in a process of its own.
fn process(sample: &Sample, file: &Path) -> Child {
    let test = concat!(module_path!(), "::the_program_in_a_process_of_its_own");
    let (_, test) = test.split_once("::").unwrap();
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(FILE, file)
        .env("DUNE_API_BASE_URL", sample.local.base_url())
        .env("DUNE_API_KEY", sample.local.api_key())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[tokio::test]
async fn the_program_in_a_process_of_its_own() {
    if let Some(file) = std::env::var_os(FILE) {
        program(Path::new(&file)).await.unwrap();
    }
}

#[tokio::test]
async fn a_program_that_is_killed_goes_on_with_the_same_run() {
    let sample = Sample::with_days(30).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run");

    let mut first = process(&sample, &file);
    let id = loop {
        match fs::read_to_string(&file) {
            Ok(text) if text != "starting" => break text,
            _ => assert!(first.try_wait().unwrap().is_none(), "it ended by itself"),
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    };
    first.kill().unwrap();
    let killed = first.wait_with_output().unwrap();
    assert!(!killed.status.success());
    assert_eq!(fs::read_to_string(&file).unwrap(), id);

    let second = process(&sample, &file);
    let second = tokio::task::spawn_blocking(|| second.wait_with_output().unwrap());
    let second = second.await.unwrap();
    let (out, err) = (
        String::from_utf8(second.stdout).unwrap(),
        String::from_utf8(second.stderr).unwrap(),
    );
    assert!(second.status.success(), "{out}{err}");
    assert!(err.contains(&format!("run {id} is taken up")), "{err}");
    assert!(!err.contains("is started"), "{err}");
    assert!(!file.exists(), "what is done is done");

    let volumes = volumes_by_day(&sample);
    let expected = format!("2025-03-30: {:.2} USD", volumes["2025-03-30"]);
    assert!(out.contains(&expected), "{out}");
}

fn volumes_by_day(sample: &Sample) -> std::collections::BTreeMap<String, f64> {
    let trades = trades(&sample.workspace);
    let volumes = volumes(&trades, |trade| &trade.day);
    let owned = |(day, usd): (&str, f64)| (day.to_owned(), usd);
    volumes.into_iter().map(owned).collect()
}

#[tokio::test]
async fn one_that_was_killed_while_it_started_a_run_does_not_start_another() {
    let sample = Sample::with_days(1).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run");
    fs::write(&file, "starting").unwrap();
    let error = trend(&sample.dune, &file).await.unwrap_err().to_string();
    assert!(error.contains("look at the executions in Dune"), "{error}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "starting");
}

#[tokio::test]
async fn what_cannot_have_started_or_is_over_leaves_no_file_behind() {
    let sample = Sample::with_days(2).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run");
    let nobody = Dune::builder()
        .base_url("http://127.0.0.1:9")
        .api_key("none")
        .retries(0)
        .build()
        .unwrap();
    trend(&nobody, &file).await.unwrap_err();
    assert!(!file.exists());

    let query = sample.workspace.folder().join("queries/daily_trend.sql");
    let sql = fs::read_to_string(&query).unwrap();
    fs::write(&query, "select nonsense from dex.trades").unwrap();
    let sample = sample.restarted().await;
    let error = trend(&sample.dune, &file).await.unwrap_err().to_string();
    assert!(error.contains("nonsense"), "{error}");
    assert!(!file.exists());

    fs::write(&query, sql).unwrap();
    let sample = sample.restarted().await;
    let days = trend(&client(&sample.local), &file).await.unwrap();
    let volumes = volumes_by_day(&sample);
    assert_eq!(days.len(), 2);
    for row in days {
        assert_usd(row.volume_usd, volumes[&row.day], &row.day);
    }
}
