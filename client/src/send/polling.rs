//! How often a status is read while somebody waits: quickly at first, then ever more rarely.
//! Each read has its time from the start of the wait on, so that slow answers and spread do not add up.

use std::time::Duration;

use tokio::time::Instant;

use super::chance;

/// The pause has grown to this many times the first one when it stops doubling.
const DOUBLED: u32 = 4;

/// From then on it is this part of the time that was waited.
const PART: u32 = 8;

/// Each read is up to this part of its pause early.
const SPREAD: f64 = 0.1;

/// A server's hint is obeyed up to here: one that is longer is more likely wrong than meant.
const LONGEST_HINT: Duration = Duration::from_secs(60);

/// How often the status of a run is read.
///
/// The pauses are `first`, twice and four times that; so they stay until an eighth of the time so far is more, which they
/// grow with up to `longest`. With 1 s and 10 s the reads are at 0, 1, 3, 7, 11, .. 31 s. So a run of 30 s takes ten reads
/// and its end is noticed a second late. No ten reads can notice *every* end up to 30 s within 2 s, for they cover 20 s;
/// these are on the average less than 2 s late and at worst, on the whole, 4 s or an eighth of the run, never more than 10 s.
#[derive(Debug, Clone)]
pub(crate) struct Polling {
    /// The first pause.
    pub(crate) first: Duration,
    /// No pause is longer.
    pub(crate) longest: Duration,
}

/// The reads of one wait.
#[derive(Debug)]
pub(crate) struct Polls {
    polling: Polling,
    began: Instant,
    /// How many pauses there were.
    pauses: u32,
    /// When the last read was due, from the start on and without its spread.
    due: Duration,
}

impl Polling {
    /// The reads of a wait that begins now, with its first read.
    pub(crate) fn begin(&self) -> Polls {
        Polls {
            polling: self.clone(),
            began: Instant::now(),
            pauses: 0,
            due: Duration::ZERO,
        }
    }

    /// The pause after so many others, when the last read was due at `due`.
    fn pause(&self, pauses: u32, due: Duration) -> Duration {
        let factor = 1_u32.checked_shl(pauses).unwrap_or(DOUBLED);
        let quick = self.first.saturating_mul(factor.clamp(1, DOUBLED));
        quick.max(due / PART).min(self.longest)
    }
}

impl Polls {
    /// How long to sleep before the next read. `asked` is what the last answer asked for in `Retry-After`: that is
    /// obeyed, from the first pause up to a minute.
    pub(crate) fn pause(&mut self, asked: Option<Duration>) -> Duration {
        self.pause_at(self.began.elapsed(), asked, chance::share())
    }

    fn pause_at(&mut self, now: Duration, asked: Option<Duration>, share: f64) -> Duration {
        let usual = self.polling.pause(self.pauses, self.due);
        self.pauses = self.pauses.saturating_add(1);
        if let Some(asked) = asked {
            let pause = asked.min(LONGEST_HINT).max(self.polling.first);
            self.due = now.saturating_add(pause);
            return pause;
        }
        self.due = match self.due.saturating_add(usual) {
            // What a slow answer took is not made up for.
            passed if passed <= now => now.saturating_add(usual),
            due => due,
        };
        let early = usual.mul_f64(SPREAD * share);
        self.due.saturating_sub(now.saturating_add(early))
    }
}

#[cfg(test)]
mod tests;
