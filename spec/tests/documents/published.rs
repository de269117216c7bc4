//! The bundled pages, and Dune's own published document where it is at hand.

use std::path::PathBuf;

use dune_spec::{
    Coverage, Outcome, Overlay, Page, bundled, diff, normalise, overlay_file, pages_dir,
};

/// The whole document as Dune published it, beside the workspace. It is no part of the repository.
pub(crate) fn published() -> Option<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let file = root.join("../shared/spec/dune-openapi-2026-01.json");
    let there = file.is_file();
    if !there {
        println!(
            "skipped: Dune's published document is not at `{}`",
            file.display()
        );
    }
    there.then_some(file)
}

fn given(files: &[PathBuf]) -> Outcome {
    let files: Vec<_> = files.iter().map(PathBuf::as_path).collect();
    let overlay = Overlay::load(&overlay_file()).unwrap();
    normalise(Page::load_all(&files).unwrap(), &overlay, Coverage::Part)
}

fn execute_pipeline() -> PathBuf {
    pages_dir().join("pipelines/execute-pipeline.yaml")
}

#[test]
fn the_bundled_pages_hold_the_whole_api_without_fault() {
    let outcome = bundled().unwrap();
    let api = outcome
        .document()
        .unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(api.paths.paths.len(), 31);
    assert_eq!(outcome.merged.operations().len(), 35);
}

#[test]
fn the_page_that_is_dunes_own_is_unchanged() {
    let Some(whole) = published() else { return };
    let theirs = std::fs::read(whole.with_file_name("execute-pipeline.yaml")).unwrap();
    assert!(std::fs::read(execute_pipeline()).unwrap() == theirs);
}

#[test]
fn one_page_alone_is_checked_as_the_part_it_is() {
    let outcome = given(&[execute_pipeline()]);
    assert!(outcome.document().is_ok(), "{:?}", outcome.faults());
    assert_eq!(outcome.merged.operations().len(), 1);
}

#[test]
fn the_published_document_is_accepted_unchanged() {
    let Some(file) = published() else { return };
    let outcome = given(&[file]);
    let api = outcome
        .document()
        .unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(api.paths.paths.len(), 31);
}

#[test]
fn the_published_document_is_accepted_merged_with_the_newer_page() {
    let Some(file) = published() else { return };
    let outcome = given(&[file, execute_pipeline()]);
    let api = outcome
        .document()
        .unwrap_or_else(|faults| panic!("{faults}"));
    let schemas = &api.components.as_ref().unwrap().schemas;
    let tiers = serde_json::to_value(&schemas["Performance"]).unwrap();
    for tier in ["small", "medium", "large"] {
        assert!(
            tiers["enum"].as_array().unwrap().contains(&tier.into()),
            "{tiers}"
        );
    }
}

#[test]
fn the_bundled_pages_differ_from_the_published_document_in_the_tier_it_lacks_and_nothing_else() {
    let Some(file) = published() else { return };
    let changes = diff(&given(&[file]).merged, &bundled().unwrap().merged);
    assert!(!changes.is_empty());
    for change in changes {
        assert!(change.what.contains("`small`"), "{change}");
    }
}

#[test]
fn the_bundled_pages_hold_no_sentence_of_the_published_document() {
    let Some(file) = published() else { return };
    let texts = |text: &str| -> Vec<String> {
        let text = text.replace("\\n", " ");
        let words: Vec<&str> = text.split_whitespace().collect();
        words.windows(9).map(|nine| nine.join(" ")).collect()
    };
    let descriptions = |value: &serde_json::Value| {
        let mut found = Vec::new();
        collect(value, &mut found);
        found
    };
    let theirs: std::collections::BTreeSet<String> =
        descriptions(&serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap())
            .iter()
            .flat_map(|text| texts(text))
            .collect();
    for page in Page::load_folder(&pages_dir()).unwrap() {
        if page.file.ends_with("execute-pipeline.yaml") {
            continue;
        }
        for text in descriptions(&serde_json::to_value(&page.api).unwrap()) {
            for nine in texts(&text) {
                assert!(!theirs.contains(&nine), "{}: {nine:?}", page.file);
            }
        }
    }
}

fn collect(value: &serde_json::Value, found: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(map) => {
            for (key, inner) in map {
                match inner.as_str() {
                    Some(text) if key == "description" || key == "summary" => {
                        found.push(text.to_owned());
                    }
                    _ => collect(inner, found),
                }
            }
        }
        serde_json::Value::Array(list) => list.iter().for_each(|inner| collect(inner, found)),
        _ => {}
    }
}
