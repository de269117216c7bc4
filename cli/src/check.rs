//! `dune-pipeline check`: whether a JSON file is a pipeline, with everything that is wrong with it and in the words of
//! `pipeline!`. Nothing is sent.

use std::io::{self, Write as _};
use std::path::PathBuf;

use dune_pipeline::{InvalidJson, JsonFault, Pipeline};
use serde_json::{Value, json};

use crate::error::CommandError;
use crate::exit::Exit;
use crate::{report, source};

/// What to check.
#[derive(Debug, clap::Args)]
#[command(after_help = "It needs no key and no network, and exits with 1 where there is a fault.")]
pub(crate) struct CheckArguments {
    /// A pipeline as JSON, as Dune's API takes it; `-` reads it from standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Write one JSON object with all faults
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &CheckArguments) -> Result<(), CommandError> {
    let (place, text) = source::read(&arguments.file)?;
    let read = Pipeline::from_json(&text);
    if arguments.json {
        let faults = read.as_ref().err();
        let value = json!({
            "faults": faults.map_or(&[][..], InvalidJson::faults).iter().map(fault).collect::<Vec<_>>(),
            "others": faults.map_or(0, InvalidJson::others),
        });
        report::print(&value).map_err(CommandError::Output)?;
        return match read {
            Ok(_) => Ok(()),
            Err(_) => Err(CommandError::Told(Exit::Failed)),
        };
    }
    match read {
        Ok(pipeline) => {
            let mut out = io::stdout().lock();
            writeln!(out, "{place}: no faults\n\n{pipeline}").map_err(CommandError::Output)
        }
        Err(faults) => Err(CommandError::Faults { place, faults }),
    }
}

fn fault(fault: &JsonFault) -> Value {
    match fault {
        JsonFault::NotJson { line, column, why } => json!({
            "kind": "not_json",
            "line": line,
            "column": column,
            "message": why,
        }),
        JsonFault::Form { path, why, help } => json!({
            "kind": "form",
            "path": path,
            "message": why,
            "help": help,
        }),
        JsonFault::Rule(fault) => json!({
            "kind": "rule",
            "node": fault.node(),
            "message": fault.headline(),
            "notes": fault.notes(),
            "help": fault.help(),
        }),
        other => json!({"kind": "other", "message": other.to_string()}),
    }
}
