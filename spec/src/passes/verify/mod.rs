//! Judges the normalised document: everything that would make progenitor panic, or that it would
//! drop without a word, is a fault here first, with file, operation and remedy.

mod operations;
mod responses;
mod schemas;

use super::{Work, received};
use crate::fault::Place;

/// A place, what is wrong there, and what cures it.
type Complaint = (Place, String, &'static str);

pub(super) fn run(work: &mut Work<'_>) {
    let mut complaints = schemas::complaints(&work.spec);
    complaints.extend(operations::complaints(&work.spec, &mut work.notes));
    complaints.extend(responses::complaints(&work.spec));
    let twice = |place: &Place, problem: &str| match place {
        Place::Schema(name, part) => received::original(name).is_some_and(|name| {
            let original = Place::Schema(name.to_owned(), part.clone());
            complaints
                .iter()
                .any(|(place, other, _)| *place == original && other == problem)
        }),
        _ => false,
    };
    // What is wrong with a schema is wrong with its copy for answers too, and said once.
    for (place, problem, remedy) in &complaints {
        if !twice(place, problem) {
            work.fault(place.clone(), problem, *remedy);
        }
    }
    let (operations, schemas) = (work.spec.operations().len(), work.spec.schemas().len());
    if operations == 0 {
        let problem = "holds no operation";
        work.fault(Place::Document, problem, "give a document with `paths`");
    }
    work.did(format!(
        "{operations} operations and {schemas} schemas are ready"
    ));
}
