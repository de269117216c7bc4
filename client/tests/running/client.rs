//! A client for servers that misbehave on purpose: it loses no time between attempts, and has a key that must come out
//! nowhere.

use std::time::Duration;

use dune_pipeline::{Dune, DuneBuilder};

/// The key of every test. It must come out nowhere.
pub(crate) const KEY: &str = "k3yThatNobodyMaySee";

/// A client for an address that loses no time between attempts.
pub(crate) fn impatient(url: &str) -> DuneBuilder {
    let ms = Duration::from_millis;
    Dune::builder()
        .api_key(KEY)
        .base_url(url)
        .poll_between(ms(2), ms(20))
        .retry_delays(ms(5), Duration::from_secs(5))
        .retries(3)
        .wait_limit(Duration::from_secs(30))
}
