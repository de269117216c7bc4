//! The pipeline or the query that the arguments name: a JSON file, standard input, or a query of Dune's.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use dune_pipeline::{Performance, Pipeline, QuerySpec, query};

use crate::error::CommandError;

/// A query of Dune's, with what its parameters are to be.
#[derive(Debug, clap::Args)]
pub(crate) struct QueryArguments {
    /// A query, by its id: the number in its address, dune.com/queries/<ID>
    #[arg(long, value_name = "ID", value_parser = clap::value_parser!(i64).range(1..))]
    pub(crate) query: Option<i64>,
    /// A parameter of the query; may be given several times
    #[arg(long, short, value_name = "KEY=VALUE", requires = "query", value_parser = parameter)]
    pub(crate) parameter: Vec<(String, String)>,
}

impl QueryArguments {
    /// The query, if one was named.
    pub(crate) fn spec(&self) -> Option<QuerySpec> {
        let parameters = self.parameter.iter();
        Some(parameters.fold(query(self.query?), |spec, (key, value)| {
            spec.parameter(key.as_str(), value.as_str())
        }))
    }
}

/// Where that query is to run, of a command that has it run.
#[derive(Debug, clap::Args)]
pub(crate) struct TierArgument {
    /// The tier of Dune's engine to run on, such as `medium` or `large`; Dune chooses unless given
    #[arg(long, value_name = "TIER", requires = "query", value_parser = performance)]
    performance: Option<Performance>,
}

impl TierArgument {
    /// The query on that tier.
    pub(crate) fn of(&self, query: Option<QuerySpec>) -> Option<QuerySpec> {
        Some(query?.performance(self.performance))
    }
}

/// `key=value`; the value may be empty, and may have further `=` in it.
pub(crate) fn parameter(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("write it as KEY=VALUE".to_owned()),
    }
}

pub(crate) fn performance(text: &str) -> Result<Performance, String> {
    let tier = text.to_ascii_lowercase().parse();
    tier.map_err(|_| "no tier in Dune's documents has this name".to_owned())
}

/// A text from a file, or from standard input where the file is `-`, and what to call it. A mark of the byte order before it, as
/// some editors write one, is no part of it.
pub(crate) fn read(file: &Path) -> Result<(String, String), CommandError> {
    if file == Path::new("-") {
        let mut text = String::new();
        let read = io::stdin().lock().read_to_string(&mut text);
        read.map_err(CommandError::Input)?;
        return Ok(("standard input".to_owned(), unmarked(text)));
    }
    let text = fs::read_to_string(file).map_err(|source| CommandError::Read {
        file: PathBuf::from(file),
        source,
    })?;
    Ok((file.display().to_string(), unmarked(text)))
}

fn unmarked(text: String) -> String {
    match text.strip_prefix('\u{feff}') {
        Some(text) => text.to_owned(),
        None => text,
    }
}

/// The pipeline in a JSON file, or in standard input.
pub(crate) fn pipeline(file: &Path) -> Result<Pipeline, CommandError> {
    let (place, text) = read(file)?;
    Pipeline::from_json(&text).map_err(|faults| CommandError::NoPipeline { place, faults })
}
