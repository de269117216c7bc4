//! A fault of a document: which file, which place in it, what is wrong and what cures it.
//! Faults are collected, so that one run names them all.

use std::fmt;

use crate::spec::Operation;

/// Where in a document, or in the overlay, something stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The document as a whole.
    Document,
    /// One operation, and the part of it that is meant (empty for all of it).
    Operation(Operation, String),
    /// One schema, and the part of it that is meant (empty for all of it).
    Schema(String, String),
    /// One entry of the overlay.
    Overlay(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = match self {
            Self::Document => return f.write_str("the document"),
            Self::Operation(operation, part) => (format!("`{operation}`"), part),
            Self::Schema(name, part) => (format!("schema `{name}`"), part),
            Self::Overlay(entry) => (format!("overlay entry {entry}"), &String::new()),
        };
        f.write_str(&whole)?;
        if !part.is_empty() {
            write!(f, ", {part}")?;
        }
        Ok(())
    }
}

/// One thing that is wrong with the documents or the overlay.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The file it stands in, as it was named when loaded.
    pub file: String,
    /// The place in that file.
    pub place: Place,
    /// What is wrong.
    pub problem: String,
    /// What cures it.
    pub remedy: String,
}

impl Fault {
    /// A fault at `place` in `file`.
    pub fn new(
        file: impl Into<String>,
        place: Place,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            file: file.into(),
            place,
            problem: problem.into(),
            remedy: remedy.into(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.file, self.place, self.problem)?;
        if !self.remedy.is_empty() {
            write!(f, "\n  help: {}", self.remedy)?;
        }
        Ok(())
    }
}

impl std::error::Error for Fault {}

/// All faults found, at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// The faults in order of file and place, or `None` if there are none.
    #[must_use]
    pub fn of(mut faults: Vec<Fault>) -> Option<Self> {
        faults.sort();
        faults.dedup();
        (!faults.is_empty()).then_some(Self(faults))
    }

    /// The faults, sorted by file and place.
    pub fn iter(&self) -> std::slice::Iter<'_, Fault> {
        self.0.iter()
    }

    pub(crate) fn into_inner(self) -> Vec<Fault> {
        self.0
    }
}

impl From<Fault> for Faults {
    fn from(fault: Fault) -> Self {
        Self(vec![fault])
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, fault) in self.0.iter().enumerate() {
            if i > 0 {
                writeln!(f)?;
            }
            write!(f, "{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}
