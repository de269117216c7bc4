//! What a newer document changes, operation by operation and schema by schema, and whether it breaks
//! programs that were written against the older one. Texts are passed over.

mod operations;
mod schemas;

use std::collections::BTreeSet;
use std::fmt;

use crate::spec::{Operation, Spec};

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// The operation or schema, as `GET /v1/queries` or `models.Pipeline`.
    pub subject: String,
    /// What became of it.
    pub what: String,
    /// Whether programs written against the older document may stop working.
    pub breaks: bool,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = if self.breaks { "BREAKS" } else { "      " };
        write!(f, "{mark} {}: {}", self.subject, self.what)
    }
}

/// Every difference between two merged documents.
///
/// `new` may hold a part of the API only, a page for example. Where it holds less than half of what `old`
/// does, it is compared with those pages of `old` alone that it stands in for, the files that share an
/// operation with it; else it is taken for the whole, and what it does not hold is gone.
#[must_use]
pub fn diff(old: &Spec, new: &Spec) -> Vec<Change> {
    let replaced = replaced_operations(old, new);
    let mut changes = operations::changes(old, new, &replaced);
    changes.extend(schemas::changes(old, new, &replaced));
    changes.sort();
    changes.dedup();
    changes
}

/// The operations of the old files that the new document stands in for.
fn replaced_operations(old: &Spec, new: &Spec) -> BTreeSet<Operation> {
    let held: BTreeSet<Operation> = new.operations().into_iter().map(|(name, _)| name).collect();
    let shared = || {
        let all = old.operation_files.iter();
        all.filter(|(name, _)| held.contains(name))
    };
    let is_whole = shared().count() * 2 >= old.operation_files.len();
    let files: BTreeSet<&String> = shared().map(|(_, file)| file).collect();
    let all = old.operation_files.iter();
    let stands_in = all.filter(|(_, file)| is_whole || files.contains(file));
    stands_in.map(|(name, _)| name.clone()).collect()
}

fn change(subject: impl fmt::Display, what: impl Into<String>, breaks: bool) -> Change {
    Change {
        subject: subject.to_string(),
        what: what.into(),
        breaks,
    }
}
