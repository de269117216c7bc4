//! Where the key comes from. That nothing shows it is looked at after every command of these tests.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

use predicates::prelude::*;
use predicates::str::contains;

use crate::fake::{Answer, Fake, KEY};
use crate::person::Person;
use crate::{COMPLETED, RUN, dune, standing};

fn a_dune() -> Fake {
    let mut dune = dune(vec![standing("completed", COMPLETED)]);
    Fake::new(move |request| match request.what.as_str() {
        "POST /v1/usage" => Answer::Json(200, r#"{"billing_periods":[]}"#.to_owned()),
        _ => dune(request),
    })
}

/// Somebody who has to log in.
fn newcomer(fake: &Fake) -> Person {
    Person::at(fake).without_key()
}

fn status() -> String {
    format!("status {RUN}")
}

#[test]
fn without_a_key_it_says_how_to_get_one() {
    let fake = a_dune();
    newcomer(&fake)
        .does(status())
        .code(2)
        .stdout("")
        .stderr(contains("DUNE_API_KEY").and(contains("dune-pipeline login")));
    assert!(fake.asked().is_empty());
}

#[test]
fn what_to_do_about_a_key_is_told_as_it_is_done_in_a_shell() {
    let fake = Fake::new(|_| Answer::Json(401, r#"{"error":"invalid API Key"}"#.to_owned()));
    let rust = || contains(".api_key").or(contains(".allow_plain"));
    Person::at(&fake)
        .does(status())
        .code(1)
        .stderr(contains("dune-pipeline login").and(rust().not()));
    let person = Person::new(Some("http://dune.example"), KEY);
    person
        .does(status())
        .code(2)
        .stderr(contains("use `https://`").and(rust().not()));
}

#[test]
fn login_keeps_a_key_for_its_owner_alone_and_other_commands_use_it() {
    let fake = a_dune();
    let person = newcomer(&fake);
    let file = person.key_file();
    person
        .pipes(&format!("  {KEY} \n"), "login")
        .success()
        .stdout("")
        .stderr(contains(file.to_str().unwrap()));
    let mode = |path| fs::metadata(path).unwrap().mode() & 0o777;
    assert_eq!(mode(file.as_path()), 0o600);
    assert_eq!(mode(file.parent().unwrap()), 0o700);
    assert_eq!(fake.count("POST /v1/usage"), 1);
    person.does(status()).success().stderr("");
}

#[test]
fn a_key_that_dune_does_not_know_is_not_kept() {
    let fake = a_dune();
    let person = newcomer(&fake);
    person
        .pipes("another-key\n", "login")
        .code(1)
        .stdout("")
        .stderr(contains("does not know this key"));
    person
        .pipes("", "login")
        .code(2)
        .stderr(contains("no key was given"));
    person
        .pipes("two words\n", "login")
        .code(2)
        .stderr(contains("no API key").and(contains("two words").not()));
    assert!(!person.key_file().exists());
}

#[test]
fn a_key_that_cannot_be_checked_is_kept_only_where_that_is_asked_for() {
    let fake = Fake::new(|_| Answer::Json(403, r#"{"error":"not in this plan"}"#.to_owned()));
    let person = newcomer(&fake);
    person
        .pipes(KEY, "login")
        .code(1)
        .stderr(contains("not in this plan").and(contains("--unchecked")));
    assert!(!person.key_file().exists());
    person.pipes(KEY, "login --unchecked").success();
    assert!(person.key_file().exists());
}

#[test]
fn a_file_that_others_may_read_is_refused_with_the_remedy() {
    let fake = a_dune();
    let person = newcomer(&fake);
    person.pipes(KEY, "login").success();
    for mode in [0o644, 0o640, 0o660, 0o604] {
        fs::set_permissions(person.key_file(), fs::Permissions::from_mode(mode)).unwrap();
        person
            .does(status())
            .code(2)
            .stdout("")
            .stderr(contains("chmod 600").and(contains(format!("{mode:o}"))));
    }
    assert_eq!(
        fake.count(&format!("GET /v1/pipelines/executions/{RUN}/status")),
        0
    );
}

#[test]
fn a_kept_key_goes_to_no_other_address() {
    let (fake, other) = (a_dune(), a_dune());
    let person = newcomer(&fake);
    person.pipes(KEY, "login").success();
    let mut command = person.command(status());
    command.env("DUNE_API_BASE_URL", &other.url);
    person
        .judged(command.output().unwrap())
        .code(2)
        .stderr(contains(&fake.url).and(contains(&other.url)));
    assert!(other.asked().is_empty());
}

#[test]
fn what_is_no_key_file_is_told_without_what_is_in_it() {
    let fake = a_dune();
    let person = newcomer(&fake);
    person.pipes(KEY, "login").success();
    for text in ["", "only-a-key\n", "a key with blanks\nhttp://x\n"] {
        fs::write(person.key_file(), text).unwrap();
        person
            .does(status())
            .code(2)
            .stderr(contains("dune-pipeline login"))
            .stderr(contains("only-a-key").or(contains("blanks")).not());
    }
}

#[test]
fn the_environment_wins_over_the_file() {
    let fake = a_dune();
    let person = Person::at(&fake);
    person.pipes("ignored-key", "login --unchecked").success();
    person.does(status()).success();
    let asked = fake.asked();
    assert!(asked.iter().all(|asked| asked.key.as_deref() == Some(KEY)));
}
