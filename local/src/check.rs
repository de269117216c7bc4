//! What is looked at once, at the start: views that were never filled are, and every query is
//! planned, so that what is wrong with its SQL is known before it runs.

use std::collections::HashSet;

use crate::engine::Engine;
use crate::library::{Library, Origin};
use crate::parameters::{Given, Values};
use crate::pipelines::{Pipelines, Planned};
use crate::statement::Statement;
use crate::views::{Views, ViewsError};
use crate::workspace::{Fault, Faults, MANIFEST};

/// Opens every view, and fills those that have no rows yet, as Dune does when a view is made. One
/// that cannot be filled is left without rows, and [`queries`] lists why.
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

/// Plans every query with the defaults of its parameters, and lists what is wrong with its SQL, and
/// the views that are empty though their queries can be planned.
pub(crate) async fn queries(library: &Library, views: &Views, engine: &dyn Engine) -> Faults {
    let mut faults = Faults::default();
    let mut wrong = HashSet::new();
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
                described
                    .err()
                    .map(|error| statement.place(views.explain(error)))
            }
            Err(error) => Some(error),
        };
        if let Some(error) = error {
            wrong.insert(query.id);
            let number = |place: Option<u64>| place.and_then(|place| usize::try_from(place).ok());
            faults.push(Fault {
                file: file.clone(),
                line: number(error.line),
                column: number(error.column),
                message: error.reason().to_owned(),
                remedy: String::new(),
            });
        }
    }
    for view in library.views() {
        if let Origin::Manifest { line, .. } = view.origin
            && !wrong.contains(&view.query)
            && let Some(why) = views.unfilled(&view.name)
        {
            let message = format!("the view `{}` holds no rows: {why}", view.name);
            let remedy = format!("mend query {}, and refresh the view", view.query);
            faults.add(MANIFEST, line, message, remedy);
        }
    }
    faults
}
