//! A backfill over thirty days: a file for each day that has none yet, one day after the other, so that a day that fails
//! leaves no hole behind it. Run again, it goes on where it stopped.
//!
//! `cargo run --example backfill [-- FOLDER [FIRST_DAY [DAYS]]]`

use std::error::Error;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::NaiveDate;
use dune_pipeline::{Dune, pipeline};
use dune_pipeline_examples::{Session, finish};
use serde::{Deserialize, Serialize};

/// One chain on one day.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Summary {
    pub(crate) blockchain: String,
    pub(crate) trades: u64,
    pub(crate) takers: u64,
    pub(crate) volume_usd: f64,
}

/// The file of a day.
pub(crate) fn file(folder: &Path, day: NaiveDate) -> PathBuf {
    folder.join(format!("{day}.csv"))
}

/// Fills in what is missing of `days` consecutive days from `first` on, and says how many files are new. Where a day fails,
/// those before it are kept, and those after it are not run.
pub(crate) async fn fill(
    dune: &Dune,
    folder: &Path,
    first: NaiveDate,
    days: usize,
) -> Result<usize, Box<dyn Error>> {
    fs::create_dir_all(folder)?;
    let days = first.iter_days().take(days);
    let missing: Vec<NaiveDate> = days.filter(|day| !file(folder, *day).exists()).collect();
    if missing.is_empty() {
        return Ok(0);
    }
    let backfill = pipeline![day = in_turn(&missing, |day| query(3107).parameters(day = day)),];
    let run = dune.execute(&backfill).await?;
    let ended = run.wait().await;
    let status = run.status().await?;
    let mut filled = 0;
    for (day, node) in missing.iter().zip(&backfill.day) {
        let node_status = status.node(node);
        if node_status.is_some_and(|node| node.state().is_success()) {
            let rows: Vec<Summary> = run.rows(node).await?;
            write(&file(folder, *day), &rows)?;
            filled += 1;
        }
    }
    ended?;
    Ok(filled)
}

/// Writes a day under another name first, so that a file with the name of a day is whole.
fn write(path: &Path, rows: &[Summary]) -> io::Result<()> {
    let unfinished = path.with_extension("unfinished");
    let mut out = csv::Writer::from_path(&unfinished)?;
    for row in rows {
        out.serialize(row)?;
    }
    out.flush()?;
    fs::rename(unfinished, path)
}

#[tokio::main]
async fn main() -> ExitCode {
    finish(print().await)
}

async fn print() -> Result<ExitCode, Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().unwrap_or("target/backfill".to_owned()));
    let first = arguments.next().unwrap_or("2025-03-01".to_owned());
    let first = first
        .parse()
        .map_err(|error| format!("the first day `{first}`: {error}"))?;
    let days = arguments.next().unwrap_or("30".to_owned());
    let days = days
        .parse()
        .map_err(|error| format!("the number of days `{days}`: {error}"))?;
    let session = Session::start().await?;
    let filled = fill(session.dune(), &folder, first, days).await?;
    session.end().await;

    println!("{filled} new files in {}", folder.display());
    Ok(ExitCode::SUCCESS)
}
