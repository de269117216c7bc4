//! Reading the status of a run again and again, at the client's pace: what waiting for a run and its events share.
//! Dune out of reach for a while ends neither of them before their patience does.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};
use tracing::{Instrument as _, warn};

use super::telling::Telling;
use super::wait::after;
use super::{Event, Run, RunStatus};
use crate::error::{Call, Error};
use crate::send::Polls;

/// How long reads may fail in a row unless it is set: a restart of the server, a night train's tunnel.
pub(super) const PATIENCE: Duration = Duration::from_secs(10 * 60);

/// The reads of one wait, or of one stream of events.
pub(super) struct Following {
    run: Run,
    patience: Duration,
    polls: Polls,
    next_read: Option<Instant>,
    failing_since: Option<Instant>,
    last: Option<Arc<RunStatus>>,
    telling: Telling,
}

/// What came of one read.
pub(super) enum Step {
    /// How the run stood, and what of it is new.
    Status(Arc<RunStatus>, Vec<Event>),
    /// It failed, and is made again.
    Trouble(Error),
}

impl Following {
    pub(super) fn new(run: Run, patience: Duration) -> Following {
        Following {
            polls: run.dune.patience().polling.begin(),
            run,
            patience,
            next_read: None,
            failing_since: None,
            last: None,
            telling: Telling::default(),
        }
    }

    /// Sleeps until it is time, and reads the status.
    ///
    /// # Errors
    /// Of a read that will be no different next time, or that was the last that patience allows.
    pub(super) async fn step(&mut self) -> Result<Step, Error> {
        let span = self.run.span();
        self.read().instrument(span).await
    }

    async fn read(&mut self) -> Result<Step, Error> {
        if let Some(time) = self.next_read {
            sleep_until(time).await;
        }
        match self.run.read(Call::read("reading the status")).await {
            Ok((status, asked)) => {
                self.next_read = Some(after(self.polls.pause(asked)));
                self.failing_since = None;
                let status = Arc::new(status);
                let events = Event::between(self.last.as_deref(), &status);
                events.iter().for_each(|event| self.telling.tell(event));
                self.last = Some(Arc::clone(&status));
                Ok(Step::Status(status, events))
            }
            Err(error) if self.passes(&error) => {
                let pause = self.polls.pause(None);
                let pause = asked(&error).map_or(pause, |asked| asked.max(pause));
                let now = Instant::now();
                let since = *self.failing_since.get_or_insert(now);
                let failing = now.saturating_duration_since(since).saturating_add(pause);
                // The pause is none where the last answer took longer than it.
                if failing > self.patience || self.patience.is_zero() {
                    return Err(error);
                }
                warn!(run = self.run.id(), %error, "the status is read again later");
                self.next_read = Some(after(pause));
                Ok(Step::Trouble(error))
            }
            Err(error) => Err(error),
        }
    }

    /// Whether the same read may succeed later. What no Dune would answer is final at first; after an answer of Dune's it
    /// is of something in between, the page to sign in to a network for example.
    fn passes(&self, error: &Error) -> bool {
        let answered_before = self.last.is_some();
        match error {
            Error::UnreadableAnswer { .. } | Error::Redirected { .. } => answered_before,
            Error::Unreachable { source, .. } if dune_api::is_tls_failure(source.as_ref()) => {
                answered_before
            }
            error => error.is_retryable(),
        }
    }
}

/// How long the server asked to be left alone.
fn asked(error: &Error) -> Option<Duration> {
    match error {
        Error::RateLimited { retry_after, .. } => *retry_after,
        _ => None,
    }
}

impl fmt::Debug for Following {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Following")
            .field("run", &self.run.id)
            .field("patience", &self.patience)
            .field("polls", &self.polls)
            .finish_non_exhaustive()
    }
}
