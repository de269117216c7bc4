//! Pipelines: judged as a whole, run as a unit, every node followed.

mod plan;
mod run;

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

pub(crate) use self::plan::{NodeError, PlanError, Planned};
pub(crate) use self::run::{NodeRun, NodeStatus, PipelineRun};
use crate::executions::Executions;

/// How many nodes of pipelines that are over are remembered, all pipelines together.
const KEPT_NODES: usize = 100_000;

/// Starts pipelines and remembers them.
#[derive(Debug)]
pub(crate) struct Pipelines {
    executions: Executions,
    parallel: usize,
    runs: Mutex<Runs>,
}

#[derive(Debug, Default)]
struct Runs {
    by_id: HashMap<String, Arc<PipelineRun>>,
    order: VecDeque<Arc<PipelineRun>>,
    nodes: usize,
}

impl Pipelines {
    /// Runs at most `parallel` nodes of a pipeline at a time.
    pub(crate) fn new(executions: Executions, parallel: usize) -> Self {
        Self {
            executions,
            parallel,
            runs: Mutex::default(),
        }
    }

    /// Starts a pipeline.
    pub(crate) fn start(&self, planned: Planned) -> Arc<PipelineRun> {
        let run = PipelineRun::start(planned, self.executions.clone(), self.parallel);
        let mut runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        runs.nodes += run.nodes.len();
        runs.by_id.insert(run.id.clone(), Arc::clone(&run));
        runs.order.push_back(Arc::clone(&run));
        while runs.nodes > KEPT_NODES
            && runs.order.len() > 1
            && let Some(at) = runs.order.iter().position(|run| run.over())
            && let Some(old) = runs.order.remove(at)
        {
            runs.nodes = runs.nodes.saturating_sub(old.nodes.len());
            runs.by_id.remove(&old.id);
        }
        run
    }

    /// The pipeline execution of that id.
    pub(crate) fn find(&self, id: &str) -> Option<Arc<PipelineRun>> {
        let runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        runs.by_id.get(id).cloned()
    }
}
