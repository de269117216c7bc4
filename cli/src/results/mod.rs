//! `dune-pipeline results`: the rows of a run's query, of an execution, or of a query's latest one, as a table, CSV, JSON or
//! Parquet, on standard output or in a file that is whole or not there.

mod parquet;
mod progress;
mod rows;

use std::path::{Path, PathBuf};

use clap::{ArgGroup, ValueEnum};
use dune_pipeline::rows::{Filter, SortKey, column};
use dune_pipeline::{Dune, Results, Run, RunStatus, Task};

use self::progress::Progress;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::interrupt::Interrupts;
use crate::key;
use crate::source::QueryArguments;

/// How many rows a table has unless told otherwise: what a person reads.
const TABLE_ROWS: u64 = 50;

/// Whose rows, which of them, and in what form.
#[derive(Debug, clap::Args)]
#[command(group = ArgGroup::new("whose").required(true).multiple(true).args(["run", "execution", "query"]))]
#[command(after_help = "\
  dune-pipeline results RUN                   of the one query of a run, or of one named with --query or --node
  dune-pipeline results --execution ID        of one execution
  dune-pipeline results --query ID            the latest of a query; with --parameter, of those values

Reading rows costs export credits. The file of --output is put in its place when all rows are in it.")]
pub(crate) struct ResultsArguments {
    /// The id of a run
    #[arg(value_name = "RUN")]
    run: Option<String>,
    /// The node of the run, by its id in the pipeline
    #[arg(long, value_name = "ID", requires = "run", conflicts_with = "query")]
    node: Option<i64>,
    /// The id of an execution
    #[arg(long, value_name = "ID", conflicts_with_all = ["run", "query"])]
    execution: Option<String>,
    #[command(flatten)]
    query: QueryArguments,
    /// The form; unless given the one that the name of the file ends in, or a table where there is no file
    #[arg(long, short, value_enum, value_name = "FORM")]
    format: Option<Form>,
    /// The same as `--format json`
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// Write to this file, with progress on a terminal
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Only rows that fulfil this, in Dune's filter language: "volume_usd > 1000 AND blockchain = 'base'"
    #[arg(long, value_name = "CONDITION")]
    filter: Option<String>,
    /// Sort by this column, downwards with ` desc` behind it; may be given several times
    #[arg(long, value_name = "COLUMN")]
    sort_by: Vec<String>,
    /// Only these columns
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    columns: Vec<String>,
    /// About so many rows, chosen by Dune at random
    #[arg(long, value_name = "ROWS", conflicts_with_all = ["filter", "limit", "offset"])]
    sample: Option<u64>,
    /// Pass over so many rows
    #[arg(long, value_name = "ROWS")]
    offset: Option<u64>,
    /// At most so many rows; a table has 50 unless given
    #[arg(long, value_name = "ROWS")]
    limit: Option<u64>,
    /// Take what there is of a result that Dune cut because it is too large
    #[arg(long)]
    allow_partial: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For people
    Table,
    /// As Dune writes it
    Csv,
    /// A list of objects
    Json,
    /// A file for analysis, with the types of the columns; needs --output
    Parquet,
}

pub(crate) async fn run(arguments: ResultsArguments) -> Result<(), CommandError> {
    // A file has to be tidied up after; whoever reads from a pipe is ended by the same key.
    if arguments.output.is_none() {
        return write(&arguments).await;
    }
    let mut interrupts = Interrupts::listen().map_err(CommandError::Signal)?;
    tokio::select! {
        done = write(&arguments) => done,
        () = interrupts.next() => Err(CommandError::Told(Exit::Interrupted)),
    }
}

async fn write(arguments: &ResultsArguments) -> Result<(), CommandError> {
    let form = form(arguments)?;
    let dune = key::dune()?;
    let results = select(find(&dune, arguments).await?, arguments);
    let file = arguments.output.as_deref();
    let progress = Progress::of(file, arguments.limit);
    match form {
        Form::Table => {
            // How many there are comes with the first page, so no more is read than is shown.
            let wanted = arguments.limit.or(arguments.sample);
            let part = rows::Part {
                offset: arguments.offset.unwrap_or(0),
                limit: wanted.unwrap_or(TABLE_ROWS),
                limit_is_ours: wanted.is_none(),
            };
            rows::table(results, part, file).await
        }
        Form::Json => rows::json(results, file, progress).await,
        Form::Csv => rows::csv(results, file, progress).await,
        Form::Parquet => parquet::write(results, file, progress).await,
    }
}

