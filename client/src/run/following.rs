//! Reading the status of a run again and again, at the client's pace: what waiting for a run and its events share.
//! Dune out of reach for a while ends neither of them before their patience does.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tracing::{Instrument as _, warn};

use super::telling::Telling;
use super::{Event, Run, RunStatus};
use crate::error::{Call, Error};
use crate::watching::{Look, Watching};

/// The reads of one wait, or of one stream of events.
pub(super) struct Following {
    run: Run,
    watching: Watching,
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
            watching: Watching::begin(&run.dune.patience().polling, patience),
            run,
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
        let read = self.run.read(Call::read("reading the status"));
        match self.watching.look(read).await? {
            Look::At(status) => {
                let status = Arc::new(status);
                let events = Event::between(self.last.as_deref(), &status);
                events.iter().for_each(|event| self.telling.tell(event));
                self.last = Some(Arc::clone(&status));
                Ok(Step::Status(status, events))
            }
            Look::Trouble(error) => {
                warn!(run = self.run.id(), %error, "the status is read again later");
                Ok(Step::Trouble(error))
            }
        }
    }
}

impl fmt::Debug for Following {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Following")
            .field("run", &self.run.id)
            .field("watching", &self.watching)
            .finish_non_exhaustive()
    }
}
