//! The environment: read for real, in a process of its own, for a process must not change that of its other tests.

use std::env;
use std::process::Command;

use dune_pipeline::Dune;

/// What another process says of the client it makes of these variables alone.
fn with_variables(variables: &[(&str, &str)]) -> String {
    let output = Command::new(env::current_exe().unwrap())
        .args([
            "--exact",
            "environment::in_another_process",
            "--ignored",
            "--nocapture",
        ])
        .env_remove("DUNE_API_KEY")
        .env_remove("DUNE_API_BASE_URL")
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

#[test]
#[ignore = "run by the tests below, each with its own environment"]
fn in_another_process() {
    match Dune::from_env() {
        Ok(dune) => println!("a client of {}", dune.base_url()),
        Err(error) => println!("{error}\n{error:?}"),
    }
}

#[test]
fn a_client_is_made_of_the_environment() {
    let key = ("DUNE_API_KEY", "k3yThatNobodyMaySee");
    let said = with_variables(&[key]);
    assert!(
        said.contains("a client of https://api.dune.com/api"),
        "{said}"
    );
    let said = with_variables(&[key, ("DUNE_API_BASE_URL", "http://127.0.0.1:4000/")]);
    assert!(
        said.contains("a client of http://127.0.0.1:4000/api"),
        "{said}"
    );
}

#[test]
fn what_the_environment_lacks_or_has_wrong_is_named() {
    let said = with_variables(&[]);
    assert!(
        said.contains("no API key") && said.contains("`DUNE_API_KEY`"),
        "{said}"
    );
    let said = with_variables(&[("DUNE_API_KEY", "k3yThat Nobody")]);
    assert!(said.contains("`DUNE_API_KEY` is no API key"), "{said}");
    assert!(!said.contains("k3yThat"), "{said}");
    let said = with_variables(&[("DUNE_API_KEY", "x"), ("DUNE_API_BASE_URL", "api.dune.com")]);
    assert!(
        said.contains("`DUNE_API_BASE_URL` (`api.dune.com`) is no URL"),
        "{said}"
    );
}
