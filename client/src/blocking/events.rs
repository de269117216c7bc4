//! What changes in a run, as an iterator.

use super::runtime::Runtime;
use crate::error::Error;
use crate::run::Event;

/// What changes in a run, one item a change, until it has ended: made by [`Run::events`](super::Run::events), see
/// [`crate::Events`].
///
/// An item is waited for when it is asked for. Dropping the iterator stops nothing but the asking.
#[derive(Debug)]
#[must_use = "nothing is asked until an item is"]
pub struct Events {
    inner: crate::Events,
    runtime: Runtime,
}

impl Events {
    pub(super) fn new(inner: crate::Events, runtime: Runtime) -> Events {
        Events { inner, runtime }
    }

    /// How it bears with failing reads: see [`crate::Events::patience`].
    pub fn patience(mut self, time: std::time::Duration) -> Events {
        self.inner = self.inner.patience(time);
        self
    }

    /// Calls `watch` with the error of each read that failed and is made again.
    pub fn on_trouble(mut self, watch: impl FnMut(&Error) + Send + 'static) -> Events {
        self.inner = self.inner.on_trouble(watch);
        self
    }
}

impl Iterator for Events {
    type Item = Result<Event, Error>;

    fn next(&mut self) -> Option<Result<Event, Error>> {
        let next = async { self.inner.next().await.transpose() };
        self.runtime.wait_for(next).transpose()
    }
}
