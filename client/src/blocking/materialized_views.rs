//! Materialized views, for programs without `async`.

use super::dune::Dune;
use super::execution::Execution;
use super::list::List;
use crate::error::Error;
use crate::materialized_views::{
    MaterializedView, MaterializedViewDefinition, MaterializedViewOverview,
};
use crate::pipeline::{RefreshSpec, ViewName};

/// What became of a view that was created or changed: see [`crate::UpsertedMaterializedView`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct UpsertedMaterializedView {
    /// Its full name, `dune.<team>.result_<name>`.
    pub name: String,
    /// The execution that fills it.
    pub execution: Execution,
}

impl Dune {
    /// The views of the key's account: see [`crate::Dune::list_materialized_views`]. Nothing is asked yet.
    pub fn list_materialized_views(&self) -> List<MaterializedViewOverview> {
        self.list_of(self.inner().list_materialized_views())
    }

    /// A view: see [`crate::Dune::get_materialized_view`].
    ///
    /// # Errors
    /// As there.
    pub fn get_materialized_view(&self, name: impl ViewName) -> Result<MaterializedView, Error> {
        self.wait_for(self.inner().get_materialized_view(name))
    }

    /// Creates a view, or changes the one of that query: see [`crate::Dune::upsert_materialized_view`].
    ///
    /// # Errors
    /// As there.
    pub fn upsert_materialized_view(
        &self,
        view: &MaterializedViewDefinition,
    ) -> Result<UpsertedMaterializedView, Error> {
        let made = self.wait_for(self.inner().upsert_materialized_view(view))?;
        Ok(UpsertedMaterializedView {
            name: made.name,
            execution: self.execution_of(made.execution),
        })
    }

    /// Starts the refresh of a view by itself: see [`crate::Dune::refresh_materialized_view`].
    ///
    /// # Errors
    /// As there.
    pub fn refresh_materialized_view(&self, view: RefreshSpec) -> Result<Execution, Error> {
        let execution = self.wait_for(self.inner().refresh_materialized_view(view))?;
        Ok(self.execution_of(execution))
    }

    /// Deletes a view and its rows: see [`crate::Dune::delete_materialized_view`].
    ///
    /// # Errors
    /// As there.
    pub fn delete_materialized_view(&self, name: impl ViewName) -> Result<(), Error> {
        self.wait_for(self.inner().delete_materialized_view(name))
    }
}
