//! How an execution stood when Dune was asked: its state, its times, what it cost, and why it failed.
//! It is a value: nothing in it changes afterwards, and it can be kept, compared and printed.

use std::fmt;
use std::time::Duration;

use dune_api::{ApiKey, types};

use super::failure::QueryError;
use crate::rows::{Column, columns};
use crate::run::State;
use crate::timestamp::Timestamp;

/// How an execution stood when Dune was asked.
#[derive(Debug, Clone, PartialEq)]
pub struct ExecutionStatus {
    execution_id: String,
    query_id: Option<i64>,
    state: State,
    finished: bool,
    submitted_at: Option<Timestamp>,
    started_at: Option<Timestamp>,
    ended_at: Option<Timestamp>,
    cancelled_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
    queue_position: Option<u64>,
    credits: Option<f64>,
    error: Option<QueryError>,
    result: Option<ResultMetadata>,
    parallel_limit: Option<u64>,
    parallel_limit_reached: bool,
}

/// What Dune says of a result besides its rows: columns, sizes, and the time it took.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ResultMetadata {
    columns: Vec<Column>,
    rows: Option<u64>,
    total_rows: Option<u64>,
    bytes: Option<u64>,
    total_bytes: Option<u64>,
    datapoints: Option<u64>,
    pending_time: Option<Duration>,
    execution_time: Option<Duration>,
}

impl ExecutionStatus {
    pub(crate) fn read(answer: types::GetExecutionStatusResponse, key: &ApiKey) -> ExecutionStatus {
        ExecutionStatus {
            execution_id: answer.execution_id,
            // 0 stands for SQL without a query.
            query_id: answer.query_id.filter(|id| *id != 0),
            state: State::parse(&answer.state),
            finished: answer.is_execution_finished,
            submitted_at: Timestamp::read(answer.submitted_at),
            started_at: Timestamp::read(answer.execution_started_at),
            ended_at: Timestamp::read(answer.execution_ended_at),
            cancelled_at: Timestamp::read(answer.cancelled_at),
            // The start of 1970 stands for a time that is not known yet.
            expires_at: Timestamp::read(answer.expires_at).filter(|time| !time.is_zero()),
            queue_position: count(answer.queue_position),
            credits: answer.execution_cost_credits,
            error: answer.error.map(|error| QueryError::read(error, key)),
            result: answer.result_metadata.map(ResultMetadata::read),
            parallel_limit: count(answer.max_inflight_interactive_executions),
            parallel_limit_reached: answer
                .max_inflight_interactive_reached
                .is_some_and(|running| running > 0),
        }
    }

    /// The execution's id.
    #[must_use]
    pub fn execution_id(&self) -> &str {
        &self.execution_id
    }

    /// The query that is run; `None` for SQL without one.
    #[must_use]
    pub fn query_id(&self) -> Option<i64> {
        self.query_id
    }

    /// How it stood.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Whether nothing more will happen: by its state, or, where that is in no document, by what Dune says beside it
    /// (`is_execution_finished`).
    #[must_use]
    pub fn is_final(&self) -> bool {
        match &self.state {
            State::Other(_) => self.finished,
            state => state.is_final(),
        }
    }

