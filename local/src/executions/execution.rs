//! One execution: what it is, how far it is, and how it is cancelled.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::result::StoredResult;
use crate::engine::SqlError;
use crate::parameters::Values;

/// A cancel that comes so soon after the end still counts, where nobody has seen the end: for its
/// caller the execution was running.
const UNSEEN: Duration = Duration::from_secs(1);

/// How far an execution is.
#[derive(Debug, Clone)]
pub(crate) struct State {
    pub(crate) phase: Phase,
    pub(crate) started_at: Option<DateTime<Utc>>,
    pub(crate) ended_at: Option<DateTime<Utc>>,
    /// Somebody was told that it has ended.
    seen: bool,
    /// It is past the point where it can be cancelled.
    sealed: bool,
}

/// The states of an execution.
#[derive(Debug, Clone)]
pub(crate) enum Phase {
    Pending,
    Executing,
    Completed(Arc<StoredResult>),
    Failed(SqlError),
    Cancelled,
    /// It completed, and its result was given up to make room.
    Expired,
}

impl State {
    pub(crate) fn finished(&self) -> bool {
        !matches!(self.phase, Phase::Pending | Phase::Executing)
    }
}

/// An execution of a statement.
#[derive(Debug)]
pub(crate) struct Execution {
    /// A ULID.
    pub(crate) id: String,
    /// The saved query; 0 for raw SQL.
    pub(crate) query_id: i64,
    /// The values it ran with, defaults included.
    pub(crate) values: Values,
    pub(crate) submitted_at: DateTime<Utc>,
    state: watch::Sender<State>,
    cancelled: CancellationToken,
}

impl Execution {
    pub(super) fn new(query_id: i64, values: Values) -> Self {
        Self {
            id: ulid::Ulid::generate().to_string(),
            query_id,
            values,
            submitted_at: Utc::now(),
            state: watch::Sender::new(State {
                phase: Phase::Pending,
                started_at: None,
                ended_at: None,
                seen: false,
                sealed: false,
            }),
            cancelled: CancellationToken::new(),
        }
    }

    /// How far it is, for somebody who will act on it.
    pub(crate) fn look(&self) -> State {
        self.state.send_if_modified(|state| {
            state.seen |= state.finished();
            false
        });
        self.state.borrow().clone()
    }

    /// How far it is, without anybody being told.
    pub(super) fn peek(&self) -> State {
        self.state.borrow().clone()
    }

    /// Waits for the end.
    pub(crate) async fn ended(&self) -> State {
        let mut states = self.state.subscribe();
        // The sender lives in `self`, so the wait ends with an end and not with an error.
        let _ = states.wait_for(State::finished).await;
        drop(states);
        self.look()
    }

    /// Cancels it. The very next look shows it. False where it had ended, or can no longer stop.
    pub(crate) fn cancel(&self) -> bool {
        let now = Utc::now();
        let cancelled = self.state.send_if_modified(|state| {
            let unseen = match (&state.phase, state.ended_at) {
                (Phase::Completed(_), Some(ended)) => {
                    let ago = (now - ended).to_std().unwrap_or_default();
                    !state.seen && !state.sealed && ago < UNSEEN
                }
                _ => false,
            };
            let running = !state.finished() && !state.sealed;
            if running || unseen {
                state.phase = Phase::Cancelled;
                state.ended_at = Some(now);
            }
            running || unseen
        });
        if cancelled {
            self.cancelled.cancel();
        }
        cancelled
    }

    pub(super) async fn cancelled(&self) {
        self.cancelled.cancelled().await;
    }

    pub(super) fn start(&self) {
        self.state.send_if_modified(|state| {
            let pending = matches!(state.phase, Phase::Pending);
            if pending {
                state.phase = Phase::Executing;
                state.started_at = Some(Utc::now());
            }
            pending
        });
    }

    /// From here on it cannot be cancelled. False where it already is.
    pub(super) fn seal(&self) -> bool {
        self.state.send_if_modified(|state| {
            state.sealed |= !state.finished();
            state.sealed
        })
    }

    pub(super) fn end(&self, phase: Phase) {
        self.state.send_if_modified(|state| {
            let running = !state.finished();
            if running {
                state.phase = phase;
                state.ended_at = Some(Utc::now());
            }
            running
        });
    }

    /// Gives up its result.
    pub(super) fn expire(&self) {
        self.state.send_if_modified(|state| {
            let completed = matches!(state.phase, Phase::Completed(_));
            if completed {
                state.phase = Phase::Expired;
            }
            completed
        });
    }
}
