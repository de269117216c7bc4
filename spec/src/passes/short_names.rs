//! Shortens schema names to what follows the last dot, `models.Pipeline` to `Pipeline`, and points
//! every reference to the new name. Names that only differ in what Rust's spelling drops clash.

use std::collections::BTreeMap;

use super::Work;
use crate::fault::Place;
use crate::spec::plain;
use crate::walk::{Found, reference_to, target, visit_all};

pub(super) fn run(work: &mut Work<'_>) {
    let names: BTreeMap<String, String> = work
        .spec
        .schemas()
        .keys()
        .map(|name| {
            (
                name.clone(),
                name.rsplit('.').next().unwrap_or(name).to_owned(),
            )
        })
        .collect();
    let mut taken: BTreeMap<String, String> = BTreeMap::new();
    for (name, short) in &names {
        let place = Place::Schema(name.clone(), String::new());
        if plain(short).is_empty() || short.starts_with(|c: char| c.is_ascii_digit()) {
            work.fault(
                place,
                "cannot be a Rust type's name",
                "rename it in the document",
            );
        } else if let Some(other) = taken.insert(plain(short), name.clone()) {
            let problem = format!("would have the same Rust name as `{other}`");
            work.fault(place, problem, "rename one of the two in the document");
        }
    }
    if taken.len() != names.len() {
        return;
    }
    visit_all(&mut work.spec, |_, found| {
        if let Found::Reference(reference) = found
            && let Some(short) = target(reference).and_then(|name| names.get(name))
        {
            *reference = reference_to(short);
        }
    });
    let schemas = std::mem::take(work.spec.schemas_mut());
    let rename = |name: String| names.get(&name).cloned().unwrap_or(name);
    *work.spec.schemas_mut() = schemas.into_iter().map(|(n, s)| (rename(n), s)).collect();
    let files = std::mem::take(&mut work.spec.schema_files);
    work.spec.schema_files = files.into_iter().map(|(n, f)| (rename(n), f)).collect();
    let changed = names.iter().filter(|(name, short)| name != short).count();
    if changed > 0 {
        work.did(format!("shortened {changed} names"));
    }
}
