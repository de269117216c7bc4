//! How many requests a minute a plan allows, and who keeps count of them: every client of this process with the same
//! key, the same address and the same limits shares one count, for Dune counts by key.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};

use dune_api::{ApiKey, BaseUrl};

use super::budget::Budget;
use crate::error::Call;

/// How many requests a minute the plan of a key allows, as Dune counts them: what starts or changes something, and what
/// reads, apart from each other.
///
/// ```
/// use dune_pipeline::{Dune, RateLimits};
///
/// # fn main() -> Result<(), dune_pipeline::Error> {
/// let dune = Dune::builder()
///     .api_key("my-key")
///     .rate_limits(RateLimits::PLUS)
///     .build()?;
/// # let _ = dune;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RateLimits {
    low: u32,
    high: u32,
}

impl RateLimits {
    /// Those of Dune's free plan: 15 starts or changes and 40 reads a minute.
    pub const FREE: RateLimits = RateLimits::new(15, 40);

    /// Those of the plan Plus: 70 and 200.
    pub const PLUS: RateLimits = RateLimits::new(70, 200);

    /// Those from which the plan Enterprise begins: 350 and 1,000.
    pub const ENTERPRISE: RateLimits = RateLimits::new(350, 1000);

    /// Limits of one's own: `low` for what starts or changes something, `high` for what reads and what cancels. Neither
    /// is less than 1.
    #[must_use]
    pub const fn new(low: u32, high: u32) -> RateLimits {
        RateLimits {
            low: if low == 0 { 1 } else { low },
            high: if high == 0 { 1 } else { high },
        }
    }

    /// How many requests a minute may start or change something.
    #[must_use]
    pub const fn low(self) -> u32 {
        self.low
    }

    /// How many requests a minute may read or cancel.
    #[must_use]
    pub const fn high(self) -> u32 {
        self.high
    }
}

impl Default for RateLimits {
    /// [`RateLimits::FREE`].
    fn default() -> RateLimits {
        RateLimits::FREE
    }
}

/// The two counts of a key.
#[derive(Debug)]
pub(crate) struct Limiter {
    low: Arc<Budget>,
    high: Arc<Budget>,
}

/// The limiters in use, by what they are for. They are shared by the process, and not by the clones of one client alone,
/// because a client made anew for each job or each request of a server is a common way to use one, and would count
/// nothing. No key is in here.
static IN_USE: LazyLock<InUse> = LazyLock::new(InUse::default);

#[derive(Default)]
struct InUse {
    state: RandomState,
    limiters: Mutex<HashMap<u64, Weak<Limiter>>>,
}

impl Limiter {
    /// The limiter for a key: that of another client, or a new one where nobody uses one.
    pub(crate) fn shared(base: &BaseUrl, key: &ApiKey, limits: RateLimits) -> Arc<Limiter> {
        let id = IN_USE.state.hash_one((base.as_str(), key, limits));
        let mut limiters = IN_USE
            .limiters
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(limiter) = limiters.get(&id).and_then(Weak::upgrade) {
            return limiter;
        }
        limiters.retain(|_, limiter| limiter.strong_count() > 0);
        let limiter = Arc::new(Limiter {
            low: Budget::new("low", limits.low),
            high: Budget::new("high", limits.high),
        });
        limiters.insert(id, Arc::downgrade(&limiter));
        limiter
    }

    /// The count that a request is under.
    pub(super) fn budget(&self, call: &Call) -> &Arc<Budget> {
        match call.is_repeatable() {
            true => &self.high,
            false => &self.low,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter(url: &str, key: &str, limits: RateLimits) -> Arc<Limiter> {
        let base = BaseUrl::parse(url).unwrap();
        Limiter::shared(&base, &ApiKey::new(key).unwrap(), limits)
    }

    #[test]
    fn clients_of_one_key_share_a_limiter_and_others_do_not() {
        let dune = "https://limits.example";
        let first = limiter(dune, "key-of-limits", RateLimits::FREE);
        let same = limiter(dune, "key-of-limits", RateLimits::new(15, 40));
        assert!(Arc::ptr_eq(&first, &same));
        for other in [
            limiter(dune, "another-key", RateLimits::FREE),
            limiter("https://other.example", "key-of-limits", RateLimits::FREE),
            limiter(dune, "key-of-limits", RateLimits::PLUS),
        ] {
            assert!(!Arc::ptr_eq(&first, &other));
        }
    }

    #[test]
    fn a_limiter_that_nobody_uses_is_forgotten() {
        let gone = Arc::downgrade(&limiter("https://gone.example", "x", RateLimits::FREE));
        assert!(gone.upgrade().is_none());
        let _other = limiter("https://gone.example", "y", RateLimits::FREE);
        let limiters = IN_USE.limiters.lock().unwrap();
        assert!(!limiters.values().any(|limiter| limiter.ptr_eq(&gone)));
    }

    #[test]
    fn what_reads_or_cancels_is_under_the_high_limit_and_the_rest_under_the_low_one() {
        let limiter = limiter("https://calls.example", "x", RateLimits::FREE);
        for call in [Call::read("reading"), Call::cancel("cancelling")] {
            assert!(Arc::ptr_eq(limiter.budget(&call), &limiter.high));
        }
        for call in [Call::start("starting"), Call::change("changing")] {
            assert!(Arc::ptr_eq(limiter.budget(&call), &limiter.low));
        }
    }

    #[test]
    fn a_limit_of_nothing_is_one() {
        let limits = RateLimits::new(0, 0);
        assert_eq!((limits.low(), limits.high()), (1, 1));
        assert_eq!(RateLimits::default(), RateLimits::new(15, 40));
    }
}
