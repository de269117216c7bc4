//! `dune-pipeline watch`: follows a run that was started elsewhere. It only looks: whatever ends it, the run goes on.

use std::time::Duration;

use crate::error::CommandError;
use crate::follow::{Follow, Then, follow};
use crate::interrupt::Interrupts;
use crate::live::How;
use crate::run::COSTS_OF;
use crate::span;
use crate::taken_up::TakenUp;

/// Which run, and for how long.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Ctrl-C stops the watching and leaves the run alone, and so does the end of --timeout. A network that is lost does not end it:
it says so, and goes on when Dune can be reached again.")]
pub(crate) struct WatchArguments {
    #[command(flatten)]
    run: TakenUp,
    /// How long to watch at most: 90s, 15m, 1h30m
    #[arg(long, value_name = "TIME", value_parser = span::parse)]
    timeout: Option<Duration>,
    /// Ask what each node cost also of runs with more than 20 nodes: a read for each
    #[arg(long)]
    credits: bool,
    /// Write JSON: an object a line for each change, the last with everything
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(arguments: WatchArguments) -> Result<(), CommandError> {
    let mut interrupts = Interrupts::listen().map_err(CommandError::Signal)?;
    let (dune, run) = arguments.run.take().await?;
    let how = Follow {
        how: How::of(arguments.json),
        shape: arguments.run.shape(),
        interrupted: Then::Leave,
        deadline: arguments.timeout.map(|limit| (limit, Then::Leave)),
        began_before: true,
        costs_of: if arguments.credits {
            usize::MAX
        } else {
            COSTS_OF
        },
    };
    follow(&dune, &run, how, &mut interrupts).await
}
