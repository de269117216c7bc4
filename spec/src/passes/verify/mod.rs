//! Judges the normalised document: everything that would make progenitor panic, or that it would
//! drop without a word, is a fault here first, with file, operation and remedy.

mod operations;
mod responses;
mod schemas;

use super::Work;
use crate::fault::Place;

/// A place, what is wrong there, and what cures it.
type Complaint = (Place, String, &'static str);

pub(super) fn run(work: &mut Work<'_>) {
    let mut complaints = schemas::complaints(&work.spec);
    complaints.extend(operations::complaints(&work.spec, &mut work.notes));
    complaints.extend(responses::complaints(&work.spec));
    for (place, problem, remedy) in complaints {
        work.fault(place, problem, remedy);
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
