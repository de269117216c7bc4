//! When a request that came to nothing is sent again, and when to give up.
//! Delays grow, are bounded, and are spread at random; what the server asks for goes before.

use std::time::Duration;

use super::chance;

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
    /// What is not `repeatable` is sent again only where nothing can have begun.
    pub(crate) fn delay(
        &self,
        attempt: u32,
        setback: Setback,
        repeatable: bool,
    ) -> Option<Duration> {
        self.delay_at(attempt, setback, repeatable, chance::share())
    }

    fn delay_at(
        &self,
        attempt: u32,
        setback: Setback,
        repeatable: bool,
        share: f64,
    ) -> Option<Duration> {
        if attempt > self.most {
            return None;
        }
        let (asked, first) = match setback {
            Setback::NotSent => (None, self.first),
            Setback::Limited(asked) => (asked, self.first_when_limited),
            Setback::Unclear(asked) if repeatable => (asked, self.first),
            Setback::Unclear(_) | Setback::Final => return None,
        };
        match asked {
            Some(delay) if delay > self.longest => None,
            Some(delay) => Some(delay),
            None => {
                let whole = doubled(first, attempt.saturating_sub(1)).min(self.longest);
                Some(whole.mul_f64(1.0 - share / 2.0))
            }
        }
    }
}

fn doubled(first: Duration, times: u32) -> Duration {
    let factor = 1_u32.checked_shl(times).unwrap_or(u32::MAX);
    first.saturating_mul(factor.max(1))
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
        let again = |setback| RETRIES.delay(1, setback, false).is_some();
        assert!(again(Setback::NotSent));
        assert!(again(Setback::Limited(None)));
        assert!(!again(Setback::Unclear(None)));
        assert!(!again(Setback::Unclear(ASKED)));
        assert!(!again(Setback::Final));
    }

    #[test]
    fn reads_are_sent_again_until_the_bound() {
        for attempt in 1..=4 {
            let delay = RETRIES.delay(attempt, Setback::Unclear(None), true);
            assert!(delay.is_some());
        }
        assert_eq!(RETRIES.delay(5, Setback::Unclear(None), true), None);
        assert_eq!(RETRIES.delay(1, Setback::Final, true), None);
    }

    #[test]
    fn the_server_is_obeyed_unless_it_asks_for_too_long() {
        assert_eq!(RETRIES.delay(1, Setback::Limited(ASKED), false), ASKED);
        assert_eq!(RETRIES.delay(1, Setback::Unclear(ASKED), true), ASKED);
        let hour = Some(Duration::from_secs(3600));
        assert_eq!(RETRIES.delay(1, Setback::Limited(hour), true), None);
    }

    #[test]
    fn delays_double_within_their_bound_and_are_spread_over_a_half_of_it() {
        for (setback, first) in [
            (Setback::NotSent, RETRIES.first),
            (Setback::Limited(None), RETRIES.first_when_limited),
        ] {
            for attempt in 1..=4 {
                let delay = |share| RETRIES.delay_at(attempt, setback, false, share).unwrap();
                let whole = first * 2_u32.pow(attempt - 1);
                assert_eq!(delay(0.0), whole);
                assert_eq!(delay(1.0), whole / 2);
            }
        }
        let patient = Retries {
            most: u32::MAX,
            ..RETRIES
        };
        for attempt in [20, 31, 32, 33, 34, u32::MAX] {
            let delay = patient.delay_at(attempt, Setback::NotSent, true, 0.0);
            assert_eq!(delay, Some(patient.longest), "attempt {attempt}");
        }
    }
}
