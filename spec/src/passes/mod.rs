//! The passes that make the merged document one that progenitor generates from without loss, in the
//! order they run. Each does one named thing, reports it, and collects its faults.

mod additions;
mod constraints;
mod credentials;
mod enums;
mod errors;
mod flatten;
mod free_form;
mod inline_objects;
mod media_types;
mod nullable;
mod operation_ids;
mod parameters;
mod plain;
mod prune;
mod received;
mod required;
mod short_names;
mod verify;

use openapiv3::OpenAPI;

use crate::fault::{Fault, Faults, Place};
use crate::load::Page;
use crate::merge::merge;
use crate::overlay::Overlay;
use crate::report::{PassReport, Report};
use crate::spec::Spec;

/// How much of the API the documents are taken to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coverage {
    /// All of it, as the bundled pages do: an overlay entry that matches nothing is a fault.
    Whole,
    /// Perhaps a part of it, or an older or newer state: such an entry is a note.
    Part,
}

/// What the passes work on.
struct Work<'a> {
    spec: Spec,
    overlay: &'a Overlay,
    coverage: Coverage,
    did: Vec<String>,
    notes: Vec<String>,
    faults: Vec<Fault>,
}

impl Work<'_> {
    fn did(&mut self, line: impl Into<String>) {
        self.did.push(line.into());
    }

    fn fault(&mut self, place: Place, problem: impl Into<String>, remedy: impl Into<String>) {
        let file = match &place {
            Place::Operation(name, _) => self.spec.file_of(name).to_owned(),
            Place::Schema(name, _) => self.spec.file_of_schema(name).to_owned(),
            Place::Overlay(_) => self.overlay.file.clone(),
            Place::Document => self.spec.any_file(),
        };
        self.faults.push(Fault::new(file, place, problem, remedy));
    }

    /// An overlay entry that matches nothing: a fault if the documents are the whole API.
    fn unmatched(&mut self, entry: String, problem: &str) {
        match self.coverage {
            Coverage::Whole => {
                let remedy = "correct the entry, or remove it if the documents no longer need it";
                self.fault(Place::Overlay(entry), problem, remedy);
            }
            Coverage::Part => self
                .notes
                .push(format!("overlay entry {entry} is of no use: {problem}")),
        }
    }
}

struct Pass {
    name: &'static str,
    purpose: &'static str,
    run: fn(&mut Work<'_>),
}

const fn pass(name: &'static str, purpose: &'static str, run: fn(&mut Work<'_>)) -> Pass {
    Pass { name, purpose, run }
}

/// The passes after merging. `required` before `received`, so that both copies of a schema have it;
/// `prune` last, so that what the others made superfluous goes; `verify` judges the result.
const PASSES: [Pass; 17] = [
    pass(
        "credentials",
        "drops the parameters that carry the key",
        credentials::run,
    ),
    pass(
        "parameters",
        "drops or retypes parameters as the overlay says",
        parameters::run,
    ),
    pass("media-types", "reads `*/*` as JSON", media_types::run),
    pass(
        "free-form",
        "lets the values of free-form objects be any JSON",
        free_form::run,
    ),
    pass(
        "short-names",
        "shortens schema names to their last part",
        short_names::run,
    ),
    pass(
        "additions",
        "adds the schemas, fields and bodies the overlay holds",
        additions::run,
    ),
    pass("operation-ids", "names every operation", operation_ids::run),
    pass("errors", "makes one type of all error bodies", errors::run),
    pass(
        "enums",
        "makes one named type of enumerations written in place",
        enums::run,
    ),
    pass(
        "inline-objects",
        "names objects that are written in place",
        inline_objects::run,
    ),
    pass(
        "required",
        "requires the fields that are always there",
        required::run,
    ),
    pass(
        "received",
        "gives what is sent and received a type of its own for each",
        received::run,
    ),
    pass(
        "nullable",
        "lets lists and maps in responses be null",
        nullable::run,
    ),
    pass(
        "open-enums",
        "lets responses hold values that are not listed",
        enums::open,
    ),
    pass(
        "constraints",
        "strips rules that would refuse what the server accepts",
        constraints::run,
    ),
    pass("prune", "drops what nothing refers to", prune::run),
    pass(
        "verify",
        "refuses what progenitor would panic at or drop",
        verify::run,
    ),
];

/// What normalising came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The merged document before any pass changed it, for comparing documents.
    pub merged: Spec,
    /// What each pass did.
    pub report: Report,
    faults: Option<Faults>,
    spec: Spec,
}

impl Outcome {
    /// The normalised document, ready for progenitor.
    ///
    /// # Errors
    /// Every fault that was found.
    pub fn document(&self) -> Result<&OpenAPI, &Faults> {
        self.faults.as_ref().map_or(Ok(&self.spec.api), Err)
    }

    /// Every fault that was found.
    #[must_use]
    pub fn faults(&self) -> Option<&Faults> {
        self.faults.as_ref()
    }

    /// The normalised document as far as it came, faults or not, for people to read.
    #[must_use]
    pub fn spec(&self) -> &Spec {
        &self.spec
    }
}

/// Merges `pages` and runs every pass over them.
#[must_use]
pub fn normalise(pages: Vec<Page>, overlay: &Overlay, coverage: Coverage) -> Outcome {
    let mut report = Report::default();
    let mut faults = Vec::new();
    let mut did = Vec::new();
    let pages: Vec<_> = pages
        .into_iter()
        .map(|page| {
            let mut spec = Spec::of(&page.file, page.api);
            flatten::run(&mut spec, &page.file, &mut did, &mut faults);
            plain::run(&mut spec, &mut did);
            spec
        })
        .collect();
    let purpose = "puts shared parts where they are used and one-part schemas plainly";
    report.passes.push(PassReport {
        name: "flatten",
        purpose,
        did: counted(did),
    });

    let mut did = Vec::new();
    let merged = merge(pages, overlay, &mut did, &mut faults).unwrap_or_else(|| {
        let problem = "no document was given";
        faults.push(Fault::new(
            "",
            Place::Document,
            problem,
            "name at least one",
        ));
        Spec::of("", OpenAPI::default())
    });
    let purpose = "makes one document of all";
    report.passes.push(PassReport {
        name: "merge",
        purpose,
        did,
    });

    let mut work = Work {
        spec: merged.clone(),
        overlay,
        coverage,
        did: Vec::new(),
        notes: Vec::new(),
        faults,
    };
    for Pass { name, purpose, run } in PASSES {
        run(&mut work);
        let did = std::mem::take(&mut work.did);
        report.passes.push(PassReport { name, purpose, did });
    }
    report.notes = work.notes;
    Outcome {
        merged,
        report,
        faults: Faults::of(work.faults),
        spec: work.spec,
    }
}

/// Equal lines once, with how often they stood there.
fn counted(lines: Vec<String>) -> Vec<String> {
    let mut counts = indexmap::IndexMap::<String, usize>::new();
    for line in lines {
        *counts.entry(line).or_default() += 1;
    }
    let times = |(line, n): (String, usize)| {
        if n == 1 {
            line
        } else {
            format!("{line} ({n} times)")
        }
    };
    counts.into_iter().map(times).collect()
}
