//! So many requests a minute, and a queue before them: first come, first served.
//! A request counts from when it goes out until a minute after its answer, so that whenever Dune counted it, no minute of
//! Dune's sees more than the budget.

use std::collections::VecDeque;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

const MINUTE: Duration = Duration::from_secs(60);

/// A count of requests.
#[derive(Debug)]
pub(super) struct Budget {
    name: &'static str,
    count: Mutex<Count>,
    /// Those who wait should look again: a request has ended or was not sent, or somebody left the queue.
    changed: Notify,
}

/// One request's place in the budget, from before it goes out until its answer is there.
#[derive(Debug)]
pub(super) struct Turn {
    budget: Arc<Budget>,
    sent: bool,
}

/// A place in the queue.
struct Ticket<'b> {
    budget: &'b Budget,
    number: u64,
}

impl Budget {
    pub(super) fn new(name: &'static str, most: u32) -> Arc<Budget> {
        Budget::of(name, Count::new(most, MINUTE))
    }

    fn of(name: &'static str, count: Count) -> Arc<Budget> {
        Arc::new(Budget {
            name,
            count: Mutex::new(count),
            changed: Notify::new(),
        })
    }

    /// What it counts, in Dune's word: `low` or `high`.
    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    /// A turn, if nobody waits and there is one left.
    pub(super) fn turn_now(self: &Arc<Budget>) -> Option<Turn> {
        let taken = self.count().take(None, Instant::now());
        taken.is_ok().then(|| self.taken())
    }

    /// A turn, when there is one for all who asked before as well. Dropping the future leaves the queue.
    ///
    /// Nobody holds the queue: a future that its owner does not poll keeps its place and no other one's.
    pub(super) async fn turn(self: &Arc<Budget>) -> Turn {
        let ticket = Ticket {
            number: self.count().join(),
            budget: self,
        };
        loop {
            let mut changed = pin!(self.changed.notified());
            changed.as_mut().enable();
            let taken = self.count().take(Some(ticket.number), Instant::now());
            match taken {
                Ok(()) => return self.taken(),
                // Which of the two it was shows with the next try.
                Err(Some(free)) => drop(timeout_at(free, changed).await),
                Err(None) => changed.await,
            }
        }
    }

    /// A turn whether there is one or not, before all who wait: for what ends what costs. It counts like any other.
    pub(super) fn turn_beyond(self: &Arc<Budget>) -> Turn {
        self.count().underway += 1;
        self.taken()
    }

    /// Lets nobody go before that time.
    pub(super) fn close_until(&self, time: Instant) {
        let mut count = self.count();
        count.closed_until = count.closed_until.max(Some(time));
    }

    fn taken(self: &Arc<Budget>) -> Turn {
        Turn {
            budget: Arc::clone(self),
            sent: true,
        }
    }

    fn count(&self) -> MutexGuard<'_, Count> {
        self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn {
    /// Gives it back, for nothing was sent.
    pub(super) fn give_back(mut self) {
        self.sent = false;
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.budget.count().end(Instant::now(), self.sent);
        self.budget.changed.notify_waiters();
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        if self.budget.count().leave(self.number) {
            self.budget.changed.notify_waiters();
        }
    }
}

#[derive(Debug)]
struct Count {
    most: usize,
    /// A minute, but for tests.
    minute: Duration,
    underway: usize,
    /// When the others ended, those of the last minute, in order.
    ended: VecDeque<Instant>,
    /// Dune said 429, and asked for quiet until then.
    closed_until: Option<Instant>,
    /// The tickets of those who wait, in order.
    queue: VecDeque<u64>,
    tickets: u64,
}

impl Count {
    fn new(most: u32, minute: Duration) -> Count {
        Count {
            most: usize::try_from(most).unwrap_or(usize::MAX),
            minute,
            underway: 0,
            ended: VecDeque::new(),
            closed_until: None,
            queue: VecDeque::new(),
            tickets: 0,
        }
    }

    /// A ticket for the end of the queue.
    fn join(&mut self) -> u64 {
        self.tickets += 1;
        self.queue.push_back(self.tickets);
        self.tickets
    }

    /// Whether that ticket was in the queue, where it is no longer.
    fn leave(&mut self, ticket: u64) -> bool {
        let place = self.queue.binary_search(&ticket);
        place.is_ok_and(|place| self.queue.remove(place).is_some())
    }

    /// Takes one for a ticket, or for somebody without one, who stands behind all others. Else it says when there may be
    /// one; nobody knows while too many are underway.
    fn take(&mut self, ticket: Option<u64>, now: Instant) -> Result<(), Option<Instant>> {
        let old = |end: &Instant| *end + self.minute <= now;
        while self.ended.front().is_some_and(old) {
            self.ended.pop_front();
        }
        let ahead = match ticket {
            Some(ticket) => self.queue.partition_point(|other| *other < ticket),
            None => self.queue.len(),
        };
        let wanted = self.underway + self.ended.len() + ahead + 1;
        if let Some(missing) = wanted.checked_sub(self.most).filter(|count| *count > 0) {
            let end = self.ended.get(missing - 1);
            return Err(end.map(|end| (*end + self.minute).max(self.closed_until.unwrap_or(now))));
        }
        if let Some(time) = self.closed_until.filter(|time| *time > now) {
            return Err(Some(time));
        }
        if let Some(ticket) = ticket {
            self.leave(ticket);
        }
        self.underway += 1;
        Ok(())
    }

    /// One of those taken has ended.
    fn end(&mut self, now: Instant, sent: bool) {
        self.underway -= 1;
        if sent {
            self.ended.push_back(now);
        }
    }
}

#[cfg(test)]
mod tests;
