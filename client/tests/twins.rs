//! The client for programs without `async` offers what the other one does, under the same names: whatever is added to the
//! one and not to the other shows here. Read from the sources, for no test can list the methods of a type.

#![expect(clippy::unwrap_used, reason = "what helps a test may fail like a test")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The types that there are twice.
const TWINS: [&str; 7] = [
    "Dune",
    "Run",
    "Execution",
    "Results",
    "Pages",
    "Events",
    "List",
];

/// What has another form there: they are iterators, and `build_blocking` makes what `build` does.
const OTHERWISE: [(&str, &str); 2] = [("Pages", "next"), ("Events", "next")];

/// The public methods of each type, in the files below a folder.
fn methods(folder: &Path, twins_only: bool) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                if twins_only || path.file_name().unwrap() != "blocking" {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|end| end == "rs") {
                read(&fs::read_to_string(path).unwrap(), &mut found);
            }
        }
    }
    found
}

/// Inherent implementations begin at the margin, and their methods four blanks in: rustfmt sees to it.
fn read(source: &str, found: &mut BTreeMap<String, BTreeSet<String>>) {
    let mut own = None;
    for line in source.lines() {
        if line.starts_with("impl") && !line.contains(" for ") {
            let words = line.trim_end_matches(" {").split([' ', '<', '>', ':']);
            own = words
                .filter(|word| TWINS.contains(word))
                .map(str::to_owned)
                .next();
        } else if line == "}" {
            own = None;
        }
        let method = line.strip_prefix("    pub ").map(|rest| {
            let rest = rest.strip_prefix("async ").unwrap_or(rest);
            rest.strip_prefix("fn ")
        });
        if let (Some(own), Some(Some(method))) = (&own, method) {
            let end = method.find(['(', '<']).unwrap();
            let methods = found.entry(own.clone()).or_default();
            methods.insert(method[..end].to_owned());
        }
    }
}

#[test]
fn whatever_the_async_client_does_the_blocking_one_does_under_the_same_name() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let all = methods(&sources, false);
    let blocking = methods(&sources.join("blocking"), true);
    assert!(
        all["Dune"].contains("execute") && all["Run"].contains("cancel"),
        "{all:?}"
    );
    let mut missing = Vec::new();
    for twin in TWINS {
        for method in &all[twin] {
            let there = blocking
                .get(twin)
                .is_some_and(|there| there.contains(method));
            if !there && !OTHERWISE.contains(&(twin, method)) {
                missing.push(format!("blocking::{twin}::{method}"));
            }
        }
    }
    assert!(missing.is_empty(), "not there: {missing:#?}");
}
