//! Cancelling a run. Dune has no request for it, so each execution that still runs is cancelled, and the status read
//! again for what has started meanwhile, until nothing runs, nothing more can be done or the time is up.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream;
use tokio::time::{sleep_until, timeout_at};
use tracing::{Instrument as _, info, info_span, warn};

use super::{Cancellation, NodeStatus, Run, RunStatus};
use crate::error::{Call, Error, MissedDeadline};
use crate::watching::after;

/// How many cancels are under way at a time.
const AT_ONCE: usize = 8;

/// How often in a row the status is read without a cancel in between that Dune took. Between those reads lie the
/// pauses of polling: a quarter of a minute on Dune itself.
const IDLE_READS: u32 = 6;

/// The last word on each execution that was to be cancelled.
pub(super) type Answers = HashMap<String, Answer>;

/// What came of a request to cancel an execution.
pub(super) enum Answer {
    /// Dune took it.
    Taken,
    /// Dune answered that there is nothing to cancel.
    Declined,
    /// It came to nothing.
    Failed(Box<Error>),
}

/// See [`Run::cancel`].
pub(super) async fn cancel(run: &Run, limit: Duration) -> Result<Cancellation, Error> {
    let deadline = after(limit);
    let mut answers = Answers::new();
    let mut status = match timeout_at(deadline, read(run)).await {
        Ok(status) => status?,
        Err(_) => return Err(MissedDeadline::new(run.id(), limit, None, None).into()),
    };
    let mut idle = 0;
    let mut polls = run.dune.patience().polling.begin();
    let trouble = loop {
        if nothing_left(&status) {
            break None;
        }
        let before = taken(&answers);
        let mut requests = stream::iter(due(&status, &answers))
            .map(|(node, execution)| request(run, node, execution))
            .buffer_unordered(AT_ONCE);
        let mut in_time = true;
        loop {
            match timeout_at(deadline, requests.next()).await {
                Ok(Some((execution, answer))) => drop(answers.insert(execution, answer)),
                Ok(None) => break,
                Err(_) => {
                    in_time = false;
                    break;
                }
            }
        }
        drop(requests);
        idle += 1;
        if taken(&answers) > before {
            idle = 0;
            polls = run.dune.patience().polling.begin();
        }
        if !in_time || idle >= IDLE_READS {
            break None;
        }
        let next = after(polls.pause(None));
        sleep_until(next.min(deadline)).await;
        match timeout_at(deadline, read(run)).await {
            Ok(Ok(new)) => status = new,
            Ok(Err(error)) => break Some(error),
            Err(_) => break None,
        }
    };
    Ok(Cancellation::new(status, answers, trouble))
}

/// The status, before all who wait for their turn: where the plan's limit is used up, cancelling is what helps.
async fn read(run: &Run) -> Result<RunStatus, Error> {
    let call = Call::read("reading the status").urgent();
    Ok(run.read(call).await?.0)
}

/// Whether nothing runs, and nothing will.
fn nothing_left(status: &RunStatus) -> bool {
    let running = status.nodes().iter().any(is_running);
    !running && (status.is_final() || status.nothing_can_start())
}

fn is_running(node: &NodeStatus) -> bool {
    node.execution_id().is_some() && !node.state().is_final()
}

/// The name and the execution of what runs and whose cancelling Dune has not taken yet. What it refused for good is not
/// asked for again.
fn due(status: &RunStatus, answers: &Answers) -> Vec<(String, String)> {
    let running = status.nodes().iter().filter(|node| is_running(node));
    let running = running.filter_map(|node| Some((node.name(), node.execution_id()?.to_owned())));
    let due = running.filter(|(_, execution)| match answers.get(execution) {
        None | Some(Answer::Declined) => true,
        Some(Answer::Taken) => false,
        Some(Answer::Failed(error)) => error.is_retryable(),
    });
    due.collect()
}

fn taken(answers: &Answers) -> usize {
    let answers = answers.values();
    answers
        .filter(|answer| matches!(answer, Answer::Taken))
        .count()
}

/// `POST /v1/execution/{execution_id}/cancel`, which may be sent again: what is cancelled twice is cancelled.
async fn request(run: &Run, node: String, execution: String) -> (String, Answer) {
    let call = Call::cancel("cancelling the execution")
        .of_node(&node)
        .of_execution(&execution)
        .of_run(run.id());
    let request = || run.dune.api().cancel_execution(&execution);
    let span = info_span!("node", name = node);
    let answer = match run.dune.send(&call, request).instrument(span).await {
        Ok(answer) if answer.success => Answer::Taken,
        Ok(_) => Answer::Declined,
        Err(error) => Answer::Failed(Box::new(error)),
    };
    let (run, execution_id) = (run.id(), &execution);
    match &answer {
        Answer::Taken => info!(run, node, execution = execution_id, "cancelled"),
        Answer::Declined => info!(run, node, execution = execution_id, "had nothing to cancel"),
        Answer::Failed(error) => {
            warn!(run, node, execution = execution_id, %error, "not cancelled")
        }
    }
    (execution, answer)
}
