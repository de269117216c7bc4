//! `dune-pipeline status`: how a run stands, once.

use std::io::{self, Write as _};

use crate::cost::Cost;
use crate::error::CommandError;
use crate::live::still;
use crate::report;
use crate::run::COSTS_OF;
use crate::taken_up::TakenUp;

/// Which run.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "It exits with 0 however the run stands: `watch` is there for scripts that want to know how it ends."
)]
pub(crate) struct StatusArguments {
    #[command(flatten)]
    run: TakenUp,
    /// Ask what each node cost also of runs with more than 20 nodes: a read for each
    #[arg(long)]
    credits: bool,
    /// Write one JSON object
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(arguments: StatusArguments) -> Result<(), CommandError> {
    let (_, run) = arguments.run.take().await?;
    let status = run.status().await?;
    let mut costs = Vec::new();
    if arguments.credits || status.nodes().len() <= COSTS_OF {
        let executions = run.executions().await?;
        costs.extend(
            executions
                .nodes()
                .map(|(node, execution)| (node.id(), Cost::of(execution))),
        );
    }
    let written = match arguments.json {
        true => {
            let of = |id| costs.iter().find(|(node, _)| *node == id);
            let credits = |node: &dune_pipeline::NodeStatus| of(node.id())?.1.credits;
            report::print(&report::status(&status, arguments.run.shape(), credits))
        }
        false => {
            let text = still(status, &costs);
            io::stdout().lock().write_all(text.as_bytes())
        }
    };
    written.map_err(CommandError::Output)
}