/// Which of the rows.
fn select(mut results: Results, arguments: &ResultsArguments) -> Results {
    if arguments.allow_partial {
        results = results.allow_partial();
    }
    if let Some(condition) = &arguments.filter {
        results = results.filter(Filter::text(condition.as_str()));
    }
    for key in &arguments.sort_by {
        results = results.sort_by(sort_key(key));
    }
    if !arguments.columns.is_empty() {
        results = results.columns(arguments.columns.iter().map(String::as_str));
    }
    if let Some(rows) = arguments.sample {
        results = results.sample(rows);
    }
    if let Some(rows) = arguments.offset {
        results = results.offset(rows);
    }
    match arguments.limit {
        Some(rows) => results.limit(rows),
        None => results,
    }
}

/// `volume_usd`, or `volume_usd desc`.
fn sort_key(text: &str) -> SortKey {
    let trimmed = text.trim_end();
    let upper = trimmed.to_ascii_uppercase();
    let (name, down) = match (upper.strip_suffix(" DESC"), upper.strip_suffix(" ASC")) {
        (Some(name), _) => (trimmed.get(..name.len()), true),
        (None, Some(name)) => (trimmed.get(..name.len()), false),
        (None, None) => (Some(trimmed), false),
    };
    let name = column(name.unwrap_or(trimmed).trim());
    match down {
        true => name.descending(),
        false => name.ascending(),
    }
}

fn form(arguments: &ResultsArguments) -> Result<Form, CommandError> {
    if arguments.json {
        return Ok(Form::Json);
    }
    if let Some(form) = arguments.format {
        return Ok(form);
    }
    let Some(file) = arguments.output.as_deref() else {
        return Ok(Form::Table);
    };
    let ending = file
        .extension()
        .map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    match ending.as_deref() {
        Some("csv") => Ok(Form::Csv),
        Some("json") => Ok(Form::Json),
        Some("parquet") => Ok(Form::Parquet),
        _ => Err(unknown_form(file)),
    }
}

fn unknown_form(file: &Path) -> CommandError {
    let file = file.display();
    CommandError::Usage(format!(
        "{file}: its name does not say in which form, as .csv, .json and .parquet do; add --format"
    ))
}

/// Whose rows are meant.
async fn find(dune: &Dune, arguments: &ResultsArguments) -> Result<Results, CommandError> {
    if let Some(id) = &arguments.execution {
        return Ok(dune.execution(id.as_str())?.results());
    }
    let Some(id) = &arguments.run else {
        let query = arguments.query.spec();
        let query = query
            .ok_or_else(|| CommandError::Usage("name a run, --execution or --query".to_owned()))?;
        return Ok(dune.latest_results(query)?);
    };
    if !arguments.query.parameter.is_empty() {
        let text = "a run has the rows of the values it was started with: leave out --parameter, or the run";
        return Err(CommandError::Usage(text.to_owned()));
    }
    let run = dune.run(id.as_str())?;
    match (arguments.query.query, arguments.node) {
        (Some(query), _) => Ok(run.query_results(query)),
        (None, node) => of_node(dune, &run, node).await,
    }
}

/// Those of a node by its id, or of the one node that runs a query.
async fn of_node(dune: &Dune, run: &Run, id: Option<i64>) -> Result<Results, CommandError> {
    let status = run.status().await?;
    let node = match id {
        Some(id) => status.node_by_id(id).ok_or_else(|| {
            CommandError::Usage(format!(
                "run {} has no node {id}; {}",
                run.id(),
                queries(&status)
            ))
        })?,
        None => {
            let all = status.nodes().iter();
            let mut all = all.filter(|node| matches!(node.task(), Task::Query(_)));
            match (all.next(), all.next()) {
                (Some(node), None) => node,
                _ => {
                    let text = format!("say whose rows with --node: {}", queries(&status));
                    return Err(CommandError::Usage(text));
                }
            }
        }
    };
    match (node.task(), node.execution_id()) {
        (Task::Refresh(_), _) => Err(CommandError::Usage(format!(
            "node {} refreshes a view and has no rows; {}",
            node.name(),
            queries(&status)
        ))),
        (_, Some(execution)) => Ok(dune.execution(execution)?.results()),
        (_, None) => Err(CommandError::NoRows {
            run: run.id().to_owned(),
            node: node.to_string(),
        }),
    }
}

/// The nodes that have rows.
fn queries(status: &RunStatus) -> String {
    let nodes = status.nodes().iter();
    let nodes = nodes.filter(|node| matches!(node.task(), Task::Query(_)));
    let nodes: Vec<String> = nodes
        .map(|node| format!("{} ({})", node.id(), node.task()))
        .collect();
    match nodes.as_slice() {
        [] => "no node of the run is a query".to_owned(),
        nodes => format!("its queries are {}", nodes.join(", ")),
    }
}
