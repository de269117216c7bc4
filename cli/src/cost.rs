//! What an execution took and cost, as far as Dune says so.

use std::time::Duration;

use dune_pipeline::{ExecutionStatus, Timestamp};

/// What Dune says of an execution that has ended; what it does not say is not known.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cost {
    pub(crate) took: Option<Duration>,
    /// How long it has been running, of one that has not ended.
    pub(crate) so_far: Option<Duration>,
    pub(crate) credits: Option<f64>,
}

impl Cost {
    /// What an execution says of itself.
    pub(crate) fn of(status: &ExecutionStatus) -> Cost {
        let began = status.started_at().and_then(Timestamp::to_system_time);
        let runs = !status.is_final();
        Cost {
            took: status.execution_time().filter(|_| !runs),
            // By this machine's clock; where that is behind Dune's, nothing is said.
            so_far: began
                .filter(|_| runs)
                .and_then(|began| began.elapsed().ok()),
            credits: status.credits(),
        }
    }
}
