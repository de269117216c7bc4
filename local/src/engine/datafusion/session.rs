//! DataFusion's settings, the memory of a query, and the rule that lets a join be stopped.

use std::sync::Arc;

use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::config::ConfigOptions;
use datafusion::error::Result;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::session_state::{SessionState, SessionStateBuilder};
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::coop::CooperativeExec;
use datafusion::physical_plan::joins::{
    CrossJoinExec, HashJoinExec, NestedLoopJoinExec, SortMergeJoinExec,
};
use datafusion::prelude::SessionConfig;

/// What an engine may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Threads that queries run on; at least 1.
    pub threads: usize,
    /// Bytes that one query may hold in memory. Sorts and most groupings go to disk beyond it, other work fails with
    /// `EXCEEDED_LOCAL_MEMORY_LIMIT`.
    pub memory_per_query: usize,
}

impl Default for Settings {
    /// A thread for each processor and 1 GiB a query.
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self {
            threads,
            memory_per_query: 1 << 30,
        }
    }
}

/// What is the same for all queries.
#[derive(Clone)]
pub(super) struct Session {
    state: Arc<SessionState>,
    memory: usize,
}

impl Session {
    pub(super) fn new(settings: &Settings) -> Self {
        // One partition: rows keep their order, and the queries side by side are what uses the processors.
        let mut config = SessionConfig::new()
            .with_target_partitions(1)
            .with_information_schema(false);
        let options = config.options_mut();
        options.execution.parquet.schema_force_view_types = false;
        options.execution.collect_statistics = false;
        let state = SessionStateBuilder::new()
            .with_config(config)
            .with_default_features()
            .with_physical_optimizer_rule(Arc::new(JoinsYield))
            .build();
        Self {
            state: Arc::new(state),
            memory: settings.memory_per_query,
        }
    }

    /// The state for one query, with a memory of its own.
    pub(super) fn for_query(&self) -> Result<SessionState> {
        let runtime = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(FairSpillPool::new(self.memory)))
            .build_arc()?;
        Ok(
            SessionStateBuilder::new_from_existing(self.state.as_ref().clone())
                .with_runtime_env(runtime)
                .build(),
        )
    }
}

/// A join makes many batches of one: it must give way between them, or a query that is dropped goes on.
#[derive(Debug)]
struct JoinsYield;

impl PhysicalOptimizerRule for JoinsYield {
    fn optimize(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        _: &ConfigOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        plan.transform_up(|node| {
            let any: &dyn ExecutionPlan = node.as_ref();
            let joins = any.is::<CrossJoinExec>()
                || any.is::<HashJoinExec>()
                || any.is::<NestedLoopJoinExec>()
                || any.is::<SortMergeJoinExec>();
            Ok(if joins {
                Transformed::yes(Arc::new(CooperativeExec::new(node)) as _)
            } else {
                Transformed::no(node)
            })
        })
        .map(|found| found.data)
    }

    fn name(&self) -> &'static str {
        "joins_yield"
    }

    fn schema_check(&self) -> bool {
        true
    }
}
