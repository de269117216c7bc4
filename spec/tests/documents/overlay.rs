//! The overlay: entries that no longer match are errors that name them, and each has its reason.

use dune_spec::{Coverage, Overlay, normalise};
use serde_json::json;

use crate::small::{answering, document, normalised, overlay, page, refused, taking, to};

const HEAD: &str = "[errors]\nname = 'Error'\ndescription = 'd'\nreason = 'r'\n";

fn small() -> serde_json::Value {
    document(
        taking(to("models.A")),
        json!({"models.A": {"type": "object", "properties": {"id": {"type": "integer"}}}}),
    )
}

#[test]
fn an_entry_without_a_reason_is_refused() {
    for (entry, name) in [
        (
            "[[credentials]]\nin = 'query'\nname = 'api_key'\nreason = ' '",
            "[[credentials]] query `api_key`",
        ),
        (
            "[[required]]\nreason = ''\n[required.fields]\nA = { id = 'integer' }",
            "[[required]]",
        ),
    ] {
        let said = Overlay::parse("overlay.toml", &format!("{HEAD}{entry}"))
            .unwrap_err()
            .to_string();
        assert!(
            said.contains(name) && said.contains("has no reason"),
            "{said}"
        );
    }
    let entry = "[[credentials]]\nin = 'query'\nname = 'api_key'";
    let said = Overlay::parse("overlay.toml", &format!("{HEAD}{entry}"))
        .unwrap_err()
        .to_string();
    assert!(said.contains("missing field `reason`"), "{said}");
}

#[test]
fn a_misspelt_entry_is_refused_with_its_line() {
    let text = format!("{HEAD}[[requierd]]\nreason = 'r'");
    let said = Overlay::parse("overlay.toml", &text)
        .unwrap_err()
        .to_string();
    assert!(
        said.contains("requierd") && said.contains("line 5"),
        "{said}"
    );
}

#[test]
fn what_is_no_operation_or_schema_is_refused() {
    for (entry, word) in [
        (
            "[[operation-ids]]\nreason = 'r'\n[operation-ids.ids]\n'FETCH /v1' = 'x'",
            "FETCH /v1",
        ),
        (
            "[[operation-ids]]\nreason = 'r'\n[operation-ids.ids]\n'GET v1' = 'x'",
            "GET v1",
        ),
    ] {
        let said = Overlay::parse("overlay.toml", &format!("{HEAD}{entry}"))
            .unwrap_err()
            .to_string();
        assert!(said.contains(word), "{said}");
    }
}

/// Entries that match nothing in the small document, and how each is named.
const STALE: [(&str, &str); 11] = [
    (
        "[[credentials]]\nin = 'query'\nname = 'api_key'\nreason = 'r'",
        "[[credentials]] query `api_key`",
    ),
    (
        "[[operation-ids]]\nreason = 'r'\n[operation-ids.ids]\n'GET /v1/gone' = 'x'",
        "[[operation-ids]] `GET /v1/gone`",
    ),
    (
        "[[parameters]]\noperations = ['GET /v1/gone']\nin = 'query'\nname = 'q'\nchange = 'drop'\nreason = 'r'",
        "[[parameters]] query `q` of `GET /v1/gone`",
    ),
    (
        "[[parameters]]\noperations = ['POST /v1/thing']\nin = 'query'\nname = 'q'\nchange = 'drop'\nreason = 'r'",
        "[[parameters]] query `q` of `POST /v1/thing`",
    ),
    (
        "[[bodies]]\noperation = 'GET /v1/gone'\nmedia-type = 'application/json'\nschema = {}\n\
         description = 'd'\nreason = 'r'",
        "[[bodies]] `GET /v1/gone`",
    ),
    (
        "[[schemas]]\nname = 'New'\noperations = ['GET /v1/gone']\nschema = {}\nreason = 'r'",
        "[[schemas]] `New`",
    ),
    (
        "[[fields]]\nschema = 'Gone'\nadd = { x = {} }\nreason = 'r'",
        "[[fields]] `Gone`",
    ),
    (
        "[[fields]]\nschema = 'A'\nreplace = { gone = {} }\nreason = 'r'",
        "[[fields]] `A` field `gone`",
    ),
    (
        "[[enums]]\nproperty = 'performance'\nname = 'Performance'\ndescription = 'd'\n\
         resolution = 'union'\nreason = 'r'",
        "[[enums]] `performance`",
    ),
    (
        "[[optional]]\nschema = 'A'\nfields = ['id']\nreason = 'r'",
        "[[optional]] `A` field `id`",
    ),
    (
        "[[required]]\nreason = 'r'\n[required.fields]\nGone = { id = 'integer' }",
        "[[required]] `Gone`",
    ),
];

#[test]
fn an_entry_that_matches_nothing_any_more_is_an_error_that_names_it() {
    for (entry, name) in STALE {
        refused(&small(), entry, &["overlay.toml: overlay entry", name]);
    }
}

#[test]
fn for_documents_that_may_hold_a_part_it_is_a_note() {
    for (entry, name) in STALE {
        let outcome = normalise(
            vec![page("page.json", &small())],
            &overlay(entry),
            Coverage::Part,
        );
        assert!(
            outcome.document().is_ok(),
            "{entry}: {:?}",
            outcome.faults()
        );
        assert!(
            outcome.report.notes.iter().any(|note| note.contains(name)),
            "{entry}"
        );
    }
}

#[test]
fn a_required_field_that_is_gone_or_of_another_type_is_refused_in_every_case() {
    for (fields, words) in [
        (
            "{ gone = 'integer' }",
            "schema `A`, .gone: is not there any more",
        ),
        (
            "{ id = 'string' }",
            "schema `A`, .id: is `integer`, and was `string`",
        ),
    ] {
        let entry = format!("[[required]]\nreason = 'r'\n[required.fields]\nA = {fields}");
        refused(&small(), &entry, &["page.json", words]);
        let outcome = normalise(
            vec![page("page.json", &small())],
            &overlay(&entry),
            Coverage::Part,
        );
        assert!(outcome.faults().unwrap().to_string().contains(words));
    }
}

#[test]
fn a_field_that_the_document_has_by_now_is_no_longer_needed() {
    let entry = "[[fields]]\nschema = 'A'\nadd = { id = { type = 'integer' } }\nreason = 'r'";
    let outcome = normalised(&small(), entry);
    assert!(outcome.document().is_ok());
    let notes = outcome.report.notes.join("\n");
    assert!(notes.contains("`A.id` is documented now"), "{notes}");
}

#[test]
fn a_field_that_the_document_has_by_now_as_another_type_is_refused() {
    let entry = "[[fields]]\nschema = 'A'\nadd = { id = { type = 'string' } }\nreason = 'r'";
    refused(
        &small(),
        entry,
        &[
            "page.json: schema `A`, .id: is documented now",
            "[[fields]] `A`",
        ],
    );
}

#[test]
fn names_that_the_overlay_gives_must_be_free() {
    let all = document(
        answering(to("models.Error")),
        json!({"models.Error": {"type": "object", "properties": {"id": {"type": "integer"}}}}),
    );
    let mut with_error = all.clone();
    with_error["paths"]["/v1/thing"]["get"]["responses"]["500"] = json!({"description": "oops"});
    refused(
        &with_error,
        "",
        &[
            "schema `Error`",
            "the name that the overlay gives to the error body",
        ],
    );
    assert!(normalised(&all, "").document().is_ok());
}
