//! Names every operation, by the overlay's table: names made from a summary would change whenever
//! somebody edits a sentence. An operation that is new gets a name from its method and path.

use std::collections::BTreeMap;

use super::Work;
use crate::fault::Place;
use crate::spec::{Operation, plain};

pub(super) fn run(work: &mut Work<'_>) {
    let mut table: BTreeMap<&Operation, &str> = BTreeMap::new();
    for entry in &work.overlay.operation_ids {
        for (operation, id) in &entry.ids {
            if table.insert(operation, id).is_some() {
                let label = format!("[[operation-ids]] `{operation}`");
                work.fault(
                    Place::Overlay(label),
                    "stands there twice",
                    "keep one of the two",
                );
            }
        }
    }
    let mut unused = table.clone();
    let mut did = Vec::new();
    let mut taken: BTreeMap<String, Operation> = BTreeMap::new();
    let mut clashes = Vec::new();
    work.spec.for_each_operation(|name, operation| {
        unused.remove(name);
        let id = match table.get(name) {
            Some(id) => (*id).to_owned(),
            None => {
                let id = operation
                    .operation_id
                    .clone()
                    .unwrap_or_else(|| fallback(name));
                did.push(format!(
                    "`{name}` is not in the overlay's table: named it `{id}`"
                ));
                id
            }
        };
        if let Some(other) = taken.insert(plain(&id), name.clone()) {
            clashes.push((name.clone(), id.clone(), other));
        }
        operation.operation_id = Some(id);
    });
    let named = taken.len() - did.len().min(taken.len());
    work.did(format!("{named} operations have the overlay's names"));
    work.did.extend(did);
    for (name, id, other) in clashes {
        let problem = format!("would be called `{id}`, as `{other}` is");
        let remedy = "name it in the overlay's `[[operation-ids]]`";
        work.fault(Place::Operation(name, String::new()), problem, remedy);
    }
    for operation in unused.into_keys() {
        let label = format!("[[operation-ids]] `{operation}`");
        work.unmatched(label, "no document has this operation");
    }
}

/// `GET /v1/query/{query_id}/pipeline` is `get_query_by_query_id_pipeline`.
fn fallback(name: &Operation) -> String {
    let mut id = name.method.as_str().to_ascii_lowercase();
    for part in name
        .path
        .split('/')
        .filter(|part| !part.is_empty() && *part != "v1")
    {
        let (by, word) = match part.strip_prefix('{').and_then(|p| p.strip_suffix('}')) {
            Some(parameter) => ("by_", parameter),
            None => ("", part),
        };
        let word: String = word
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
            .collect();
        id.push('_');
        id.push_str(by);
        id.push_str(&word.to_ascii_lowercase());
    }
    id
}
