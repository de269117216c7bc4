//! What keeps the manual true: each mistake has a section, each section its mistake, and nothing in it leads nowhere.
//! That the right code is right, the doc tests of `lib.rs` show.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what helps a test may fail like a test"
)]

mod chapter;
mod list;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use chapter::{Chapter, Piece};

#[test]
fn every_mistake_has_a_section_and_every_section_its_mistake() {
    let mut told: BTreeMap<String, String> = BTreeMap::new();
    for chapter in chapters() {
        for (section, fence) in chapter.fences() {
            let Some(mistake) = fence.includes("rs") else {
                continue;
            };
            let place = format!("{}, \"{section}\"", chapter.name);
            if let Some(before) = told.insert(mistake.clone(), place.clone()) {
                panic!("`{mistake}` is told in {before} and again in {place}");
            }
        }
    }
    let told: BTreeSet<String> = told.into_keys().collect();
    let mistakes: BTreeSet<String> = mistakes().collect();
    let untold: Vec<_> = mistakes.difference(&told).collect();
    assert!(untold.is_empty(), "no section includes {untold:?}: add one");
    let gone: Vec<_> = told.difference(&mistakes).collect();
    assert!(gone.is_empty(), "sections on what is no file: {gone:?}");
}

#[test]
fn wrong_code_is_followed_by_its_error_and_that_by_right_code() {
    for chapter in chapters() {
        let fences: Vec<_> = chapter.fences().collect();
        for (i, (section, fence)) in fences.iter().enumerate() {
            let Some(mistake) = fence.includes("rs") else {
                continue;
            };
            let place = format!("{}, \"{section}\": `{mistake}`", chapter.name);
            assert_eq!(fence.language, "rs", "{place}");
            let (of_error, error) = &fences[i + 1];
            assert_eq!(error.language, "text", "{place}");
            assert_eq!(
                error.includes("stderr"),
                Some(mistake),
                "{place} has no error"
            );
            let (of_right, right) = &fences[i + 2];
            assert_eq!(right.language, "rust", "{place} has no right code");
            assert!(right.text.contains("pipeline!["), "{place}");
            assert!(of_error == section && of_right == section, "{place}");
        }
    }
}

#[test]
fn every_rule_of_the_graph_is_told_and_every_rule_told_is_one() {
    let source = read(&house().join("graph/src/fault.rs"));
    let (_, rules) = source.split_once("pub enum Rule {").unwrap();
    let (rules, _) = rules.split_once("\n}").unwrap();
    let rules: BTreeSet<&str> = rules
        .lines()
        .filter_map(|line| line.strip_prefix("    "))
        .filter(|line| line.starts_with(char::is_uppercase))
        .map(|line| line.trim_end_matches([',', ' ', '{']))
        .collect();
    assert!(rules.contains("Cycle") && rules.contains("Empty"));

    let chapters = chapters();
    let told: BTreeSet<&str> = chapters
        .iter()
        .flat_map(|chapter| chapter.pieces.iter())
        .filter_map(|piece| match piece {
            Piece::Html(html) => html.trim().strip_prefix("<!-- rule: "),
            _ => None,
        })
        .map(|rest| rest.strip_suffix(" -->").unwrap())
        .collect();
    let untold: Vec<_> = rules.difference(&told).collect();
    assert!(
        untold.is_empty(),
        "no section has `<!-- rule: .. -->` for {untold:?}"
    );
    let gone: Vec<_> = told.difference(&rules).collect();
    assert!(gone.is_empty(), "the graph has no rule {gone:?}");
}

