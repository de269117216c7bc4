//! Whatever a document holds, normalising ends, in a document or in faults, and never in a panic.

use std::sync::LazyLock;

use dune_spec::{Coverage, Overlay, Page, normalise, overlay_file, pages_dir};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Values that stand where they should not.
fn intruders() -> Vec<Value> {
    vec![
        Value::Null,
        json!(true),
        json!(-1),
        json!(1e300),
        json!(u64::MAX),
        json!(""),
        json!("object"),
        json!("array"),
        json!("#/components/schemas/"),
        json!("#/components/schemas/models.Pipeline"),
        json!({"$ref": "#/components/schemas/models.Pipeline"}),
        json!({"$ref": "#"}),
        json!([]),
        json!({}),
        json!([null]),
        json!({"type": "string", "enum": ["", "\u{0}", "ü"]}),
        json!({"type": "array", "items": {"type": "object", "allOf": []}}),
        json!({"oneOf": []}),
        json!({"not": {}}),
        json!({"": {"": {}}}),
        json!({"*/*": {}}),
        json!({"default": {"description": ""}}),
    ]
}

/// The pages as one big value each.
static PAGES: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let pages = Page::load_folder(&pages_dir()).unwrap();
    pages
        .into_iter()
        .map(|page| serde_json::to_value(page.api).unwrap())
        .collect()
});

static OVERLAY: LazyLock<Overlay> = LazyLock::new(|| Overlay::load(&overlay_file()).unwrap());

/// Every way to a value inside, in document order.
fn places(value: &Value, here: &str, all: &mut Vec<String>) {
    let step = |key: &str| format!("{here}/{}", key.replace('~', "~0").replace('/', "~1"));
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                all.push(step(key));
                places(inner, &step(key), all);
            }
        }
        Value::Array(list) => {
            for (i, inner) in list.iter().enumerate() {
                all.push(step(&i.to_string()));
                places(inner, &step(&i.to_string()), all);
            }
        }
        _ => {}
    }
}

/// Changes one thing: puts a value somewhere, renames a key, removes one, or moves a part elsewhere.
fn mutate(document: &mut Value, kind: u8, place: usize, other: usize) {
    let mut all = Vec::new();
    places(document, "", &mut all);
    let Some(at) = all.get(place % all.len().max(1)).cloned() else {
        return;
    };
    let intruders = intruders();
    let (parent, key) = at.rsplit_once('/').unwrap();
    let key = key.replace("~1", "/").replace("~0", "~");
    match kind % 4 {
        0 => *document.pointer_mut(&at).unwrap() = intruders[other % intruders.len()].clone(),
        1 => {
            if let Some(Value::Object(map)) = document.pointer_mut(parent) {
                map.remove(&key);
            }
        }
        2 => {
            if let Some(Value::Object(map)) = document.pointer_mut(parent)
                && let Some(inner) = map.remove(&key)
            {
                let names = [
                    "", "type", "items", "{id}", "/v1/{", "get", "enum", "a.b.c", "200", "x-y",
                ];
                map.insert(names[other % names.len()].to_owned(), inner);
            }
        }
        _ => {
            let from = &all[other % all.len()];
            let part = document.pointer(from).unwrap().clone();
            *document.pointer_mut(&at).unwrap() = part;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutated_pages_end_in_a_document_or_in_faults(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<u8>(), any::<usize>(), any::<usize>()), 1..6),
    ) {
        let mut document = PAGES[which.index(PAGES.len())].clone();
        for (kind, place, other) in changes {
            mutate(&mut document, kind, place, other);
        }
        if let Ok(page) = Page::parse("mutated.json", &document.to_string()) {
            for coverage in [Coverage::Part, Coverage::Whole] {
                let _ = normalise(vec![page.clone()], &OVERLAY, coverage);
            }
        }
    }

    #[test]
    fn mutated_text_ends_in_a_page_or_in_faults(
        at in any::<prop::sample::Index>(),
        with in "[\\PC\n\t]{0,6}",
        length in 0_usize..40,
    ) {
        let file = pages_dir().join("pipelines/execute-pipeline.yaml");
        let mut bytes = std::fs::read(file).unwrap();
        let start = at.index(bytes.len());
        let end = (start + length).min(bytes.len());
        bytes.splice(start..end, with.bytes());
        let text = String::from_utf8_lossy(&bytes);
        let _ = Page::parse("mutated.yaml", &text);
    }

    #[test]
    fn any_text_ends_in_a_page_or_in_faults(text in "\\PC{0,80}") {
        let _ = Page::parse("any.yaml", &text);
        let _ = Page::parse("any.json", &text);
        let _ = Overlay::parse("any.toml", &text);
    }
}
