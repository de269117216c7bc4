//! The command `dune-pipeline`: runs of pipelines from a shell, from starting them to their rows, and a local Dune.
//! Each subcommand has a room of its own; data goes to standard output, everything else to standard error.

mod cancel;
mod check;
mod completions;
mod cost;
mod error;
mod exit;
mod follow;
mod graph;
mod interrupt;
mod key;
mod live;
#[cfg(feature = "local")]
mod local;
mod login;
mod output;
mod query;
mod report;
mod results;
mod run;
mod source;
mod span;
mod status;
mod table;
mod taken_up;
mod terminal;
mod usage;
mod views;
mod watch;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::error::CommandError;
use crate::exit::Exit;

/// Pipelines on Dune: start, follow and cancel runs, read their rows, and try them on a local Dune
#[derive(Debug, Parser)]
#[command(name = "dune-pipeline", version, after_help = exit::HELP)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start a pipeline of a file, or a query with all views under it
    Run(run::RunArguments),
    /// Show how a run stands
    Status(status::StatusArguments),
    /// Follow a run until it has ended
    Watch(watch::WatchArguments),
    /// Ask Dune to stop what still runs of a run
    Cancel(cancel::CancelArguments),
    /// Read rows: as a table, CSV, JSON or Parquet
    Results(results::ResultsArguments),
    /// Saved queries: list, read, create, change, archive
    #[command(subcommand)]
    Query(query::QueryCommand),
    /// Materialized views: list, read, create or change, refresh, delete
    #[command(subcommand)]
    Views(views::ViewsCommand),
    /// What the account has used
    Usage(usage::UsageArguments),
    /// Keep a key for this user
    Login(login::LoginArguments),
    /// Draw a pipeline: tree, Mermaid, DOT, SVG
    Graph(graph::GraphArguments),
    /// List everything that is wrong with a pipeline in JSON
    Check(check::CheckArguments),
    /// Write a script that lets a shell complete what is typed
    Completions(completions::CompletionsArguments),
    /// Serve a folder as a Dune on this machine, until Ctrl-C
    #[cfg(feature = "local")]
    Serve(local::serve::Serve),
    /// Count how far a local Dune answers recorded statements as a Trino did
    #[cfg(feature = "local")]
    Conformance(local::conformance::Conformance),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let done = match runtime {
        Ok(runtime) => {
            let done = runtime.block_on(command(arguments.command));
            // Whatever a thread is still at, nobody waits for it any more.
            runtime.shutdown_background();
            done
        }
        Err(error) => Err(CommandError::Runtime(error)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.nobody_reads() => ExitCode::SUCCESS,
        Err(error) => {
            let text = error.to_string();
            if !text.is_empty() {
                output::tell(&format!("error: {text}"));
            }
            Exit::into(error.exit())
        }
    }
}

async fn command(command: Command) -> Result<(), CommandError> {
    match command {
        Command::Run(arguments) => run::run(arguments).await,
        Command::Status(arguments) => status::run(arguments).await,
        Command::Watch(arguments) => watch::run(arguments).await,
        Command::Cancel(arguments) => cancel::run(arguments).await,
        Command::Results(arguments) => results::run(arguments).await,
        Command::Query(command) => query::run(command).await,
        Command::Views(command) => views::run(command).await,
        Command::Usage(arguments) => usage::run(arguments).await,
        Command::Login(arguments) => login::run(arguments).await,
        Command::Graph(arguments) => graph::run(arguments).await,
        Command::Check(arguments) => check::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments),
        #[cfg(feature = "local")]
        Command::Serve(arguments) => Ok(local::serve::run(arguments).await?),
        #[cfg(feature = "local")]
        Command::Conformance(arguments) => Ok(local::conformance::run(arguments).await?),
    }
}
