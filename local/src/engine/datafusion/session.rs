//! DataFusion's settings, and the memory of a query.

use std::sync::Arc;

use datafusion::error::Result;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::session_state::{SessionState, SessionStateBuilder};
use datafusion::prelude::SessionConfig;

use super::watch::{Cancelled, WatchJoins};

/// What an engine may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Threads that queries run on; at least 1.
    pub threads: usize,
    /// Bytes that one query may hold in memory. Sorts and most groupings go to disk beyond it, other work fails with
    /// `EXCEEDED_LOCAL_MEMORY_LIMIT`.
    pub memory_per_query: usize,
}

/// So many queries run side by side even on fewer processors.
const FEWEST: usize = 4;

impl Default for Settings {
    /// A thread for each query that runs, as a join may keep its own for as long as it goes on, and one more for what is
    /// planned meanwhile; 1 GiB a query.
    fn default() -> Self {
        let processors = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self {
            threads: processors.max(FEWEST) + 1,
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
            .build();
        Self {
            state: Arc::new(state),
            memory: settings.memory_per_query,
        }
    }

    /// The state for one query, with a memory of its own.
    pub(super) fn for_query(&self, cancelled: &Cancelled) -> Result<SessionState> {
        let runtime = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(FairSpillPool::new(self.memory)))
            .build_arc()?;
        Ok(
            SessionStateBuilder::new_from_existing(self.state.as_ref().clone())
                .with_runtime_env(runtime)
                .with_physical_optimizer_rule(Arc::new(WatchJoins(cancelled.clone())))
                .build(),
        )
    }
}
