//! Following a run to its end: what Dune says goes to whatever shows it, and Ctrl-C, the deadline and a lost network are
//! dealt with here, once for all commands that wait.

mod costs;

use std::future::{IntoFuture as _, pending};
use std::io;
use std::pin::pin;
use std::time::Duration;

use dune_pipeline::{Dune, Error, OnDeadline, Run, RunStatus};
use tokio::sync::mpsc::unbounded_channel;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

use self::costs::Costs;

use crate::error::CommandError;
use crate::exit::Exit;
use crate::interrupt::Interrupts;
use crate::live::{How, Live, PACE};
use crate::output::tell;
use crate::report::Shape;
use crate::span;

/// What becomes of a run that nobody waits for any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Then {
    /// Dune is asked to cancel it.
    Cancel,
    /// It goes on.
    Leave,
}

/// How to follow.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Follow {
    pub(crate) how: How,
    /// Whether it is known which node waits for which.
    pub(crate) shape: Shape,
    /// What Ctrl-C does.
    pub(crate) interrupted: Then,
    /// How long at most, and what then.
    pub(crate) deadline: Option<(Duration, Then)>,
    /// Whether it may have been going on for long, so that only Dune knows since when its nodes run.
    pub(crate) began_before: bool,
    /// Up to how many nodes are asked for what they cost, a read for each that ended.
    pub(crate) costs_of: usize,
}

/// What is heard while a run goes on.
enum News {
    Status(Box<RunStatus>),
    Trouble(String),
}

/// How the following ended.
enum End {
    Run(Box<Result<RunStatus, Error>>),
    Interrupted,
    Deadline(Duration, Then),
}

/// Follows it until it has ended, the deadline has passed, or somebody does not want to wait any longer.
pub(crate) async fn follow(
    dune: &Dune,
    run: &Run,
    how: Follow,
    interrupts: &mut Interrupts,
) -> Result<(), CommandError> {
    // A run that was not started here has been going on for longer than it is watched.
    let (hint, since) = match how.interrupted {
        Then::Cancel => ("Ctrl-C cancels the run", ""),
        Then::Leave => ("Ctrl-C stops watching, the run goes on", "watched "),
    };
    let mut live = Live::new(how.how, how.shape, run.id(), hint, since);
    let end = match watch(dune, run, how, &mut live, interrupts).await {
        // How it ends is not known then, so this is no success.
        Err(error) if error.nobody_reads() => {
            tell(&format!(
                "nobody reads this any more: run {} goes on",
                run.id()
            ));
            return Err(CommandError::Told(Exit::Failed));
        }
        end => end?,
    };
    let (exit, then, why, key) = match end {
        End::Run(result) => {
            live.finish().map_err(CommandError::Output)?;
            return result.map(drop).map_err(CommandError::from);
        }
        End::Interrupted => (
            Exit::Interrupted,
            how.interrupted,
            "interrupted".to_owned(),
            "Ctrl-C once more leaves at once",
        ),
        End::Deadline(limit, then) => {
            let why = format!("not ended within {}", span::show(limit));
            (Exit::Deadline, then, why, "Ctrl-C leaves at once")
        }
    };
    let said = match then {
        Then::Leave => format!("run {} goes on", run.id()),
        Then::Cancel => cancel(run, &mut live, interrupts, key).await?,
    };
    live.finish().map_err(CommandError::Output)?;
    tell(&format!("{why}: {said}"));
    Err(CommandError::Told(exit))
}

async fn watch(
    dune: &Dune,
    run: &Run,
    how: Follow,
    live: &mut Live,
    interrupts: &mut Interrupts,
) -> Result<End, CommandError> {
    let (news, mut heard) = unbounded_channel();
    let troubles = news.clone();
    let wait = run
        .wait()
        // The deadline is kept here, where what becomes of the run then is shown too.
        .deadline(Duration::MAX)
        .on_deadline(OnDeadline::Leave)
        .patience(Duration::MAX)
        // A message that nobody takes any more is one about a run that is no longer followed.
        .on_change(move |status| drop(news.send(News::Status(Box::new(status.clone())))))
        .on_trouble(move |error| drop(troubles.send(News::Trouble(error.to_string()))));
    let mut wait = pin!(wait.into_future());
    let mut costs = Costs::new(dune.clone(), how.costs_of, how.began_before);
    let deadline = how.deadline.and_then(|(limit, then)| {
        let at = Instant::now().checked_add(limit)?;
        Some((at, limit, then))
    });
    let mut pace = interval(PACE);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let output = CommandError::Output;
    loop {
        tokio::select! {
            biased;
            () = interrupts.next() => return Ok(End::Interrupted),
            Some(news) = heard.recv() => take_in(news, live, &mut costs).map_err(output)?,
            Some((node, cost)) = costs.next() => live.cost(node, cost).map_err(output)?,
            _ = pace.tick(), if live.moves() => live.tick().map_err(output)?,
            (limit, then) = passed(deadline) => return Ok(End::Deadline(limit, then)),
            ended = &mut wait => {
                while let Ok(news) = heard.try_recv() {
                    take_in(news, live, &mut costs).map_err(output)?;
                }
                costs.rest(live).await.map_err(output)?;
                return Ok(End::Run(Box::new(ended)));
            }
        }
    }
}

fn take_in(news: News, live: &mut Live, costs: &mut Costs) -> io::Result<()> {
    match news {
        News::Status(status) => {
            costs.ask(&status);
            live.status(*status)
        }
        News::Trouble(why) => live.trouble(&format!("no answer, still asking: {why}")),
    }
}

/// Never, where there is no deadline.
async fn passed(deadline: Option<(Instant, Duration, Then)>) -> (Duration, Then) {
    match deadline {
        Some((at, limit, then)) => {
            sleep_until(at).await;
            (limit, then)
        }
        None => pending().await,
    }
}

/// Asks Dune to cancel it, and gives what came of it, node by node. A Ctrl-C from now on does not wait for that, as `key` says.
async fn cancel(
    run: &Run,
    live: &mut Live,
    interrupts: &mut Interrupts,
    key: &str,
) -> Result<String, CommandError> {
    let output = CommandError::Output;
    live.doing(&format!("cancelling; {key}")).map_err(output)?;
    let mut cancelled = pin!(run.cancel());
    let mut pace = interval(PACE);
    let cancelled = loop {
        tokio::select! {
            biased;
            () = interrupts.next() => {
                tell(&format!("left while cancelling: run {} may go on", run.id()));
                return Err(CommandError::Told(Exit::Interrupted));
            }
            cancelled = &mut cancelled => break cancelled,
            _ = pace.tick(), if live.moves() => live.tick().map_err(output)?,
        }
    };
    match cancelled {
        Ok(cancellation) => {
            live.status(cancellation.status().clone()).map_err(output)?;
            Ok(cancellation.to_string())
        }
        Err(error) => Ok(format!("run {} may go on: {error}", run.id())),
    }
}
