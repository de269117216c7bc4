//! What is looked at once, at the start: views that were never filled are, and every query is
//! planned, so that what is wrong with its SQL is known before it runs.

use crate::engine::Engine;
use crate::library::{Library, Origin};
use crate::parameters::{Given, Values};
use crate::pipelines::{Pipelines, Planned};
use crate::statement::Statement;
use crate::views::{Views, ViewsError};
use crate::workspace::Faults;

/// Opens every view, and fills those that have no rows yet, as Dune does when a view is made. One
/// that cannot be filled is left without rows: its query is among what [`queries`] lists.
pub(crate) async fn fill(
    library: &Library,
    views: &Views,
    pipelines: &Pipelines,
) -> Result<(), ViewsError> {
    let mut empty = Vec::new();
    for view in library.views() {
        if !views.open(&view.name).await? {
            empty.push(view.name.clone());
        }
    }
    if !empty.is_empty() {
        pipelines
            .start(Planned::of_views(library, &empty))
            .ended()
            .await;
    }
    Ok(())
}

/// Plans every query with the defaults of its parameters, and lists what is wrong with its SQL.
pub(crate) async fn queries(library: &Library, engine: &dyn Engine) -> Faults {
    let mut faults = Faults::default();
    for query in library.queries() {
        let Origin::Manifest { file, .. } = &query.origin else {
            continue;
        };
        let Ok(values) = Values::new(&query.parameters, &Given::new()) else {
            continue;
        };
        let error = match Statement::new(library, &query.sql, &values) {
            Ok(statement) => {
                let described = engine.describe(&statement.sql).await;
                described.err().map(|error| statement.place(error))
            }
            Err(error) => Some(error),
        };
        if let Some(error) = error {
            let line = error.line.and_then(|line| usize::try_from(line).ok());
            faults.add(file.clone(), line, error.message, "");
        }
    }
    faults
}
