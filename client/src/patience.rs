//! How long to wait, and when to give up: between two reads of a status, and before a request is sent again.
//! Delays grow, are bounded, and are spread at random so that many clients do not knock at once.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};
use std::time::Duration;

/// When a request that came to nothing is sent again.
#[derive(Debug, Clone)]
pub(crate) struct Retries {
    /// How often after the first time.
    pub(crate) most: u32,
    /// The first delay; each further one is twice as long.
    pub(crate) first: Duration,
    /// The first delay after a 429 that does not say how long: limits count by the minute.
    pub(crate) first_when_limited: Duration,
    /// No delay is longer, and where the server asks for a longer one, the error says so instead.
    pub(crate) longest: Duration,
}

/// How a request came to nothing, as far as sending it again goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Setback {
    /// Nothing was sent: no connection.
    NotSent,
    /// Refused for now (429), with the delay the server asked for.
    Limited(Option<Duration>),
    /// It may have arrived: its answer was lost, or the server was in trouble for a moment.
    Unclear(Option<Duration>),
    /// It will be no different next time.
    Final,
}

impl Retries {
    /// How long to wait before attempt `attempt + 1`, or `None` to give up.
    ///
    /// What starts work is sent again only where nothing can have started.
    pub(crate) fn delay(
        &self,
        attempt: u32,
        setback: Setback,
        starts_work: bool,
    ) -> Option<Duration> {
        if attempt > self.most {
            return None;
        }
        let (asked, first) = match setback {
            Setback::NotSent => (None, self.first),
            Setback::Limited(asked) => (asked, self.first_when_limited),
            Setback::Unclear(asked) if !starts_work => (asked, self.first),
            Setback::Unclear(_) | Setback::Final => return None,
        };
        match asked {
            Some(delay) if delay > self.longest => None,
            Some(delay) => Some(delay),
            None => Some(spread(doubled(
                first,
                attempt.saturating_sub(1),
                self.longest,
            ))),
        }
    }
}

/// How often the status of a run is read.
#[derive(Debug, Clone)]
pub(crate) struct Polling {
    /// The first pause; each further one is twice as long.
    pub(crate) first: Duration,
    /// No pause is longer.
    pub(crate) longest: Duration,
}

impl Polling {
    /// The pause after read number `read`, counted from 0.
    pub(crate) fn pause(&self, read: u32) -> Duration {
        spread(doubled(self.first, read, self.longest))
    }
}

fn doubled(first: Duration, times: u32, longest: Duration) -> Duration {
    let factor = 1_u32.checked_shl(times).unwrap_or(u32::MAX);
    first.saturating_mul(factor.max(1)).min(longest)
}

/// A duration between three quarters and the whole of this one.
fn spread(whole: Duration) -> Duration {
    // The standard library's one source of randomness: each state is keyed anew. Enough to spread requests.
    let random = RandomState::new().build_hasher().finish();
    let share = f64::from(u32::try_from(random >> 32).unwrap_or(0)) / f64::from(u32::MAX);
    whole.mul_f64(1.0 - share / 4.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RETRIES: Retries = Retries {
        most: 4,
        first: Duration::from_millis(100),
        first_when_limited: Duration::from_secs(5),
        longest: Duration::from_secs(60),
    };
    const ASKED: Option<Duration> = Some(Duration::from_secs(7));

    #[test]
    fn what_starts_work_is_sent_again_only_where_nothing_can_have_started() {
        let again = |setback| RETRIES.delay(1, setback, true).is_some();
        assert!(again(Setback::NotSent));
        assert!(again(Setback::Limited(None)));
        assert!(!again(Setback::Unclear(None)));
        assert!(!again(Setback::Unclear(ASKED)));
        assert!(!again(Setback::Final));
    }

    #[test]
    fn reads_are_sent_again_until_the_bound() {
        for attempt in 1..=4 {
            assert!(
                RETRIES
                    .delay(attempt, Setback::Unclear(None), false)
                    .is_some()
            );
        }
        assert_eq!(RETRIES.delay(5, Setback::Unclear(None), false), None);
        assert_eq!(RETRIES.delay(1, Setback::Final, false), None);
    }

    #[test]
    fn the_server_is_obeyed_unless_it_asks_for_too_long() {
        assert_eq!(RETRIES.delay(1, Setback::Limited(ASKED), true), ASKED);
        let hour = Some(Duration::from_secs(3600));
        assert_eq!(RETRIES.delay(1, Setback::Limited(hour), false), None);
    }

    #[test]
    fn delays_double_within_their_bound_and_are_spread() {
        for attempt in 1..=4 {
            let whole = Duration::from_millis(100 << (attempt - 1));
            let delay = RETRIES.delay(attempt, Setback::NotSent, false).unwrap();
            assert!(delay <= whole && delay >= whole.mul_f64(0.74), "{delay:?}");
        }
        let polling = Polling {
            first: Duration::from_millis(250),
            longest: Duration::from_secs(5),
        };
        for read in [20, 31, 32, 33, u32::MAX] {
            let pause = polling.pause(read);
            assert!(
                pause <= polling.longest && pause > Duration::from_secs(3),
                "{pause:?}"
            );
        }
        let pauses: Vec<_> = (0..20).map(|_| polling.pause(20)).collect();
        assert!(pauses.windows(2).any(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn a_minute_of_waiting_stays_far_inside_the_smallest_plan() {
        let polling = Polling {
            first: Duration::from_millis(250),
            longest: Duration::from_secs(5),
        };
        let mut time = Duration::ZERO;
        let reads = (0_u32..)
            .take_while(|read| {
                time += polling.pause(*read);
                time < Duration::from_secs(60)
            })
            .count();
        assert!(
            reads <= 22,
            "{reads} reads of the 40 a minute of Dune's free plan"
        );
    }
}