#[test]
fn every_error_has_its_remedy_and_every_remedy_an_error() {
    let source = read(&house().join("client/src/error/mod.rs"));
    let (_, variants) = source.split_once("pub enum Error {").unwrap();
    let (variants, _) = variants.split_once("\n}").unwrap();
    let variants: BTreeSet<&str> = variants
        .lines()
        .filter_map(|line| line.strip_prefix("    "))
        .filter(|line| line.starts_with(char::is_uppercase))
        .filter_map(|line| line.split(['(', ',', ' ', '{']).next())
        .collect();
    assert!(variants.contains("MissingKey") && variants.contains("Pages"));

    let chapter = chapter("errors.md");
    let (_, table) = chapter.text.split_once("| `Error::` |").unwrap();
    let (table, _) = table.split_once("\n\n").unwrap();
    let told: BTreeSet<&str> = table
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once(" | "))
        .flat_map(|(names, _)| names.split(", "))
        .map(|name| name.trim_matches('`'))
        .collect();
    assert_eq!(told, variants);
}

#[test]
fn the_versions_of_the_crates_whose_types_are_values_are_those_that_we_have() {
    let manifest: toml::Table = read(&house().join("Cargo.toml")).parse().unwrap();
    let chapter = chapter("parameters.md");
    for name in ["alloy-primitives", "chrono", "jiff", "ruint", "time"] {
        let version = &manifest["workspace"]["dependencies"][name]["version"];
        let numbers: Vec<&str> = version.as_str().unwrap().split('.').collect();
        let compatible = match numbers.as_slice() {
            ["0", minor, ..] => format!("0.{minor}"),
            numbers => numbers[0].to_owned(),
        };
        let said = format!("`{name}` {compatible}");
        assert!(
            chapter.text.contains(&said),
            "parameters.md does not say {said}"
        );
    }
}

#[test]
fn the_summary_lists_every_chapter_and_nothing_else() {
    let summary = chapter("SUMMARY.md");
    let listed: Vec<String> = summary.links().map(|(_, target)| target).collect();
    let there: Vec<String> = chapters()
        .into_iter()
        .map(|chapter| chapter.name)
        .filter(|name| name != "SUMMARY.md")
        .collect();
    let once: BTreeSet<&String> = listed.iter().collect();
    assert_eq!(once.len(), listed.len(), "a chapter is listed twice");
    assert_eq!(once, there.iter().collect());
}

#[test]
fn every_chapter_is_a_doc_test() {
    let lib = read(&book().join("lib.rs"));
    for chapter in chapters() {
        let named = lib.contains(&format!("= \"{}\";", chapter.name));
        assert_eq!(
            named,
            chapter.name != "SUMMARY.md",
            "{} in lib.rs",
            chapter.name
        );
    }
}

#[test]
fn every_include_is_of_a_file_and_of_an_anchor_that_are_there() {
    for chapter in chapters() {
        let mut included = 0;
        for (section, fence) in chapter.fences() {
            let Some((path, anchor)) = fence.include() else {
                continue;
            };
            included += 1;
            let place = format!("{}, \"{section}\"", chapter.name);
            assert_ne!(
                fence.language, "rust",
                "{place}: mdBook fills it in, so it is `rs`"
            );
            let file = chapter.folder().join(path);
            let text = fs::read_to_string(&file)
                .unwrap_or_else(|error| panic!("{place}: {}: {error}", file.display()));
            if let Some(anchor) = anchor {
                // mdBook takes the first part between such lines, as far to the right as it stands.
                for line in ["ANCHOR: ", "ANCHOR_END: "] {
                    let line = format!("// {line}{anchor}");
                    let marked = text.lines().filter(|found| found.trim_start() == line);
                    let marked: Vec<&str> = marked.collect();
                    let file = file.display();
                    assert_eq!(marked, [line], "{place}: in {file}, once and at the margin");
                }
            }
        }
        let written = chapter.text.matches("{{#").count();
        assert_eq!(
            written, included,
            "{}: an include outside a fence, or not alone in it",
            chapter.name
        );
    }
}

