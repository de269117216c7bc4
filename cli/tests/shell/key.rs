//! Where the key comes from, and that nothing shows it: `done` looks into every output of these tests.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

use crate::fake::{Answer, Fake, KEY};
use crate::{COMPLETED, Person, RUN, dune, standing};

fn a_dune() -> Fake {
    let mut dune = dune(vec![standing("completed", COMPLETED)]);
    Fake::new(move |request| match request.what.as_str() {
        "POST /v1/usage" => Answer::Json(200, r#"{"billing_periods":[]}"#.to_owned()),
        _ => dune(request),
    })
}

#[test]
fn without_a_key_it_says_how_to_get_one() {
    let fake = a_dune();
    let done = Person::at(&fake).without_key().does(&["status", RUN]);
    assert_eq!((done.code, done.out.as_str()), (Some(2), ""));
    assert!(
        done.err.contains("DUNE_API_KEY") && done.err.contains("dune-pipeline login"),
        "{}",
        done.err
    );
    assert!(fake.asked().is_empty());
}

#[test]
fn login_keeps_a_key_for_its_owner_alone_and_other_commands_use_it() {
    let fake = a_dune();
    let person = Person::at(&fake).without_key();
    let done = person.pipes(&format!("  {KEY} \n"), &["login"]);
    assert_eq!((done.code, done.err.as_str()), (Some(0), ""));
    assert!(
        done.out.contains(person.key_file().to_str().unwrap()),
        "{}",
        done.out
    );
    assert_eq!(
        fs::metadata(person.key_file()).unwrap().mode() & 0o777,
        0o600
    );
    assert_eq!(
        fs::metadata(person.key_file().parent().unwrap())
            .unwrap()
            .mode()
            & 0o777,
        0o700
    );
    assert_eq!(fake.count("POST /v1/usage"), 1);
    let done = person.does(&["status", RUN]);
    assert_eq!((done.code, done.err.as_str()), (Some(0), ""));
}

#[test]
fn a_key_that_dune_does_not_know_is_not_kept() {
    let fake = a_dune();
    let person = Person::at(&fake).without_key();
    let done = person.pipes("another-key\n", &["login"]);
    assert_eq!((done.code, done.out.as_str()), (Some(1), ""));
    assert!(done.err.contains("does not know this key"), "{}", done.err);
    assert!(!person.key_file().exists());
    for (input, said) in [("", "no key was given"), ("two words\n", "no API key")] {
        let done = person.pipes(input, &["login"]);
        assert_eq!(done.code, Some(2), "{}", done.err);
        assert!(
            done.err.contains(said) && !done.err.contains("two words"),
            "{}",
            done.err
        );
    }
}

#[test]
fn a_key_that_cannot_be_checked_is_kept_only_where_that_is_asked_for() {
    let fake = Fake::new(|_| Answer::Json(403, r#"{"error":"not in this plan"}"#.to_owned()));
    let person = Person::at(&fake).without_key();
    let done = person.pipes(KEY, &["login"]);
    assert_eq!(done.code, Some(1));
    assert!(
        done.err.contains("not in this plan") && done.err.contains("--unchecked"),
        "{}",
        done.err
    );
    assert!(!person.key_file().exists());
    assert_eq!(person.pipes(KEY, &["login", "--unchecked"]).code, Some(0));
    assert!(person.key_file().exists());
}

#[test]
fn a_file_that_others_may_read_is_refused_with_the_remedy() {
    let fake = a_dune();
    let person = Person::at(&fake).without_key();
    person.pipes(KEY, &["login"]);
    for mode in [0o644, 0o640, 0o660, 0o604] {
        fs::set_permissions(person.key_file(), fs::Permissions::from_mode(mode)).unwrap();
        let done = person.does(&["status", RUN]);
        assert_eq!((done.code, done.out.as_str()), (Some(2), ""));
        assert!(
            done.err.contains("chmod 600") && done.err.contains(&format!("{mode:o}")),
            "{}",
            done.err
        );
    }
    assert_eq!(
        fake.count(&format!("GET /v1/pipelines/executions/{RUN}/status")),
        0
    );
}

#[test]
fn a_kept_key_goes_to_no_other_address() {
    let (fake, other) = (a_dune(), a_dune());
    let person = Person::at(&fake).without_key();
    person.pipes(KEY, &["login"]);
    let mut command = person.command(&["status", RUN]);
    let output = command
        .env("DUNE_API_BASE_URL", &other.url)
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said.contains(&fake.url) && said.contains(&other.url),
        "{said}"
    );
    assert!(other.asked().is_empty());
}

#[test]
fn what_is_no_key_file_is_told_without_what_is_in_it() {
    let fake = a_dune();
    let person = Person::at(&fake).without_key();
    person.pipes(KEY, &["login"]);
    for text in ["", "only-a-key\n", "a key with blanks\nhttp://x\n"] {
        fs::write(person.key_file(), text).unwrap();
        let done = person.does(&["status", RUN]);
        assert_eq!(done.code, Some(2), "{text:?}");
        assert!(done.err.contains("dune-pipeline login"), "{}", done.err);
        assert!(
            !done.err.contains("only-a-key") && !done.err.contains("blanks"),
            "{}",
            done.err
        );
    }
}

#[test]
fn the_environment_wins_over_the_file() {
    let fake = a_dune();
    let person = Person::at(&fake);
    assert_eq!(
        person.pipes("ignored-key", &["login", "--unchecked"]).code,
        Some(0)
    );
    assert_eq!(person.does(&["status", RUN]).code, Some(0));
    assert!(
        fake.asked()
            .iter()
            .all(|request| request.key.as_deref() == Some(KEY))
    );
}
