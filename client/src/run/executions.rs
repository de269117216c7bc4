//! What the executions behind the nodes of a run say of themselves: credits, times, and where in the SQL a mistake is.
//! The status of the run has none of it, so each is read by itself.

use std::sync::PoisonError;

use futures_util::stream::{self, StreamExt as _};
use tracing::{Instrument as _, info_span};

use super::{NodeStatus, Run, RunStatus};
use crate::error::{Call, Error};
use crate::execution::ExecutionStatus;
use crate::pipeline::NodeHandle;

/// How many reads are under way at a time.
const AT_ONCE: usize = 8;

/// The status of each execution of a run, by node; [`Run::executions`] gives it.
#[derive(Debug)]
pub struct RunExecutions {
    status: RunStatus,
    /// One for each node of the status: nothing for one that has not started.
    nodes: Vec<Option<Result<ExecutionStatus, Error>>>,
}

impl Run {
    /// What the execution of each node says of itself: its times, what it cost, how long it queued, and the place of a
    /// mistake in its SQL.
    ///
    /// It takes a read of the run's status, unless that was read and is final, and one read for each node that has started
    /// (`GET /v1/execution/{execution_id}/status`), which cost no credits and count to the plan's limit. What has ended and
    /// said what it cost is not read again by this run and its clones. The reads can be repeated, and dropping the future
    /// does no harm.
    ///
    /// ```no_run
    /// # async fn example(run: dune_pipeline::Run) -> Result<(), dune_pipeline::Error> {
    /// let executions = run.executions().await?;
    /// for (node, execution) in executions.nodes() {
    ///     println!("{}: {:?} credits", node.name(), execution.credits());
    /// }
    /// println!("{} credits in all", executions.credits());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of [`status`](Run::status). An execution that cannot be read is among
    /// [`unread`](RunExecutions::unread) instead: what the others say is not lost for it.
    pub async fn executions(&self) -> Result<RunExecutions, Error> {
        self.read_executions().instrument(self.span()).await
    }

    async fn read_executions(&self) -> Result<RunExecutions, Error> {
        let status = self.settled(RunStatus::is_final).await?;
        let started = status.nodes().iter().map(|node| {
            let execution = node.execution_id()?;
            Some((node.name(), execution.to_owned()))
        });
        let started: Vec<_> = started.collect();
        let reads = stream::iter(started)
            .map(|started| async move {
                match started {
                    Some((node, execution)) => Some(self.execution_status(&node, execution).await),
                    None => None,
                }
            })
            .buffered(AT_ONCE);
        let nodes = reads.collect().await;
        Ok(RunExecutions { status, nodes })
    }

    async fn execution_status(
        &self,
        node: &str,
        execution: String,
    ) -> Result<ExecutionStatus, Error> {
        if let Some(known) = self.known(&execution) {
            return Ok(known);
        }
        let call = Call::read("reading the execution")
            .of_node(node)
            .of_execution(&execution)
            .of_run(self.id());
        let api = self.dune.api();
        let request = || api.get_execution_status(&execution);
        let span = info_span!("node", name = node);
        let answer = self.dune.send(&call, request).instrument(span).await?;
        let status = ExecutionStatus::read(answer, api.key());
        if status.is_final() && status.credits().is_some() {
            let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
            ended.insert(execution, status.clone());
        }
        Ok(status)
    }

    fn known(&self, execution: &str) -> Option<ExecutionStatus> {
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        ended.get(execution).cloned()
    }
}

impl RunExecutions {
    /// How the run stood.
    #[must_use]
    pub fn status(&self) -> &RunStatus {
        &self.status
    }

    /// The nodes that have started, in Dune's order, with what their executions say.
    pub fn nodes(&self) -> impl Iterator<Item = (&NodeStatus, &ExecutionStatus)> {
        let nodes = self.status.nodes().iter().zip(&self.nodes);
        nodes.filter_map(|(node, read)| Some((node, read.as_ref()?.as_ref().ok()?)))
    }

    /// The nodes whose executions could not be read, and why not.
    pub fn unread(&self) -> impl Iterator<Item = (&NodeStatus, &Error)> {
        let nodes = self.status.nodes().iter().zip(&self.nodes);
        nodes.filter_map(|(node, read)| Some((node, read.as_ref()?.as_ref().err()?)))
    }

    /// What the execution of the node of a handle says. `None` before it has started, where it could not be read, and for
    /// a handle of another pipeline.
    #[must_use]
    pub fn node(&self, handle: impl NodeHandle) -> Option<&ExecutionStatus> {
        let id = self.status.node(handle)?.id();
        let mut nodes = self.nodes();
        nodes.find_map(|(node, execution)| (node.id() == id).then_some(execution))
    }

    /// The credits of all executions together that say what they cost. Dune says so of one that has ended, and may charge
    /// failed ones too.
    #[must_use]
    pub fn credits(&self) -> f64 {
        let nodes = self.nodes();
        // Not `sum()`: that of none would be -0.
        nodes.fold(0.0, |all, (_, execution)| {
            all + execution.credits().unwrap_or_default()
        })
    }
}
