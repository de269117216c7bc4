//! Generation from Dune's whole published document, where it is at hand.

use std::path::PathBuf;

use dune_spec::{Coverage, Generated, Overlay, Page, normalise, overlay_file, pages_dir};

fn published() -> Option<Page> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let file = root.join("../shared/spec/dune-openapi-2026-01.json");
    if file.is_file() {
        return Some(Page::load(&file).unwrap());
    }
    println!(
        "skipped: Dune's published document is not at `{}`",
        file.display()
    );
    None
}

fn surface(pages: Vec<Page>) -> String {
    let overlay = Overlay::load(&overlay_file()).unwrap();
    let outcome = normalise(pages, &overlay, Coverage::Part);
    let document = outcome
        .document()
        .unwrap_or_else(|faults| panic!("{faults}"));
    Generated::of(document)
        .unwrap_or_else(|e| panic!("{e}"))
        .surface()
}

/// The bundled pages describe the same API, so the same client comes of them, whatever their texts.
#[test]
fn the_published_document_gives_the_client_of_the_bundled_pages() {
    let Some(published) = published() else { return };
    let fragment = Page::load(&pages_dir().join("pipelines/execute-pipeline.yaml")).unwrap();
    let bundled = surface(Page::load_folder(&pages_dir()).unwrap());
    assert_eq!(surface(vec![published.clone()]), bundled);
    assert_eq!(surface(vec![published, fragment]), bundled);
}
