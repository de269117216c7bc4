//! The one error of this crate. Each variant says what happened, to which request, run or node, and what to do.
//! None of them holds the key, nor a type of the HTTP client.

mod about;
mod call;
mod deadline;
mod execution;
mod overdue;
mod rows;
mod run;
mod words;

use std::error::Error as StdError;
use std::time::Duration;

pub use dune_api::StatusCode;

pub use self::call::Call;
pub use self::deadline::MissedDeadline;
pub use self::execution::{FailedExecution, ResultOf};
pub use self::overdue::OverdueExecution;
pub(crate) use self::overdue::Then;
pub use self::rows::{PageFault, RowMisfit, SelectionFault};
pub use self::run::{FailedRun, UnfinishedNode};
use self::words::{beginning, chain, declared_as, doubt_on, remedy, short, wait_for};
use crate::pipeline::{InvalidPipeline, Task};
use crate::run::State;

/// What is behind an error, for those who want to look.
type Source = Box<dyn StdError + Send + Sync>;

/// Why something did not work.
///
/// [`may_have_started`](Error::may_have_started) answers the question that costs money: whether Dune may have begun a
/// run although no id came back. [`run_id`](Error::run_id) is there whenever a run is.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no key. Set the environment variable `DUNE_API_KEY`, or give one to
    /// [`DuneBuilder::api_key`](crate::DuneBuilder::api_key). Nothing was sent.
    #[error(
        "no API key: set the environment variable `DUNE_API_KEY`, or call `Dune::builder().api_key(..)`"
    )]
    MissingKey,

    /// The key cannot be sent. Copy it again from Dune's settings, without quotes or line breaks. Nothing was sent.
    #[error("{setting} is no API key: {reason}")]
    InvalidKey {
        /// Where the key came from: an environment variable or a method.
        setting: &'static str,
        /// What is wrong with it; it holds no part of the key.
        reason: String,
    },

    /// The address of the API is none. Write it like `https://api.dune.com`. Nothing was sent.
    #[error("{setting} ({shown}) {reason}")]
    InvalidBaseUrl {
        /// Where the address came from: an environment variable or a method.
        setting: &'static str,
        /// The address, unless it looks like a key that was put in the wrong place.
        shown: String,
        /// What is wrong with it.
        reason: String,
    },

    /// The address is plain `http://` on another machine, where everybody in between could read the key. Use
    /// `https://`, or allow it with [`DuneBuilder::allow_plain_http`](crate::DuneBuilder::allow_plain_http) where the
    /// network is yours. Nothing was sent.
    #[error(
        "the key would go to {authority} unencrypted: use `https://`, or call `.allow_plain_http(true)` if that network is yours"
    )]
    PlainHttp {
        /// Host and port of that machine.
        authority: String,
    },

    /// No connection can be made that keeps the key safe: see the text for the remedy. Nothing was sent.
    #[error("{message}")]
    Connect {
        /// What is missing, and what to do.
        message: String,
        /// The failure behind it.
        source: Source,
    },

    /// The pipeline, or the query to run, breaks a rule; all faults are listed. Correct them. Nothing was sent.
    #[error(transparent)]
    InvalidPipeline(#[from] InvalidPipeline),

    /// The text is not an id of a run. Take the one that [`Run::id`](crate::Run::id) gave. Nothing was sent.
    #[error("`{id}` is no id of a run: such an id has only letters, digits, `-` and `_`")]
    InvalidRunId {
        /// The text.
        id: String,
    },

    /// The text is not an id of an execution. Take the one that [`Execution::id`](crate::Execution::id) gave. Nothing was
    /// sent.
    #[error("`{id}` is no id of an execution: such an id has only letters, digits, `-` and `_`")]
    InvalidExecutionId {
        /// The text.
        id: String,
    },

    /// The text cannot be the name of what is asked for. Give it as SQL has it, without quotes. Nothing was sent.
    #[error("`{name}` cannot be the name of {what}: {reason}")]
    InvalidName {
        /// What it was to name.
        what: &'static str,
        /// The text.
        name: String,
        /// What is wrong with it.
        reason: &'static str,
    },

    /// The text is not a day. Write it like `2026-01-31`. Nothing was sent.
    #[error("`{text}` is no day: write it like `2026-01-31`")]
    InvalidDate {
        /// The text.
        text: String,
    },

    /// A row to insert cannot be written as a line of JSON. Give a struct or a map with a key for each column. Nothing was
    /// sent.
    #[error(
        "row {index} cannot be inserted: {reason}; a struct, or a map with a key for each column, can"
    )]
    InvalidRow {
        /// Which row, counted from 0.
        index: u64,
        /// Why not.
        reason: String,
    },

    /// Dune could not be reached, also not on trying again. Nothing was sent. Check the network, and the address if
    /// it is your own.
    #[error("{call}: Dune cannot be reached: {}", chain(source.as_ref()))]
    Unreachable {
        /// The request.
        call: Box<Call>,
        /// Why not.
        source: Source,
    },

    /// The request went out and its answer was lost: a reset, a timeout, a body that broke off. Reading again is
    /// harmless; before starting again, look in Dune whether the run began: see [`Error::may_have_started`].
    #[error("{call}: the answer was lost: {}{}", chain(source.as_ref()), call.doubt())]
    AnswerLost {
        /// The request.
        call: Box<Call>,
        /// How.
        source: Source,
    },

    /// Dune refused the request or failed on it. The message is Dune's own, or that of a proxy before it.
    #[error("{call}: Dune answered {status}: {}{}{}", short(message), remedy(*status), doubt_on(call, *status))]
    Refused {
        /// The request.
        call: Box<Call>,
        /// The status of the answer.
        status: StatusCode,
        /// The text of the answer.
        message: String,
    },

    /// Too many requests for the plan (429), also after waiting. Nothing was started. Wait as long as it says, or
    /// make fewer requests at once.
    #[error("{call}: Dune answered 429 Too Many Requests: {}{}", short(message), wait_for(*retry_after))]
    RateLimited {
        /// The request.
        call: Box<Call>,
        /// The text of the answer.
        message: String,
        /// How long to wait, if the answer said so.
        retry_after: Option<Duration>,
    },

    /// The answer is a redirect, which is never followed: the key goes to no other place. Set the base URL to where
    /// the API really is.
    #[error(
        "{call}: the server answered {status}, redirecting to {location}; this is not followed: if that is where the API is, make it the base URL{}", doubt_on(call, *status)
    )]
    Redirected {
        /// The request.
        call: Box<Call>,
        /// The status of the answer.
        status: StatusCode,
        /// Where it wanted to send the request.
        location: String,
    },

    /// A success whose body is not what Dune documents. Something else may sit at that address; if it is Dune, this
    /// crate's documents are behind.
    #[error("{call}: the answer cannot be read: {reason}{}{}", beginning(text), call.doubt())]
    UnreadableAnswer {
        /// The request.
        call: Box<Call>,
        /// What does not fit.
        reason: String,
        /// The start of the answer; empty where it is only what the answer means that cannot be.
        text: String,
    },

    /// The run ended without completing: which nodes failed, with Dune's text, and which did not run for it. What did
    /// complete can still be read.
    #[error(transparent)]
    Failed(Box<FailedRun>),

    /// The run had not ended when the deadline passed. It says how the run stood, and what was cancelled of it and what
    /// could not be. Where it goes on, take it up by its id with [`Dune::run`](crate::Dune::run); else allow more time.
    #[error(transparent)]
    Deadline(Box<MissedDeadline>),

    /// The execution was still going when the deadline passed: whether it was cancelled then is told. Wait longer, or, where
    /// it goes on, take it up later by its id with [`Dune::execution`](crate::Dune::execution).
    #[error(transparent)]
    ExecutionDeadline(Box<OverdueExecution>),

    /// The handle belongs to another pipeline than the run. Use the one that was executed, or attach the pipeline with
    /// [`Run::attach`](crate::Run::attach).
    #[error("node {node} belongs to another pipeline than run {run}")]
    ForeignNode {
        /// The run.
        run: String,
        /// The node.
        node: String,
    },

    /// The pipeline that was attached to the run is not the one it runs. Attach the one that was executed, or take the
    /// run up by its id alone with [`Dune::run`](crate::Dune::run).
    #[error("run {run} is no run of this pipeline: node {node} is {found}, and {}", declared_as(declared.as_ref()))]
    OtherPipeline {
        /// The run.
        run: String,
        /// The node, as the pipeline calls it.
        node: String,
        /// What it does in the pipeline; `None` where that has no such node.
        declared: Option<Task>,
        /// What it does in the run.
        found: Task,
    },

    /// The run has no such node, or Dune does not list it.
    #[error("run {run} has no node {node}")]
    UnknownNode {
        /// The run.
        run: String,
        /// The node.
        node: String,
    },

    /// No node of the run runs this query. [`RunStatus::nodes`](crate::RunStatus::nodes) has what there is.
    #[error("run {run} has no node that runs query {query}")]
    UnknownQuery {
        /// The run.
        run: String,
        /// The query.
        query: i64,
    },

    /// Several nodes run this query. Ask for the rows by handle.
    #[error("run {run} has several nodes that run query {query}: {}", nodes.join(", "))]
    AmbiguousQuery {
        /// The run.
        run: String,
        /// The query.
        query: i64,
        /// The nodes.
        nodes: Vec<String>,
    },

    /// The node has not finished, so it has no rows yet. Wait for the run first.
    #[error("node {node} of run {run} is {state}: wait for the run before its rows are read")]
    NodeNotFinished {
        /// The run.
        run: String,
        /// The node.
        node: String,
        /// Its state.
        state: State,
    },

    /// The node has no rows, because it failed or did not run: its name, Dune's text, and what it waited for.
    #[error("run {run}: {node}")]
    NodeFailed {
        /// The run.
        run: String,
        /// What became of the node.
        node: Box<UnfinishedNode>,
    },

    /// The execution has not finished, so it has no rows yet. Wait for it first.
    #[error("{of} is {state}: wait for it before its rows are read")]
    ExecutionNotFinished {
        /// Whose execution.
        of: Box<ResultOf>,
        /// Its state.
        state: State,
    },

    /// The execution has no rows, because it failed, was cancelled, or its result is no longer kept: Dune's text is
    /// there, and the place in the SQL where Dune says it. Execute it again, corrected where that is what is wrong.
    #[error(transparent)]
    ExecutionFailed(Box<FailedExecution>),

    /// Dune cut the result because it is too large. Ask for less, or take what there is with
    /// [`Results::allow_partial`](crate::Results::allow_partial).
    #[error(
        "the result of {of} is partial: Dune cut it; take what there is with `.allow_partial()`"
    )]
    Partial {
        /// Whose result.
        of: Box<ResultOf>,
    },

    /// What was read could not be written: the disk is full, or the other end of a pipe is gone. Free some room, and write
    /// again from the start: what is there has no end, and cannot be read.
    #[error("the rows cannot be written: {}", chain(source.as_ref()))]
    NotWritten {
        /// What the writer says.
        source: Source,
    },

    /// Rows cannot be asked for in this way: see [`SelectionFault`]. Nothing was sent.
    #[error("the rows cannot be asked for: {0}")]
    InvalidSelection(SelectionFault),

    /// The thread of a client for programs without `async` cannot be started: this process may start no more. Nothing
    /// was sent.
    #[cfg(feature = "blocking")]
    #[error("no thread for the client: {0}")]
    NoRuntime(#[source] std::io::Error),

    /// A call of [`blocking`](crate::blocking) on a thread of a tokio runtime, which it would hold up. Use the async
    /// client there, or `spawn_blocking`. Nothing was sent.
    #[cfg(feature = "blocking")]
    #[error(
        "a blocking call on a thread of an async runtime, which it would hold up; use `dune_pipeline::Dune` there, or `spawn_blocking`"
    )]
    InsideRuntime,

    /// A row does not fit the type it is read into. Change the type: `Option` for what may be null, text for decimals.
    #[error(transparent)]
    Row(Box<RowMisfit>),

    /// The pages of a result do not add up, so rows would be lost or repeated. Read again; if it persists, it is the
    /// server's fault.
    #[error("the rows of {of}: {fault}")]
    Pages {
        /// Whose rows.
        of: Box<ResultOf>,
        /// What does not add up.
        fault: PageFault,
    },
}

#[cfg(feature = "parquet")]
impl Error {
    pub(crate) fn not_written(source: impl Into<Source>) -> Error {
        Error::NotWritten {
            source: source.into(),
        }
    }
}
