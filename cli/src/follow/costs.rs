//! What the nodes of a run took and cost, asked of Dune once for each that has ended, while the others go on.

use std::collections::HashSet;
use std::future::pending;
use std::io;
use std::time::Duration;

use dune_pipeline::{Dune, RunStatus, State};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::cost::Cost;
use crate::live::Live;

/// How long the end of a run waits for what it cost.
const PATIENCE: Duration = Duration::from_secs(5);

/// The questions that are under way.
pub(super) struct Costs {
    dune: Dune,
    /// Runs with more nodes are not asked for: each question is a read, and the reads of a minute are counted.
    most: usize,
    asked: HashSet<i64>,
    /// Whether those that run are to be asked, which is done once.
    running_too: bool,
    answers: JoinSet<(i64, Cost)>,
}

impl Costs {
    /// Those that run already are asked too where they began before the run was followed.
    pub(super) fn new(dune: Dune, most: usize, began_before: bool) -> Costs {
        Costs {
            dune,
            most,
            asked: HashSet::new(),
            running_too: began_before,
            answers: JoinSet::new(),
        }
    }

    /// Asks for each node that has ended since.
    pub(super) fn ask(&mut self, status: &RunStatus) {
        if status.nodes().len() > self.most {
            return;
        }
        let running_too = std::mem::take(&mut self.running_too);
        for node in status.nodes() {
            let ended = node.state().is_final();
            let runs = running_too && *node.state() == State::Executing;
            if let Some(execution) = node.execution_id()
                && ((ended && self.asked.insert(node.id())) || runs)
            {
                let (dune, id) = (self.dune.clone(), node.id());
                let execution = execution.to_owned();
                let answer = async move { (id, cost(&dune, &execution).await) };
                self.answers.spawn(answer);
            }
        }
    }

    /// The next answer; never, where nothing is asked.
    pub(super) async fn next(&mut self) -> Option<(i64, Cost)> {
        match self.answers.join_next().await {
            Some(answer) => answer.ok(),
            None => pending().await,
        }
    }

    /// What is still under way, for a bounded time: nobody should wait for the price of what is done.
    pub(super) async fn rest(&mut self, live: &mut Live) -> io::Result<()> {
        let all = async {
            while let Some(answer) = self.answers.join_next().await {
                if let Ok((node, cost)) = answer {
                    live.cost(node, cost)?;
                }
            }
            Ok(())
        };
        timeout(PATIENCE, all).await.unwrap_or(Ok(()))
    }
}

/// One read. Where it fails, what the node cost stays unknown: the run itself is not in doubt for it.
async fn cost(dune: &Dune, execution: &str) -> Cost {
    let Ok(execution) = dune.execution(execution) else {
        return Cost::default();
    };
    match execution.status().await {
        Ok(status) => Cost::of(&status),
        Err(_) => Cost::default(),
    }
}