#[test]
fn no_link_is_broken() {
    let chapters = chapters();
    let anchors: BTreeMap<&str, BTreeSet<String>> = chapters
        .iter()
        .map(|chapter| (chapter.name.as_str(), chapter.anchors()))
        .collect();
    for chapter in &chapters {
        for (text, target) in chapter.links() {
            if target.starts_with("https://") {
                continue;
            }
            let (file, anchor) = match target.split_once('#') {
                Some((file, anchor)) => (file, Some(anchor)),
                None => (target.as_str(), None),
            };
            let name = match file {
                "" => chapter.name.clone(),
                file => chapter.beside(file),
            };
            let Some(there) = anchors.get(name.as_str()) else {
                panic!("{}: [{text}]({target}) leads to no chapter", chapter.name);
            };
            if let Some(anchor) = anchor {
                assert!(
                    there.contains(anchor),
                    "{}: [{text}]({target}): there are {there:?}",
                    chapter.name
                );
            }
        }
    }
}

#[test]
fn chapters_hold_nothing_that_mdbook_would_warn_of() {
    for chapter in chapters() {
        let headings = chapter.pieces.iter().filter_map(|piece| match piece {
            Piece::Heading { level, .. } => Some(*level),
            _ => None,
        });
        let levels: Vec<usize> = headings.collect();
        assert_eq!(levels.first(), Some(&1), "{} has no title", chapter.name);
        let titles = levels.iter().filter(|level| **level == 1).count();
        assert_eq!(titles, 1, "{} has two titles", chapter.name);
        for piece in &chapter.pieces {
            if let Piece::Html(html) = piece {
                let comment = html.trim_start().starts_with("<!-- ");
                assert!(
                    comment,
                    "{}: `{}` is read as HTML",
                    chapter.name,
                    html.trim()
                );
            }
        }
    }
}

#[test]
fn right_code_is_as_rustfmt_writes_it() {
    let mut apart = Vec::new();
    for chapter in chapters() {
        for (section, fence) in chapter.fences() {
            if fence.language != "rust" {
                continue;
            }
            let code = fence.in_a_function();
            let formatted = rustfmt(&code);
            if formatted != code {
                apart.push(format!("{}, \"{section}\":\n{formatted}", chapter.name));
            }
        }
    }
    assert!(apart.is_empty(), "as rustfmt writes:\n{}", apart.join("\n"));
}

#[test]
fn readme_shows_the_example_of_the_first_page() {
    let start = chapter("start.md");
    let (_, example) = start.fences().next().unwrap();
    assert_eq!(example.language, "rust", "it is compiled");
    let shown = example.shown();
    let readme = read(&house().join("README.md"));
    assert!(
        readme.contains(&format!("```rust\n{shown}```\n")),
        "README.md does not show the first example of `start.md`:\n{shown}"
    );
}

fn rustfmt(code: &str) -> String {
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("rustfmt is part of the toolchain: {error}"));
    let mut stdin = rustfmt.stdin.take().unwrap();
    stdin.write_all(code.as_bytes()).unwrap();
    drop(stdin);
    let output = rustfmt.wait_with_output().unwrap();
    assert!(output.status.success(), "{code}");
    String::from_utf8(output.stdout).unwrap()
}

fn book() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn house() -> PathBuf {
    book().join("..")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn chapter(name: &str) -> Chapter {
    Chapter::read(&book().join("src"), name)
}

/// All that is in `src/`, by name.
fn chapters() -> Vec<Chapter> {
    let root = book().join("src");
    let mut folders = vec![root.clone()];
    let mut chapters = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(&root).unwrap().to_str().unwrap();
            assert!(name.ends_with(".md"), "{name} is no chapter");
            chapters.push(Chapter::read(&root, &name.replace('\\', "/")));
        }
    }
    chapters.sort_by(|a, b| a.name.cmp(&b.name));
    chapters
}

/// The names of the mistakes.
fn mistakes() -> impl Iterator<Item = String> {
    let files = fs::read_dir(house().join("tests/ui/fail")).unwrap();
    files.filter_map(|file| {
        let name = file.unwrap().file_name().into_string().unwrap();
        name.strip_suffix(".rs").map(str::to_owned)
    })
}
