//! Reading how something stands, again and again at the client's pace. Dune out of reach for a while does not end it before
//! its patience does.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::error::Error;
use crate::send::{Polling, Polls};

/// How long reads may fail in a row unless it is set: a restart of the server, a night train's tunnel.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10 * 60);

/// The reads of one wait.
#[derive(Debug)]
pub(crate) struct Watching {
    patience: Duration,
    polls: Polls,
    next_read: Option<Instant>,
    failing_since: Option<Instant>,
    /// Whether one of them succeeded.
    answered: bool,
}

/// What came of one read.
pub(crate) enum Look<T> {
    /// How it stood.
    At(T),
    /// It failed, and is made again.
    Trouble(Error),
}

impl Watching {
    pub(crate) fn begin(polling: &Polling, patience: Duration) -> Watching {
        Watching {
            patience,
            polls: polling.begin(),
            next_read: None,
            failing_since: None,
            answered: false,
        }
    }

    /// Sleeps until it is time, and reads. The read gives what there is, and when the server wants to be asked again.
    ///
    /// # Errors
    /// Of a read that will be no different next time, or that was the last that patience allows.
    pub(crate) async fn look<T>(
        &mut self,
        read: impl Future<Output = Result<(T, Option<Duration>), Error>>,
    ) -> Result<Look<T>, Error> {
        if let Some(time) = self.next_read {
            sleep_until(time).await;
        }
        match read.await {
            Ok((there, asked)) => {
                self.next_read = Some(after(self.polls.pause(asked)));
                self.failing_since = None;
                self.answered = true;
                Ok(Look::At(there))
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
                self.next_read = Some(after(pause));
                Ok(Look::Trouble(error))
            }
            Err(error) => Err(error),
        }
    }

    /// Whether the same read may succeed later. What no Dune would answer is final at first; after an answer of Dune's it
    /// is of something in between, the page to sign in to a network for example.
    fn passes(&self, error: &Error) -> bool {
        match error {
            Error::UnreadableAnswer { .. } | Error::Redirected { .. } => self.answered,
            Error::Unreachable { source, .. } if dune_api::is_tls_failure(source.as_ref()) => {
                self.answered
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

/// The time so much later, or one that nobody lives to see.
pub(crate) fn after(limit: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(limit)
        .unwrap_or_else(|| now + Duration::from_secs(u64::from(u32::MAX)))
}
