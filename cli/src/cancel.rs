//! `dune-pipeline cancel`: asks Dune to stop what still runs of a run, and says what came of it, node by node.

use std::io::{self, Write as _};

use dune_pipeline::{Cancellation, NodeCancellation};
use serde_json::json;

use crate::error::CommandError;
use crate::exit::Exit;
use crate::live::text::lines;
use crate::report::{self, Shape};
use crate::taken_up::TakenUp;

/// Which run.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "It exits with 1 where something could not be cancelled. A run that has ended already is left as it is."
)]
pub(crate) struct CancelArguments {
    #[command(flatten)]
    run: TakenUp,
    /// Write one JSON object
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(arguments: CancelArguments) -> Result<(), CommandError> {
    let (_, run) = arguments.run.take().await?;
    let cancellation = run.cancel().await?;
    let written = match arguments.json {
        true => report::print(&as_json(&cancellation, arguments.run.shape())),
        false => {
            let text = lines(&cancellation.to_string());
            writeln!(io::stdout().lock(), "{text}")
        }
    };
    written.map_err(CommandError::Output)?;
    match cancellation.is_complete() {
        true => Ok(()),
        false => Err(CommandError::Told(Exit::Failed)),
    }
}

fn as_json(cancellation: &Cancellation, shape: Shape) -> serde_json::Value {
    let nodes = cancellation.nodes().map(|(node, what)| {
        let (word, why) = match what {
            NodeCancellation::Cancelled => ("cancelled", None),
            NodeCancellation::HadEnded => ("had_ended", None),
            NodeCancellation::NeverStarted => ("never_started", None),
            NodeCancellation::NotCancelled(why) => ("not_cancelled", Some(why.to_string())),
            other => ("unknown", Some(format!("{other:?}"))),
        };
        let mut value = report::node(node, shape);
        value["cancellation"] = word.into();
        value["why"] = why.into();
        value
    });
    json!({
        "pipeline_execution_id": cancellation.run_id(),
        "is_complete": cancellation.is_complete(),
        "trouble": cancellation.trouble().map(ToString::to_string),
        "nodes": nodes.collect::<Vec<_>>(),
    })
}
