//! What `pipeline!` refuses, one mistake a file: `fail/<mistake>.rs` and what the compiler then says, `fail/<mistake>.stderr`.
//! After a change of words: `TRYBUILD=overwrite cargo test -p dune-pipeline-ui-tests --test fail`, and read the difference.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what helps a test may fail like a test"
)]

use std::fs;
use std::path::{Path, PathBuf};

/// What rustc itself has to say about types, at the user's own tokens.
const ABOUT_TYPES: [&str; 17] = [
    "base_of_another_type",
    "each_left_behind_a_loop",
    "each_of_no_items",
    "handle_misspelt",
    "handle_of_another_kind",
    "index_of_another_type",
    "map_of_another_type",
    "parameter_list",
    "parameter_none",
    "parameter_of_another_type",
    "returned_with_its_handles",
    "rows_of_a_group",
    "rows_of_a_refresh",
    "tier_of_another_type",
    "tier_unknown",
    "value_used_twice",
    "view_as_a_number",
];

#[test]
fn each_mistake_is_told_as_written_down() {
    trybuild::TestCases::new().compile_fail("fail/*.rs");
}

#[test]
fn a_mistake_makes_no_noise_elsewhere() {
    for (name, _, stderr) in cases() {
        let coded: Vec<&str> = stderr
            .lines()
            .filter(|line| line.starts_with("error["))
            .collect();
        let own = errors(&stderr) - coded.len();
        match ABOUT_TYPES.contains(&name.as_str()) {
            true => assert!(own == 0 && !coded.is_empty(), "{name}:\n{stderr}"),
            false => assert!(own > 0 && coded.is_empty(), "{name}: rustc adds {coded:?}"),
        }
        assert!(!stderr.contains("warning"), "{name}:\n{stderr}");
        for error in stderr.split("\n\n") {
            let here = format!("--> fail/{name}.rs:");
            let place = error
                .lines()
                .find(|line| line.trim_start().starts_with("--> "));
            assert!(
                place.is_some_and(|place| place.contains(&here)),
                "{name}:\n{error}"
            );
        }
    }
}

#[test]
fn an_error_says_what_is_wrong_and_why_and_what_to_do() {
    for (name, _, stderr) in cases() {
        let own = stderr
            .split("\n\n")
            .filter(|error| error.starts_with("error: "));
        for error in own {
            let lines = error.lines().skip(1).map(str::trim_start);
            let mut said = lines.take_while(|line| line.starts_with("= ")).peekable();
            assert!(
                said.peek().is_some_and(|line| line.starts_with("= note: ")),
                "{name} says no why:\n{error}"
            );
            let mut rest = said.skip_while(|line| line.starts_with("= note: "));
            assert!(
                rest.next().is_some_and(|line| line.starts_with("= help: ")),
                "{name} says nothing to do:\n{error}"
            );
            assert_eq!(rest.next(), None, "{name}:\n{error}");
        }
    }
}

#[test]
fn six_mistakes_are_six_errors_in_the_order_of_the_source() {
    for six in ["six_mistakes", "six_other_mistakes"] {
        let (_, _, stderr) = cases().find(|(name, ..)| name == six).unwrap();
        assert_eq!(errors(&stderr), 6, "{stderr}");
        let file = format!("--> fail/{six}.rs:");
        let places: Vec<Vec<usize>> = stderr
            .lines()
            .filter_map(|line| line.trim_start().strip_prefix(&file))
            .map(|place| {
                place
                    .split(':')
                    .map(|number| number.parse().unwrap())
                    .collect()
            })
            .collect();
        assert_eq!(places.len(), 6);
        assert!(places.is_sorted(), "{places:?}");
    }
}

#[test]
fn every_file_begins_by_saying_why_it_is_wrong() {
    for (name, source, _) in cases() {
        let mut lines = source.lines();
        let says = lines.by_ref().take(2).all(|line| line.starts_with("// "));
        assert!(says && lines.next() == Some(""), "{name}");
    }
}

#[test]
fn readme_and_reference_show_an_error_as_it_is() {
    let (_, _, stderr) = cases().find(|(name, ..)| name == "cycle").unwrap();
    let read = |file| fs::read_to_string(folder().join("../..").join(file)).unwrap();
    let comments: String = read("client/src/pipeline/macros.rs")
        .lines()
        .filter_map(|line| line.strip_prefix("///"))
        .map(|line| line.strip_prefix(' ').unwrap_or(line).to_owned() + "\n")
        .collect();
    for (file, text) in [("README.md", read("README.md")), ("`pipeline!`", comments)] {
        assert!(
            text.contains(&format!("```text\n{}\n```\n", stderr.trim_end())),
            "{file} does not show what `cycle.stderr` says now:\n{stderr}"
        );
    }
}

fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Name, source and what the compiler says.
fn cases() -> impl Iterator<Item = (String, String, String)> {
    let files = fs::read_dir(folder().join("fail")).unwrap();
    let sources = files
        .map(|file| file.unwrap().path())
        .filter(|path| has_extension(path, "rs"));
    sources.map(|path: PathBuf| {
        let stderr = fs::read_to_string(path.with_extension("stderr"));
        let stderr =
            stderr.unwrap_or_else(|error| panic!("{}: no `.stderr`: {error}", path.display()));
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        (name, fs::read_to_string(&path).unwrap(), stderr)
    })
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found == extension)
}

fn errors(stderr: &str) -> usize {
    let is_error = |line: &&str| line.starts_with("error:") || line.starts_with("error[");
    stderr.lines().filter(is_error).count()
}
