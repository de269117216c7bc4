//! Results of executions that were made before: the latest of a query, and the one behind a custom endpoint.

use super::Execution;
use crate::dune::Dune;
use crate::error::{Call, Error};
use crate::name::in_path;
use crate::pipeline::QuerySpec;
use crate::rows::Results;

impl Dune {
    /// The rows of a query's newest execution, whoever started it (`GET /v1/query/{query_id}/results`): nothing is run.
    ///
    /// With parameters it is the newest whose values were these, the saved ones standing in for those that are not given;
    /// without any it is the newest, whatever its parameters. A tier plays no part in it.
    ///
    /// ```no_run
    /// # use dune_pipeline::{Dune, query};
    /// # async fn example(dune: Dune) -> Result<(), dune_pipeline::Error> {
    /// let share = query(3101).parameter("blockchain", "base");
    /// let rows: Vec<serde_json::Value> = dune.latest_results(share)?.rows().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidPipeline`] when the query's id or a parameter cannot be one. Nothing is asked yet.
    pub fn latest_results(&self, query: QuerySpec) -> Result<Results, Error> {
        let query = query.alone()?;
        Ok(Results::latest(
            self.clone(),
            query.query_id,
            query.query_parameters,
        ))
    }

    /// The result behind a custom endpoint (`GET /v1/endpoints/{handle}/{endpoint_slug}/results`), of the user or team with
    /// this handle. One row is read to learn which execution it is; its rows are then read as those of any other.
    ///
    /// Dune's documents have it, and Dune has given these endpoints up: the last that was seen of it is 404 with `Custom
    /// endpoint not found`.
    ///
    /// # Errors
    /// [`Error::InvalidName`] when a name cannot be one, before anything is sent; else what became of the request.
    pub async fn endpoint_results(
        &self,
        handle: &str,
        endpoint_slug: &str,
    ) -> Result<Results, Error> {
        let handle = in_path("the owner of an endpoint", handle)?;
        let slug = in_path("an endpoint", endpoint_slug)?;
        let call = Call::read(format!(
            "reading the result of the endpoint {handle}/{slug}"
        ));
        let request = || {
            let api = self.api();
            // Its rows come with another request, which also says whether they were cut.
            let (partial, limit) = (Some(true), Some(1));
            api.get_endpoint_results(
                handle, slug, partial, None, None, None, limit, None, None, None,
            )
        };
        let answer = self.send(&call, request).await?;
        Ok(Execution::started(self, &call, answer.execution_id)?.results())
    }
}
