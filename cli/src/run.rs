//! `dune-pipeline run`: starts a pipeline, tells its id at once, and follows it where that is wanted.

use std::io::{self, IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgGroup, ValueEnum};
use dune_pipeline::{Dune, Error, Run};
use serde_json::json;

use crate::error::CommandError;
use crate::exit::Exit;
use crate::follow::{Follow, Then, follow};
use crate::interrupt::Interrupts;
use crate::live::How;
use crate::report::Shape;
use crate::source::{self, QueryArguments, TierArgument};
use crate::{key, span};

/// Up to how many nodes are asked for what they cost unless `--credits` is given.
pub(crate) const COSTS_OF: usize = 20;

/// What to run, and whether to wait for it.
#[derive(Debug, clap::Args)]
#[command(group = ArgGroup::new("what").required(true).args(["file", "query"]))]
#[command(after_help = "\
The id of the run is the first thing on standard output, before anything is waited for. With --wait a tree on a terminal
shows each node, and in a pipe a line tells each change. Ctrl-C then asks Dune to cancel the run and says what came of it, node
by node; a second one leaves at once.

A request that may have started a run is never sent again blindly: the error says so, and Dune's list of executions
shows whether it did.")]
pub(crate) struct RunArguments {
    /// A pipeline as JSON, {"nodes": [..]}, as Dune's API takes it; `-` reads it from standard input
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    query: QueryArguments,
    #[command(flatten)]
    tier: TierArgument,
    /// Run the pipeline that belongs to the query, instead of all views under it and then the query
    #[arg(long, requires = "query")]
    own_pipeline: bool,
    /// Follow the run until it has ended
    #[arg(long, short)]
    wait: bool,
    #[command(flatten)]
    timeout: Timeout,
    /// Ask what each node cost also of runs with more than 20 nodes: a read for each
    #[arg(long, requires = "wait")]
    credits: bool,
    /// Write JSON: the id, and with --wait an object a line for each change, the last with everything
    #[arg(long)]
    json: bool,
}

/// How long to wait, and what then.
#[derive(Debug, clap::Args)]
pub(crate) struct Timeout {
    /// How long to wait at most: 90s, 15m, 1h30m
    #[arg(long, value_name = "TIME", requires = "wait", value_parser = span::parse)]
    timeout: Option<Duration>,
    /// What becomes of the run when that time has passed
    #[arg(long, value_enum, value_name = "WHAT", default_value_t = OnTimeout::Cancel, requires = "timeout")]
    on_timeout: OnTimeout,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum OnTimeout {
    /// Dune is asked to cancel it
    Cancel,
    /// It goes on
    Leave,
}

pub(crate) async fn run(arguments: RunArguments) -> Result<(), CommandError> {
    let mut interrupts = Interrupts::listen().map_err(CommandError::Signal)?;
    let started = tokio::select! {
        started = start(&arguments) => started?,
        () = interrupts.next() => {
            // A lost id is worse than a lost second: say what is not known.
            let text = "interrupted before Dune had answered: a run may have been started; Dune's list of executions shows it";
            drop(writeln!(io::stderr(), "{text}"));
            return Err(CommandError::Told(Exit::Interrupted));
        }
    };
    let (dune, run, shape) = started;
    tell_id(run.id(), &arguments).map_err(CommandError::Output)?;
    if !arguments.wait {
        return Ok(());
    }
    let then = match arguments.timeout.on_timeout {
        OnTimeout::Cancel => Then::Cancel,
        OnTimeout::Leave => Then::Leave,
    };
    let how = Follow {
        how: How::of(arguments.json),
        shape,
        interrupted: Then::Cancel,
        deadline: arguments.timeout.timeout.map(|limit| (limit, then)),
        began_before: false,
        costs_of: if arguments.credits {
            usize::MAX
        } else {
            COSTS_OF
        },
    };
    follow(&dune, &run, how, &mut interrupts).await
}

async fn start(arguments: &RunArguments) -> Result<(Dune, Run, Shape), CommandError> {
    if let Some(file) = &arguments.file {
        let pipeline = source::pipeline(file)?;
        let dune = key::dune()?;
        let run = dune.execute(&pipeline).await?;
        return Ok((dune, run, Shape::Known));
    }
    let query = arguments.tier.of(arguments.query.spec());
    let query = query
        .ok_or_else(|| CommandError::Usage("name a file, or a query with --query".to_owned()))?;
    let dune = key::dune()?;
    // What waits for what is known by the pipeline of the query alone; only whoever watches needs it.
    let shape = match arguments.wait {
        true => Some(dune.query_pipeline(query.clone()).await?),
        false => None,
    };
    let run = match arguments.own_pipeline {
        true => dune.execute_query_pipeline(query).await?,
        false => dune.execute_lineage(query).await?,
    };
    let shaped = match shape {
        Some(shape) => shaped(&run, &shape).await,
        None => None,
    };
    let shape = Shape::known_if(shaped.is_some());
    Ok((dune, shaped.unwrap_or(run), shape))
}

/// The run with what its nodes wait for, if Dune runs what it said that it would.
async fn shaped(run: &Run, shape: &dune_pipeline::Pipeline) -> Option<Run> {
    let shaped = run.attach(shape).ok()?;
    match shaped.status().await {
        Err(Error::OtherPipeline { .. }) => None,
        // Whatever else is wrong is told by whoever follows it.
        _ => Some(shaped),
    }
}

/// The id, before anything else can go wrong.
fn tell_id(id: &str, arguments: &RunArguments) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match (arguments.json, arguments.wait) {
        (true, true) => writeln!(
            out,
            "{}",
            json!({"event": "started", "pipeline_execution_id": id})
        )?,
        (true, false) => writeln!(out, "{}", json!({"pipeline_execution_id": id}))?,
        (false, _) => writeln!(out, "{id}")?,
    }
    out.flush()?;
    if !arguments.wait && !arguments.json && io::stdout().is_terminal() {
        drop(writeln!(
            io::stderr(),
            "follow it with: dune-pipeline watch {id}"
        ));
    }
    Ok(())
}
