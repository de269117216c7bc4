//! Reading files: what is no document is refused with its file and place, and nothing is lost.

use std::fs;

use dune_spec::Page;
use serde_json::json;

use crate::small::{answering, document};

fn refused(file: &str, text: &str) -> String {
    Page::parse(file, text)
        .expect_err("it was read")
        .to_string()
}

#[test]
fn yaml_and_json_are_the_same_document() {
    let all = document(answering(json!({"type": "string"})), json!({}));
    let json = Page::parse("a.json", &all.to_string()).unwrap();
    let yaml = "
openapi: 3.0.1
info: {title: Small, version: '1.0'}
servers:
  - url: https://api.dune.com/api
paths:
  /v1/thing:
    get:
      responses:
        '200':
          description: OK
          content:
            application/json:
              schema: {type: string}
components:
  schemas: {}
";
    assert_eq!(Page::parse("a.yaml", yaml).unwrap().api, json.api);
}

#[test]
fn what_is_no_yaml_or_json_is_refused_with_the_place() {
    let said = refused("a.yaml", "openapi: 3.0.1\npaths: [\n");
    assert!(
        said.contains("a.yaml: the document: is no YAML") && said.contains("line"),
        "{said}"
    );
    let said = refused("a.json", "{\"openapi\": }");
    assert!(
        said.contains("a.json: the document: is no JSON") && said.contains("line 1"),
        "{said}"
    );
    for text in ["", "null", "[]", "a string", "42"] {
        assert!(
            refused("a.yaml", text).contains("a.yaml: the document"),
            "{text:?}"
        );
    }
}

#[test]
fn a_key_that_stands_twice_is_refused_and_not_half_lost() {
    let said = refused(
        "a.json",
        "{\"openapi\": \"3.0.1\", \"paths\": {}, \"paths\": {}}",
    );
    assert!(
        said.contains("`paths` stands there twice") && said.contains("line 1"),
        "{said}"
    );
    let said = refused("a.yaml", "openapi: 3.0.1\npaths: {}\npaths: {}\n");
    assert!(
        said.contains("is no YAML") && said.contains("paths"),
        "{said}"
    );
}

#[test]
fn another_openapi_than_three_zero_is_refused() {
    let mut all = document(answering(json!({"type": "string"})), json!({}));
    all["openapi"] = json!("3.1.0");
    let said = refused("a.json", &all.to_string());
    assert!(said.contains("is of OpenAPI 3.1.0, and only 3.0"), "{said}");
    assert!(refused("a.yaml", "swagger: '2.0'").contains("no field `openapi`"));
}

#[test]
fn every_part_that_is_no_openapi_is_named() {
    let all = document(
        json!({"/v1/a": {"get": {"responses": 5}}, "/v1/b": {"get": {"responses": {}}}}),
        json!({"A": {"type": "object", "properties": 7}, "B": {"type": "object"}}),
    );
    let said = refused("a.json", &all.to_string());
    assert!(said.contains("a.json: `GET /v1/a`"), "{said}");
    assert!(said.contains("a.json: schema `A`"), "{said}");
    assert!(!said.contains("/v1/b") && !said.contains("`B`"), "{said}");
}

#[test]
fn keywords_that_reading_would_lose_are_named() {
    let mut all = document(
        answering(json!({"type": "string"})),
        json!({"A": {"type": "object", "properties": {"a": {"type": "string", "const": "x"}}}}),
    );
    all["paths"]["/v1/thing"]["get"]["parametres"] = json!([{"name": "q"}]);
    all["webhooks"] = json!({"done": {}});
    let said = refused("a.json", &all.to_string());
    for word in [
        "a.json: schema `A`: `const` at `properties.a` means nothing",
        "a.json: `GET /v1/thing`: `parametres` means nothing",
        "a.json: the document: `webhooks` means nothing",
    ] {
        assert!(said.contains(word), "{word:?} is not in:\n{said}");
    }
}

#[test]
fn a_bomb_of_aliases_is_refused_quickly() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for n in 1..12 {
        let aliases = vec![format!("*a{}", n - 1); 10].join(", ");
        text.push_str(&format!("a{n}: &a{n} [{aliases}]\n"));
    }
    text.push_str("openapi: 3.0.1\n");
    let start = std::time::Instant::now();
    assert!(refused("a.yaml", &text).contains("is no YAML"));
    assert!(start.elapsed().as_secs() < 30);
}

#[test]
fn nesting_too_deep_for_any_document_is_refused() {
    for depth in [70, 1_000, 100_000] {
        let text = format!(
            "{{\"openapi\": \"3.0.1\", \"x-deep\": {}{}}}",
            "[".repeat(depth),
            "]".repeat(depth)
        );
        for file in ["a.json", "a.yaml"] {
            let said = refused(file, &text);
            assert!(
                said.starts_with(&format!("{file}: the document:")),
                "{said}"
            );
        }
    }
}

#[test]
fn the_deepest_schema_that_is_read_is_read_quickly() {
    let mut schema = json!({"type": "string"});
    for _ in 0..26 {
        schema = json!({"type": "array", "items": schema});
    }
    let all = document(answering(schema), json!({}));
    let start = std::time::Instant::now();
    assert!(Page::parse("a.json", &all.to_string()).is_ok());
    assert!(start.elapsed().as_secs() < 30);
}

#[test]
fn a_folder_is_read_with_all_that_is_below_it_and_all_its_faults() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("pages");
    fs::create_dir_all(pages.join("b")).unwrap();
    let text = document(answering(json!({"type": "string"})), json!({})).to_string();
    fs::write(pages.join("z.json"), &text).unwrap();
    fs::write(pages.join("b/a.json"), &text).unwrap();
    fs::write(pages.join("notes.txt"), "not a document").unwrap();
    let read = Page::load_folder(&pages).unwrap();
    let files: Vec<_> = read.iter().map(|page| page.file.as_str()).collect();
    assert_eq!(files, ["pages/b/a.json", "pages/z.json"]);

    fs::write(pages.join("b/a.json"), "{").unwrap();
    fs::write(pages.join("z.json"), b"\xff\xfe").unwrap();
    let said = Page::load_folder(&pages).unwrap_err().to_string();
    assert!(
        said.contains("pages/b/a.json") && said.contains("pages/z.json"),
        "{said}"
    );

    let empty = tempfile::tempdir().unwrap();
    let said = Page::load_folder(empty.path()).unwrap_err().to_string();
    assert!(said.contains("holds no `.yaml`"), "{said}");
}

#[test]
fn a_file_that_is_not_there_or_no_file_is_said_to_be_so() {
    let said = Page::load("gone.yaml".as_ref()).unwrap_err().to_string();
    assert!(
        said.contains("gone.yaml") && said.contains("cannot be read"),
        "{said}"
    );
    let folder = tempfile::tempdir().unwrap();
    assert!(
        Page::load(folder.path())
            .unwrap_err()
            .to_string()
            .contains("is no file")
    );
}
