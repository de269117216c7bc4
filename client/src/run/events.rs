//! The changes of a run as a stream: read at the pace of a wait, and told one by one.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::Stream;

use super::following::{Following, Step};
use super::{Event, Run};
use crate::error::Error;
use crate::watching::PATIENCE;

/// What changes in a run, as a stream of [`Event`]s, made by [`Run::events`].
///
/// The first read tells how everything stands, with no state [before](Event::from); each later one tells what has changed
/// since. The stream ends when the run has ended and all of it is told, or after an error. It has no deadline.
///
/// Nothing is asked before the first `.await`. Dropping the stream stops the asking and nothing else: the run goes on.
/// Dropping the future of [`next`](Events::next) loses nothing either, the next call goes on where it was.
#[must_use = "a stream does nothing unless it is asked"]
pub struct Events {
    run: Run,
    patience: Duration,
    on_trouble: Option<OnTrouble>,
    reads: Reads,
    due: VecDeque<Event>,
}

type OnTrouble = Box<dyn FnMut(&Error) + Send>;

/// One read, and that with which the next is made.
type Reading = Pin<Box<dyn Future<Output = (Following, Result<Step, Error>)> + Send>>;

enum Reads {
    NotBegun,
    UnderWay(Reading),
    Over,
}

impl Events {
    pub(super) fn new(run: Run) -> Events {
        Events {
            run,
            patience: PATIENCE,
            on_trouble: None,
            reads: Reads::NotBegun,
            due: VecDeque::new(),
        }
    }

    /// How long reads may fail in a row before the stream ends with the error of the last one: as
    /// [`Wait::patience`](super::Wait::patience). With [`Duration::MAX`] a lost network never ends it.
    pub fn patience(mut self, time: Duration) -> Events {
        self.patience = time;
        self
    }

    /// Calls `watch` with the error of each read that failed and is made again.
    pub fn on_trouble(mut self, watch: impl FnMut(&Error) + Send + 'static) -> Events {
        self.on_trouble = Some(Box::new(watch));
        self
    }

    /// The next event, `None` after the last. The same as `next` of `StreamExt`, for those who do not have that at hand.
    ///
    /// # Errors
    /// Of a read of the status: those of [`Run::status`], after which the stream is over.
    pub async fn next(&mut self) -> Option<Result<Event, Error>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    fn take_in(&mut self, following: Following, step: Step) {
        let over = match step {
            Step::Status(status, events) => {
                self.due.extend(events);
                status.is_final()
            }
            Step::Trouble(error) => {
                if let Some(watch) = &mut self.on_trouble {
                    watch(&error);
                }
                false
            }
        };
        self.reads = match over {
            true => Reads::Over,
            false => Reads::UnderWay(read(following)),
        };
    }
}

/// The next read, which sleeps first: it is made whenever the stream is asked for more than is known.
fn read(mut following: Following) -> Reading {
    Box::pin(async move {
        let step = following.step().await;
        (following, step)
    })
}

impl Stream for Events {
    type Item = Result<Event, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(event) = self.due.pop_front() {
                return Poll::Ready(Some(Ok(event)));
            }
            match &mut self.reads {
                Reads::Over => return Poll::Ready(None),
                Reads::NotBegun => {
                    let following = Following::new(self.run.clone(), self.patience);
                    self.reads = Reads::UnderWay(read(following));
                }
                Reads::UnderWay(reading) => match ready!(reading.as_mut().poll(context)) {
                    (following, Ok(step)) => self.take_in(following, step),
                    (_, Err(error)) => {
                        self.reads = Reads::Over;
                        return Poll::Ready(Some(Err(error)));
                    }
                },
            }
        }
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events")
            .field("run", &self.run.id)
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}
