//! `usage` and `login`: what an account has used, which is also how a key is checked.

use predicates::prelude::*;
use predicates::str::contains;

use crate::Local;
use crate::person::Person;

#[test]
fn usage_tells_what_the_account_has_used() {
    let local = Local::start();
    local
        .does("usage")
        .success()
        .stdout(contains("credits used").and(contains("stored: ")));
    assert!(local.json("usage --json")["billing_periods"][0]["credits_used"].is_number());
    local.does("usage --from yesterday").code(2);
}

#[test]
fn login_keeps_a_key_that_dune_knows() {
    let local = Local::start();
    let newcomer = Person::new(Some(&local.served.url), &local.served.key).without_key();
    newcomer.pipes("not-the-key", "login").code(1);
    newcomer.does("usage").code(2);
    newcomer.pipes(&local.served.key, "login").success();
    newcomer.does("usage").success();
}
