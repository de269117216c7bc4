//! What a real Trino answered, asked of the embedded engine: equal, or refused by name, never different.
//!
//! `cases/` is a selection that stands in the repository. All of it runs where `ORACLE` names a folder with
//! `tables.json` and `trino.jsonl`, or where `../shared/oracle` lies beside the workspace.

#![expect(clippy::unwrap_used, reason = "what helps a test may fail like a test")]

mod compare;
mod tables;

use std::{collections::BTreeMap, fmt::Write as _, path::Path};

use dune_local::engine::{DataFusionEngine, Engine, Settings, SqlError};
use futures::StreamExt;
use serde_json::Value as Json;

/// How an answer stands to Trino's.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Verdict {
    Equal,
    Refused,
    Different,
}

/// An answer: columns' names and types, and rows.
struct Given {
    columns: Vec<(String, String)>,
    rows: Vec<Vec<Json>>,
}

async fn ask(engine: &dyn Engine, sql: &str) -> Result<Given, SqlError> {
    let answer = engine.query(sql).await?;
    let columns = answer
        .columns
        .into_iter()
        .map(|c| (c.name, c.data_type))
        .collect();
    let (mut batches, mut rows) = (answer.rows, Vec::new());
    while let Some(batch) = batches.next().await {
        rows.extend(batch?);
    }
    Ok(Given { columns, rows })
}

/// The verdict on one case, and what is to be said about it.
async fn judge(engine: &dyn Engine, case: &Json) -> (Verdict, String) {
    let answer = ask(engine, case["sql"].as_str().unwrap()).await;
    match (answer, case.get("error")) {
        (Err(error), Some(wanted)) if error.name == wanted["name"] => {
            (Verdict::Equal, String::new())
        }
        // A refusal of what Trino refuses is right, whatever it is called.
        (Err(error), wanted) => {
            let wanted = wanted
                .map(|w| format!(" (Trino: {})", w["name"]))
                .unwrap_or_default();
            (Verdict::Refused, format!("{}: {error}{wanted}", error.name))
        }
        (Ok(given), Some(wanted)) => (
            Verdict::Different,
            format!(
                "answered {} rows, Trino refuses: {}",
                given.rows.len(),
                wanted["message"]
            ),
        ),
        (Ok(given), None) => match compare::difference(&given.columns, given.rows, case) {
            None => (Verdict::Equal, String::new()),
            Some(what) => (Verdict::Different, what),
        },
    }
}

/// Runs all cases of a folder, and says how they went, area by area.
async fn run(folder: &Path, by_area: bool) -> (BTreeMap<String, [usize; 3]>, String) {
    let engine = DataFusionEngine::new(&Settings::default()).unwrap();
    let files = tempfile::tempdir().unwrap();
    tables::attach(&engine, &folder.join("tables.json"), files.path()).await;
    let (mut counts, mut log) = (BTreeMap::<String, [usize; 3]>::new(), String::new());
    let cases = std::fs::read_to_string(folder.join("trino.jsonl")).unwrap();
    let only = std::env::var("ORACLE_ONLY").ok();
    for line in cases.lines().filter(|line| !line.trim().is_empty()) {
        let case: Json = serde_json::from_str(line).unwrap();
        let id = case["id"].as_str().unwrap();
        if only
            .as_ref()
            .is_some_and(|only| !id.contains(only.as_str()))
        {
            continue;
        }
        let (verdict, what) = judge(&engine, &case).await;
        let area = if by_area {
            id.split('/').next().unwrap()
        } else if id.starts_with("err_") {
            "refusals"
        } else {
            "queries"
        };
        counts.entry(area.to_owned()).or_default()[verdict as usize] += 1;
        if verdict != Verdict::Equal {
            writeln!(log, "{verdict:?} {id}: {what}").unwrap();
        }
    }
    (counts, log)
}

fn table(counts: &BTreeMap<String, [usize; 3]>) -> String {
    let mut out = format!(
        "{:14}{:>7}{:>9}{:>11}\n",
        "", "equal", "refused", "different"
    );
    let mut sum = [0; 3];
    for (area, [equal, refused, different]) in counts {
        writeln!(out, "{area:14}{equal:7}{refused:9}{different:11}").unwrap();
        sum = [sum[0] + equal, sum[1] + refused, sum[2] + different];
    }
    writeln!(out, "{:14}{:7}{:9}{:11}", "all", sum[0], sum[1], sum[2]).unwrap();
    out
}

#[tokio::test(flavor = "multi_thread")]
async fn the_engine_answers_as_trino_or_refuses() {
    let (counts, log) = run(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/cases"),
        true,
    )
    .await;
    assert!(log.is_empty(), "{}\n{log}", table(&counts));
}

#[tokio::test(flavor = "multi_thread")]
async fn all_of_a_given_oracle_is_counted() {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/oracle");
    let root = std::env::var_os("ORACLE").map_or(beside, Into::into);
    for (part, by_area) in [("expressions", true), ("queries", false)] {
        let folder = root.join(part);
        if !folder.is_dir() {
            println!("no oracle at {}: nothing counted", folder.display());
            continue;
        }
        let (counts, log) = run(&folder, by_area).await;
        println!("{part}\n{}", table(&counts));
        if let Some(out) = std::env::var_os("ORACLE_LOG") {
            std::fs::write(Path::new(&out).join(format!("{part}.txt")), log).unwrap();
        }
    }
}