    /// Whether it is done and there is a result, maybe a partial one.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.state.is_success()
    }

    /// When it was asked for.
    #[must_use]
    pub fn submitted_at(&self) -> Option<&Timestamp> {
        self.submitted_at.as_ref()
    }

    /// When it began to run.
    #[must_use]
    pub fn started_at(&self) -> Option<&Timestamp> {
        self.started_at.as_ref()
    }

    /// When it ended, well or not.
    #[must_use]
    pub fn ended_at(&self) -> Option<&Timestamp> {
        self.ended_at.as_ref()
    }

    /// When it was cancelled, if it was.
    #[must_use]
    pub fn cancelled_at(&self) -> Option<&Timestamp> {
        self.cancelled_at.as_ref()
    }

    /// Until when its rows can be read.
    #[must_use]
    pub fn expires_at(&self) -> Option<&Timestamp> {
        self.expires_at.as_ref()
    }

    /// Its place among those that wait for a slot, while it does.
    #[must_use]
    pub fn queue_position(&self) -> Option<u64> {
        self.queue_position
    }

    /// The credits it cost (`execution_cost_credits`), as the number that Dune's documents say it is.
    #[must_use]
    pub fn credits(&self) -> Option<f64> {
        self.credits
    }

    /// Why it failed, if it did.
    #[must_use]
    pub fn error(&self) -> Option<&QueryError> {
        self.error.as_ref()
    }

    /// Columns and size of its result, once it has completed.
    #[must_use]
    pub fn result(&self) -> Option<&ResultMetadata> {
        self.result.as_ref()
    }

    /// How long it waited for a slot: to the millisecond where Dune says so of its result, else from the times.
    #[must_use]
    pub fn pending_time(&self) -> Option<Duration> {
        let of_result = self.result().and_then(ResultMetadata::pending_time);
        of_result.or_else(|| between(self.submitted_at()?, self.started_at()?))
    }

    /// How long it ran: to the millisecond where Dune says so of its result, else from the times, which are there for one
    /// that failed as well.
    #[must_use]
    pub fn execution_time(&self) -> Option<Duration> {
        let of_result = self.result().and_then(ResultMetadata::execution_time);
        of_result.or_else(|| between(self.started_at()?, self.ended_at()?))
    }

    /// How many executions the account may have running side by side (`max_inflight_interactive_executions`).
    #[must_use]
    pub fn parallel_limit(&self) -> Option<u64> {
        self.parallel_limit
    }

    /// Whether that limit was met, so that it waits for others of the account (`max_inflight_interactive_reached`).
    #[must_use]
    pub fn parallel_limit_reached(&self) -> bool {
        self.parallel_limit_reached
    }
}

impl ResultMetadata {
    pub(crate) fn read(metadata: types::ExecutionResultMetadata) -> ResultMetadata {
        let millis = |millis| count(millis).map(Duration::from_millis);
        ResultMetadata {
            rows: count(metadata.row_count),
            total_rows: count(metadata.total_row_count),
            bytes: count(metadata.result_set_bytes),
            total_bytes: count(metadata.total_result_set_bytes),
            datapoints: count(metadata.datapoint_count),
            pending_time: millis(metadata.pending_time_millis),
            execution_time: millis(metadata.execution_time_millis),
            columns: columns(metadata),
        }
    }

    /// The columns in the order of the query.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The rows on the page it was said of; of a status, those of the whole result.
    #[must_use]
    pub fn row_count(&self) -> Option<u64> {
        self.rows
    }

    /// The rows of the whole result.
    #[must_use]
    pub fn total_row_count(&self) -> Option<u64> {
        self.total_rows
    }

    /// The size of the page in bytes: the names of the columns once, and all values, without what JSON adds.
    #[must_use]
    pub fn result_set_bytes(&self) -> Option<u64> {
        self.bytes
    }

    /// The size of the whole result in bytes, by the same count.
    #[must_use]
    pub fn total_result_set_bytes(&self) -> Option<u64> {
        self.total_bytes
    }

    /// The values on the page: rows times columns. Reading them is what costs credits.
    #[must_use]
    pub fn datapoint_count(&self) -> Option<u64> {
        self.datapoints
    }

    /// How long the execution waited for a slot.
    #[must_use]
    pub fn pending_time(&self) -> Option<Duration> {
        self.pending_time
    }

    /// How long it ran.
    #[must_use]
    pub fn execution_time(&self) -> Option<Duration> {
        self.execution_time
    }
}

impl fmt::Display for ExecutionStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "execution {} {}", self.execution_id, self.state)?;
        if let Some(place) = self.queue_position.filter(|_| self.state == State::Pending) {
            write!(f, " (number {place} in the queue)")?;
        }
        match &self.error {
            Some(error) => write!(f, ": {error}"),
            None => Ok(()),
        }
    }
}

/// A count is never negative; what is, says nothing.
fn count(number: Option<i64>) -> Option<u64> {
    number.and_then(|number| u64::try_from(number).ok())
}

fn between(start: &Timestamp, end: &Timestamp) -> Option<Duration> {
    end.since(start.to_system_time()?)
}
