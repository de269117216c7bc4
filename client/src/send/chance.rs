//! The one source of randomness: delays are spread by it, so that many clients do not knock at once.
//! Nothing secret hangs on it.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};

/// A number between 0 and 1, another one each time.
pub(super) fn share() -> f64 {
    // The standard library keys each state anew.
    let random = RandomState::new().build_hasher().finish();
    f64::from(u32::try_from(random >> 32).unwrap_or(0)) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_lie_between_none_and_all_and_differ() {
        let shares: Vec<_> = (0..100).map(|_| share()).collect();
        assert!(shares.iter().all(|share| (0.0..=1.0).contains(share)));
        assert!(shares.windows(2).any(|pair| pair[0] != pair[1]));
        assert!(shares.iter().any(|share| *share < 0.5));
        assert!(shares.iter().any(|share| *share > 0.5));
    }
}
