//! Materialized views: listed, read, created or changed, refreshed by themselves, and deleted.
//! How one is refreshed as part of a pipeline is in `run`.

mod definition;
mod view;

use dune_api::types;

pub use self::definition::{MaterializedViewDefinition, UpsertedMaterializedView};
pub use self::view::{MaterializedView, MaterializedViewOverview};
use crate::dune::Dune;
use crate::error::{Call, Error};
use crate::execution::Execution;
use crate::list::{List, Part, Rest, Span};
use crate::pipeline::{InvalidPipeline, RefreshSpec, ViewName, refresh};

/// Materialized views. They are called by their full names, `dune.<team>.result_<name>`, where nothing else is said.
impl Dune {
    /// The materialized views of the key's account (`GET /v1/materialized-views`).
    pub fn list_materialized_views(&self) -> List<MaterializedViewOverview> {
        let read = |dune: Dune, call, span: Span| async move {
            let request = || dune.api().list_materialized_views(span.limit, span.offset);
            let answer = dune.send(&call, request).await?;
            let views = answer.materialized_views.unwrap_or_default();
            Ok(Part {
                items: views
                    .into_iter()
                    .map(MaterializedViewOverview::read)
                    .collect(),
                rest: Rest::Next(answer.next_offset),
            })
        };
        List::new(self, "listing the materialized views", None, read)
    }

    /// What Dune knows of a view (`GET /v1/materialized-views/{name}`): its query, its size, its last executions.
    ///
    /// # Errors
    /// [`Error::InvalidPipeline`] when the name cannot be one, before anything is sent; else what became of the request: 404
    /// where there is no such view, 403 where it is another's.
    pub async fn get_materialized_view(
        &self,
        name: impl ViewName,
    ) -> Result<MaterializedView, Error> {
        let name = checked(name)?;
        let call = Call::read(format!("reading the materialized view {name}"));
        let request = || self.api().get_materialized_view(&name);
        Ok(MaterializedView::read(self.send(&call, request).await?))
    }

    /// Makes a view of a saved query, or changes the one the query has already, and starts to fill it
    /// (`POST /v1/materialized-views`). It is sent once.
    ///
    /// ```no_run
    /// use dune_pipeline::{Dune, MaterializedViewDefinition, Performance};
    ///
    /// # async fn example(dune: Dune) -> Result<(), dune_pipeline::Error> {
    /// let daily = MaterializedViewDefinition::new("result_dex_daily", 3101)
    ///     .cron_expression("0 */6 * * *")
    ///     .performance(Performance::Large);
    /// let made = dune.upsert_materialized_view(&daily).await?;
    /// made.execution.wait().await?;
    /// println!("select * from {}", made.name);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidPipeline`] when the name or the query's id cannot be one, before anything is sent; else what became of the
    /// request: 400 where the name belongs to another query, or a column of the query has no name.
    pub async fn upsert_materialized_view(
        &self,
        view: &MaterializedViewDefinition,
    ) -> Result<UpsertedMaterializedView, Error> {
        let request = view.request()?;
        let name = &request.name;
        let call = Call::start(format!("creating or changing the materialized view {name}"));
        let answer = self
            .send(&call, || self.api().upsert_materialized_view(&request))
            .await?;
        Ok(UpsertedMaterializedView {
            execution: Execution::started(self, &call, answer.execution_id)?,
            name: answer.name,
        })
    }

    /// Starts the refresh of a view by itself (`POST /v1/materialized-views/{name}/refresh`). Only its owner may. It is sent
    /// once.
    ///
    /// ```no_run
    /// use dune_pipeline::{Dune, Performance, refresh};
    ///
    /// # async fn example(dune: Dune) -> Result<(), dune_pipeline::Error> {
    /// let daily = refresh("dune.acme.result_dex_daily").performance(Performance::Large);
    /// dune.refresh_materialized_view(daily).await?.wait().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidPipeline`] when the name cannot be one, before anything is sent; else what became of the request.
    pub async fn refresh_materialized_view(&self, view: RefreshSpec) -> Result<Execution, Error> {
        let types::PipelineMaterializedViewRefreshNode { name, performance } = view.alone()?;
        let request = types::MatviewsRefreshRequest { performance };
        let call = Call::start(format!("refreshing the materialized view {name}"));
        let answer = self
            .send(&call, || {
                self.api().refresh_materialized_view(&name, &request)
            })
            .await?;
        Execution::started(self, &call, answer.execution_id)
    }

    /// Deletes a view and its rows (`DELETE /v1/materialized-views/{name}`); its query stays. It is sent once.
    ///
    /// # Errors
    /// As for [`get_materialized_view`](Dune::get_materialized_view).
    pub async fn delete_materialized_view(&self, name: impl ViewName) -> Result<(), Error> {
        let name = checked(name)?;
        let call = Call::change(format!("deleting the materialized view {name}"));
        let request = || self.api().delete_materialized_view(&name);
        self.send(&call, request).await.map(drop)
    }
}

/// The name of a view, by the rules for one in a pipeline.
fn checked(name: impl ViewName) -> Result<String, InvalidPipeline> {
    let types::PipelineMaterializedViewRefreshNode { name, .. } = refresh(name).alone()?;
    Ok(name)
}
