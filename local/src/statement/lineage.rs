//! The views under a statement: those it reads, those that these read, and so on, in an order to
//! refresh them in.

use std::collections::HashMap;

use super::Statement;
use crate::engine::{SqlError, TableName};
use crate::library::{Library, SavedView};
use crate::parameters::{Given, Values};

/// Every view under a statement.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Lineage {
    /// The views, each after all that it reads.
    pub(crate) views: Vec<Upstream>,
    /// Which of them the statement reads itself: indices into `views`.
    pub(crate) read: Vec<usize>,
}

/// A view and what it reads.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Upstream {
    pub(crate) name: TableName,
    /// Indices into the lineage's views.
    pub(crate) reads: Vec<usize>,
}

/// Why a statement's lineage cannot be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LineageError {
    /// The statement itself, or the query of a view under it, cannot be read.
    #[error("{}{error}", reader(.view))]
    Sql {
        view: Option<TableName>,
        error: SqlError,
    },
    /// A name that is called like a view and is neither view nor table.
    #[error("{}there is no view `{name}`{}", reader(.view), suggestion(.nearest))]
    Unknown {
        view: Option<TableName>,
        name: TableName,
        nearest: Option<TableName>,
    },
    /// Views that read each other.
    #[error("these views read each other in a ring: {}", ring(.0))]
    Ring(Vec<TableName>),
}

fn reader(view: &Option<TableName>) -> String {
    view.as_ref()
        .map(|view| format!("in the query of the view `{view}`: "))
        .unwrap_or_default()
}

fn suggestion(nearest: &Option<TableName>) -> String {
    nearest
        .as_ref()
        .map(|nearest| format!(": did you mean `{nearest}`?"))
        .unwrap_or_default()
}

fn ring(views: &[TableName]) -> String {
    let names: Vec<String> = views
        .iter()
        .chain(views.first())
        .map(|view| format!("`{view}`"))
        .collect();
    names.join(" -> ")
}

/// The statement that fills a view: its query with the defaults of its parameters.
pub(crate) fn of_view(library: &Library, view: &SavedView) -> Result<Statement, SqlError> {
    let Some(query) = library.query(view.query) else {
        let message = format!("Query not found: {}", view.query);
        return Err(SqlError::new("NOT_FOUND", message));
    };
    let values = Values::new(&query.parameters, &Given::new())
        .map_err(|error| SqlError::new("INVALID_ARGUMENTS", error.to_string()))?;
    Statement::new(library, &query.sql, &values)
}

/// Finds every view under a statement.
pub(crate) fn lineage(library: &Library, statement: &Statement) -> Result<Lineage, LineageError> {
    let mut search = Search {
        library,
        found: Lineage::default(),
        done: HashMap::new(),
    };
    let read = search.mentioned(None, statement)?;
    for name in &read {
        search.visit(name)?;
    }
    let mut found = search.found;
    found.read = read
        .iter()
        .filter_map(|name| search.done.get(name).copied())
        .collect();
    Ok(found)
}

/// The rings among the views of a library, one for each that a search from the views in order
/// runs into.
pub(crate) fn rings(library: &Library) -> Vec<Vec<TableName>> {
    let mut rings: Vec<Vec<TableName>> = Vec::new();
    for view in library.views() {
        if rings.iter().flatten().any(|known| *known == view.name) {
            continue;
        }
        let mut search = Search {
            library,
            found: Lineage::default(),
            done: HashMap::new(),
        };
        if let Err(LineageError::Ring(ring)) = search.visit(&view.name)
            && !rings.iter().any(|known| known.first() == ring.first())
        {
            rings.push(ring);
        }
    }
    rings
}

struct Search<'a> {
    library: &'a Library,
    found: Lineage,
    /// Where in `found` a view stands.
    done: HashMap<TableName, usize>,
}

/// A view on the way down, and which of its own are still to be looked at.
struct Step {
    name: TableName,
    reads: Vec<TableName>,
    next: usize,
}

impl Search<'_> {
    /// Depth first and without recursion: a chain may be as long as it likes.
    fn visit(&mut self, start: &TableName) -> Result<(), LineageError> {
        let mut way: Vec<Step> = Vec::new();
        let mut on_the_way: HashMap<TableName, usize> = HashMap::new();
        let mut enter = Some(start.clone());
        loop {
            if let Some(name) = enter.take()
                && !self.done.contains_key(&name)
            {
                if let Some(first) = on_the_way.get(&name) {
                    let ring = way.iter().skip(*first).map(|step| step.name.clone());
                    return Err(LineageError::Ring(from_the_least(ring.collect())));
                }
                on_the_way.insert(name.clone(), way.len());
                let reads = self.reads(&name)?;
                way.push(Step {
                    name,
                    reads,
                    next: 0,
                });
            }
            let Some(step) = way.last_mut() else {
                return Ok(());
            };
            if let Some(next) = step.reads.get(step.next) {
                step.next += 1;
                enter = Some(next.clone());
            } else if let Some(step) = way.pop() {
                let reads = step
                    .reads
                    .iter()
                    .filter_map(|name| self.done.get(name).copied());
                let reads = reads.collect();
                on_the_way.remove(&step.name);
                self.done.insert(step.name.clone(), self.found.views.len());
                self.found.views.push(Upstream {
                    name: step.name,
                    reads,
                });
            }
        }
    }

    fn reads(&self, name: &TableName) -> Result<Vec<TableName>, LineageError> {
        let Some(view) = self.library.view(name) else {
            return Err(self.unknown(None, name));
        };
        let statement = of_view(self.library, &view).map_err(|error| LineageError::Sql {
            view: Some(name.clone()),
            error,
        })?;
        self.mentioned(Some(name), &statement)
    }

    /// The views a statement names. A table that is only called like a view is none.
    fn mentioned(
        &self,
        view: Option<&TableName>,
        statement: &Statement,
    ) -> Result<Vec<TableName>, LineageError> {
        let names = statement.mentioned().map_err(|error| LineageError::Sql {
            view: view.cloned(),
            error: statement.place(error),
        })?;
        let mut views = Vec::with_capacity(names.len());
        for name in names {
            if self.library.view(&name).is_some() {
                views.push(name);
            } else if !self.library.is_table(&name) {
                return Err(self.unknown(view, &name));
            }
        }
        Ok(views)
    }

    fn unknown(&self, view: Option<&TableName>, name: &TableName) -> LineageError {
        let views = self.library.views();
        let names: Vec<String> = views.iter().map(|view| view.name.to_string()).collect();
        let nearest = dune_pipeline_graph::names::nearest(
            &name.to_string(),
            names.iter().map(String::as_str),
        );
        LineageError::Unknown {
            view: view.cloned(),
            name: name.clone(),
            nearest: nearest.and_then(|name| name.parse().ok()),
        }
    }
}

/// The same ring is told the same way, whichever of its views the search began with.
fn from_the_least(mut ring: Vec<TableName>) -> Vec<TableName> {
    let least = ring
        .iter()
        .enumerate()
        .min_by_key(|(_, name)| *name)
        .map_or(0, |(at, _)| at);
    ring.rotate_left(least);
    ring
}
