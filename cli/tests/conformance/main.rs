//! What a real Trino answered, asked of the local Dune over HTTP: equal, or refused by name, never different.
//! `tests/conformance` holds statements that all have to be equal. A whole oracle is asked where one is at hand.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what helps a test may fail like a test"
)]

mod verdicts;

use std::path::{Path, PathBuf};

use assert_cmd::cargo::cargo_bin_cmd;

/// What `dune-pipeline conformance` counts, for people in its last line.
#[derive(Debug, PartialEq, Eq)]
struct Counts {
    equal: usize,
    type_only: usize,
    refused: usize,
    different: usize,
}

fn workspace_root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Asks all that is in the folder; answers the counts, and all that was printed.
fn ask(folder: &Path) -> (Counts, String) {
    let done = cargo_bin_cmd!("dune-pipeline")
        .args(["conformance", "--list"])
        .arg(folder)
        .assert()
        .success();
    let text = String::from_utf8(done.get_output().stdout.clone()).unwrap();
    let last = text.lines().last().unwrap();
    let counts: Vec<usize> = last
        .split(';')
        .map(|part| part.rsplit(' ').next().unwrap().parse().unwrap())
        .collect();
    let [equal, type_only, refused, different] = counts[..] else {
        panic!("{last}");
    };
    let counts = Counts {
        equal,
        type_only,
        refused,
        different,
    };
    (counts, text)
}

#[test]
fn the_statements_in_the_repository_are_answered_as_trino_answers_them() {
    let (counts, text) = ask(&workspace_root().join("tests/conformance"));
    let every_one = Counts {
        equal: 310,
        type_only: 0,
        refused: 0,
        different: 0,
    };
    assert_eq!(counts, every_one, "{text}");
}

/// The counts may only improve: whoever improves them raises these. Two of the differences are Dune's own, and meant: `0x1f` is
/// bytes, and `uint256` a type.
#[test]
fn a_whole_oracle_is_answered_no_worse_than_it_was() {
    let beside = workspace_root().join("../shared/oracle");
    let oracle = std::env::var_os("ORACLE").map_or(beside, PathBuf::from);
    for (part, equal, different) in [("expressions", 991, 4), ("queries", 205, 0)] {
        let folder = oracle.join(part);
        if !folder.is_dir() {
            println!(
                "no oracle at {}: nothing asked. `ORACLE` names the folder of another one.",
                folder.display()
            );
            continue;
        }
        let (counts, text) = ask(&folder);
        println!("{part}: {counts:?}");
        assert!(counts.equal >= equal, "{part}: {counts:?}\n{text}");
        assert!(counts.different <= different, "{part}: {counts:?}\n{text}");
        assert_eq!(counts.type_only, 0, "{part}: {counts:?}\n{text}");
    }
}
