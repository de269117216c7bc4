//! What is wrong with a pipeline that could be declared and not be built, and with asking one for nodes it has not.
//! The sentences are the graph's own, as the compiler shows them for what it can see.

use std::fmt;
use std::sync::Arc;

use dune_pipeline_graph::{Fault, Place};

use super::parameter::Refused;

/// A pipeline that breaks rules, with everything that is wrong with it. Nothing of it has been sent.
///
/// `pipeline!` finds while compiling what is literal; this is the rest, such as the name of a view in a variable.
/// [`Display`](fmt::Display) lists all faults, each with why and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidPipeline {
    faults: Arc<[PipelineFault]>,
}

impl InvalidPipeline {
    /// Of at least one.
    pub(super) fn of(faults: Vec<PipelineFault>) -> Self {
        Self {
            faults: faults.into(),
        }
    }

    /// The faults in the order of the nodes; at least one.
    pub fn faults(&self) -> &[PipelineFault] {
        &self.faults
    }
}

impl fmt::Display for InvalidPipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, fault) in self.faults.iter().enumerate() {
            let gap = if i == 0 { "" } else { "\n\n" };
            write!(f, "{gap}{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for InvalidPipeline {}

/// One thing that is wrong with a pipeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PipelineFault {
    /// None where it is the pipeline as a whole.
    pub(super) place: Option<Place>,
    node: Option<String>,
    headline: String,
    notes: Vec<String>,
    help: Option<String>,
}

impl PipelineFault {
    pub(super) fn of_graph(fault: &Fault, node: Option<String>) -> Self {
        Self {
            place: fault.place,
            node,
            headline: fault.headline(),
            notes: fault.notes(),
            help: fault.help(),
        }
    }

    pub(super) fn refused(place: Place, node: String, key: &str, refused: &Refused) -> Self {
        let (value, note, help) = match refused {
            Refused::NotFinite(value) => (
                value,
                "a number of Dune's is finite",
                "give a finite number; `None` leaves the parameter out",
            ),
            #[cfg(any(feature = "chrono", feature = "jiff", feature = "time"))]
            Refused::YearOutOfRange(value) => (
                value,
                "a datetime of Dune's, in UTC, has a year from 0000 to 9999",
                "give a date within these years; `None` leaves the parameter out",
            ),
        };
        Self {
            place: Some(place),
            node: Some(node),
            headline: format!("parameter `{}` cannot be `{value}`", key.escape_debug()),
            notes: vec![note.to_owned()],
            help: Some(help.to_owned()),
        }
    }

    pub(super) fn comes_in_twice(
        place: Place,
        node: String,
        headline: String,
        note: String,
        help: &str,
    ) -> Self {
        Self {
            place: Some(place),
            node: Some(node),
            headline,
            notes: vec![note],
            help: Some(help.to_owned()),
        }
    }

    pub(super) fn waits_alone(what: &str, on: &str, note: Option<&str>) -> Self {
        Self {
            place: None,
            node: None,
            headline: format!("{what} waits for nothing, and this one for {on}"),
            notes: note.map(str::to_owned).into_iter().collect(),
            help: Some(
                "remove its `.after(..)`, or declare a pipeline and `execute` that".to_owned(),
            ),
        }
    }

    /// A label that is missing has the name of the variable that holds a pipeline: all of that one was meant.
    pub(super) fn meant_all_of(mut self, variable: &str) -> Self {
        self.notes = vec![format!(
            "`{variable}` is a pipeline that is taken in, and no label"
        )];
        self.help = Some(format!("wait for all of its nodes: `.after(..{variable})`"));
        self
    }

    /// The same thing wrong with the same node, wherever it was written.
    pub(super) fn is_again(&self, told: &Self) -> bool {
        (self.place, &self.headline) == (told.place, &told.headline)
    }

    /// The label or id of the node it is about; none where it is the pipeline as a whole.
    pub fn node(&self) -> Option<&str> {
        self.node.as_deref()
    }

    /// One line: what is wrong.
    pub fn headline(&self) -> &str {
        &self.headline
    }

    /// Why, one line each.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// What to do about it.
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }
}

impl fmt::Display for PipelineFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.headline)?;
        for note in &self.notes {
            write!(f, "\nnote: {note}")?;
        }
        match &self.help {
            Some(help) => write!(f, "\nhelp: {help}"),
            None => Ok(()),
        }
    }
}

/// A handle was asked for that the pipeline does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoSuchNode {
    /// No node has this label or id. Ask by a label or id that the pipeline declares.
    #[error("no node named `{name}` in this pipeline{}", hint.as_deref().unwrap_or_default())]
    NotDeclared {
        /// The label or id that was asked for.
        name: String,
        /// What was probably meant, or what there is, ready to follow the sentence.
        hint: Option<String>,
    },
    /// The node refreshes a view. Ask for it with [`Pipeline::refresh`](crate::Pipeline::refresh).
    #[error("node `{name}` refreshes a view; it returns no rows")]
    IsRefresh {
        /// The label or id that was asked for.
        name: String,
    },
    /// An `each` declares it, with a node for each item. Ask with [`Pipeline::queries`](crate::Pipeline::queries) or
    /// [`Pipeline::refreshes`](crate::Pipeline::refreshes), or for one node by its own name.
    #[error("`{name}` is a group of {}: ask for `{name}[0]`, or for all with `queries` or `refreshes`", nodes(*len))]
    IsGroup {
        /// The label that was asked for.
        name: String,
        /// How many nodes it has.
        len: usize,
    },
    /// It is one node. Ask for it with [`Pipeline::query`](crate::Pipeline::query) or
    /// [`Pipeline::refresh`](crate::Pipeline::refresh).
    #[error("`{name}` is one node and no group: ask with `query` or `refresh`")]
    IsNoGroup {
        /// The label or id that was asked for.
        name: String,
    },
    /// The node runs a query. Ask for it with [`Pipeline::query`](crate::Pipeline::query).
    #[error("node `{name}` runs a query; it refreshes no view")]
    IsQuery {
        /// The label or id that was asked for.
        name: String,
    },
}

fn nodes(count: usize) -> String {
    match count {
        1 => "1 node".to_owned(),
        count => format!("{count} nodes"),
    }
}
