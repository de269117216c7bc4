//! The command `dune-pipeline`: a local Dune over a folder, and how near its answers are to Trino's.

mod conformance;
mod error;
mod serve;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Pipelines on Dune, checked at compile time
#[derive(Debug, Parser)]
#[command(name = "dune-pipeline", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve a folder as a Dune on this machine, until Ctrl-C
    Serve(serve::Serve),
    /// Count how far a local Dune answers recorded statements as a Trino did
    Conformance(conformance::Conformance),
}

#[tokio::main]
async fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Serve(options) => serve::run(options).await,
        Command::Conformance(options) => conformance::run(options).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            error.exit_code()
        }
    }
}
