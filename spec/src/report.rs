//! What the passes did, in the order they ran, for people to read.

use std::fmt;

/// What one pass did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassReport {
    /// The pass's name.
    pub name: &'static str,
    /// What the pass is for, in a sentence.
    pub purpose: &'static str,
    /// One line for each thing it changed; empty if it found nothing to do.
    pub did: Vec<String>,
}

/// What every pass did, and what is worth knowing though it is no fault.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The passes in the order they ran.
    pub passes: Vec<PassReport>,
    /// Remarks: overlay entries without use for documents that hold a part of the API, and the like.
    pub notes: Vec<String>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for pass in &self.passes {
            writeln!(f, "{}: {}", pass.name, pass.purpose)?;
            if pass.did.is_empty() {
                writeln!(f, "  nothing to do")?;
            }
            for line in &pass.did {
                writeln!(f, "  {line}")?;
            }
        }
        for note in &self.notes {
            writeln!(f, "note: {note}")?;
        }
        Ok(())
    }
}
