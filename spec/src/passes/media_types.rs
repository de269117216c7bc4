//! Reads a body or response of any media type, `*/*`, as the JSON it is, and drops parameters of a
//! media type (`application/json; charset=utf-8`).

use indexmap::IndexMap;
use openapiv3::{MediaType, ReferenceOr};

use super::Work;

const JSON: &str = "application/json";

pub(super) fn run(work: &mut Work<'_>) {
    let mut did = Vec::new();
    work.spec.for_each_operation(|name, operation| {
        if let Some(ReferenceOr::Item(body)) = &mut operation.request_body
            && rename(&mut body.content)
        {
            did.push(format!("body of `{name}`"));
        }
        let responses = &mut operation.responses;
        for (status, response) in &mut responses.responses {
            if let ReferenceOr::Item(response) = response
                && rename(&mut response.content)
            {
                did.push(format!("response {status} of `{name}`"));
            }
        }
        if let Some(ReferenceOr::Item(response)) = &mut responses.default {
            rename(&mut response.content);
        }
    });
    work.did.extend(did);
}

/// Renames the keys, unless two would become one: that is left for `verify` to refuse.
fn rename(content: &mut IndexMap<String, MediaType>) -> bool {
    let renamed: IndexMap<String, MediaType> = content
        .iter()
        .map(|(key, media)| {
            let plain = key.split(';').next().unwrap_or_default().trim();
            let plain = if plain == "*/*" { JSON } else { plain };
            (plain.to_owned(), media.clone())
        })
        .collect();
    let changed = renamed.len() == content.len() && renamed.keys().ne(content.keys());
    if changed {
        *content = renamed;
    }
    changed
}
