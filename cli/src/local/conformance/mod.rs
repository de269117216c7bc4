//! `dune-pipeline conformance`: what a local Dune answers to statements that a Trino has answered, counted area by area.
//! The tables become a workspace, the statements go over the server's own HTTP API, and the answers are judged here.

mod ask;
mod case;
mod kind;
mod report;
mod same;
mod verdict;
mod workspace;

use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use dune_local::LocalDune;
use serde::de::DeserializeOwned;

use super::LocalError;
pub(crate) use ask::AskError;
use ask::Dune;
use case::{Outcome, Record, Tables};
use report::Report;
use verdict::Verdict;

/// What to ask, and where to write it.
#[derive(Debug, clap::Args)]
pub(crate) struct Conformance {
    /// A folder with `tables.json` and `trino.jsonl`
    folder: PathBuf,
    /// Write our answers as lines of the same form
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Ask only the statements whose id contains this
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// Say of each statement that is not answered as Trino does what it came to
    #[arg(long)]
    list: bool,
}

pub(crate) async fn run(options: Conformance) -> Result<(), LocalError> {
    let tables: Tables = read_tables(&options.folder.join("tables.json"))?;
    let mut records = read_records(&options.folder.join("trino.jsonl"))?;
    if let Some(only) = &options.only {
        records.retain(|record| record.case.id.contains(only));
    }
    if records.is_empty() {
        return Err(LocalError::NothingToAsk {
            folder: options.folder,
        });
    }
    let out = options
        .out
        .as_deref()
        .map(|file| File::create(file).map_err(|source| LocalError::write(file, source)))
        .transpose()?;
    let workspace = tempfile::tempdir().map_err(LocalError::Scratch)?;
    workspace::lay_out(&tables.tables, workspace.path()).map_err(LocalError::Scratch)?;

    let local = LocalDune::start(workspace.path()).await?;
    // Stopped half way, the workspace still goes with us.
    let asked = tokio::select! {
        asked = ask_all(&local, &records) => asked.map_err(LocalError::from),
        _ = tokio::signal::ctrl_c() => Err(LocalError::Interrupted),
    };
    local.shutdown().await;
    let outcomes = asked?;

    if let (Some(file), Some(path)) = (out, &options.out) {
        write_outcomes(file, &records, &outcomes)
            .map_err(|source| LocalError::write(path, source))?;
    }
    print(&options, &records, &outcomes).map_err(LocalError::Output)
}

async fn ask_all(local: &LocalDune, records: &[Record]) -> Result<Vec<Outcome>, AskError> {
    let dune = Dune::new(local.base_url(), local.api_key())?;
    let mut outcomes = Vec::with_capacity(records.len());
    for record in records {
        outcomes.push(dune.ask(&record.case.sql).await?);
    }
    Ok(outcomes)
}

fn print(options: &Conformance, records: &[Record], outcomes: &[Outcome]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let folder = options
        .folder
        .file_name()
        .map_or("all".into(), |name| name.to_string_lossy());
    let mut report = Report::default();
    for (record, ours) in records.iter().zip(outcomes) {
        let verdict = verdict::judge(&record.case, &record.outcome, ours);
        report.add(record.case.area().unwrap_or(&folder), &verdict);
        if options.list && !matches!(verdict, Verdict::Equal | Verdict::RefusedAlike) {
            writeln!(out, "{}: {verdict}", record.case.id)?;
        }
    }
    writeln!(out, "{report}")
}

fn write_outcomes(file: File, records: &[Record], outcomes: &[Outcome]) -> io::Result<()> {
    let mut out = BufWriter::new(file);
    for (record, ours) in records.iter().zip(outcomes) {
        let mut ours = Record {
            case: record.case.clone(),
            outcome: ours.clone(),
        };
        ours.sort();
        serde_json::to_writer(&mut out, &ours)?;
        out.write_all(b"\n")?;
    }
    out.flush()
}

fn read_text(file: &Path) -> Result<String, LocalError> {
    fs::read_to_string(file).map_err(|source| LocalError::Read {
        file: file.to_owned(),
        source,
    })
}

fn read_tables(file: &Path) -> Result<Tables, LocalError> {
    let tables: Tables = parse(file, 1, &read_text(file)?)?;
    match tables.misfit() {
        Some(reason) => Err(LocalError::Input {
            file: file.to_owned(),
            line: 1,
            reason,
        }),
        None => Ok(tables),
    }
}

fn read_records(file: &Path) -> Result<Vec<Record>, LocalError> {
    let text = read_text(file)?;
    let lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(at, line)| parse(file, at + 1, line)).collect()
}

/// `line` is where the text begins in its file, counted from 1.
fn parse<T: DeserializeOwned>(file: &Path, line: usize, text: &str) -> Result<T, LocalError> {
    serde_json::from_str(text).map_err(|error| LocalError::Input {
        file: file.to_owned(),
        line: line + error.line().saturating_sub(1),
        reason: error.to_string(),
    })
}
