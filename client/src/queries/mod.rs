//! Saved queries: listed, read, created, changed, archived, and shown to others or not.
//! How one is run is in `execution`, and as part of a pipeline in `run`.

mod change;
mod parameter;
mod query;

use dune_api::types;

pub use self::change::{NewQuery, QueryChange};
pub use self::parameter::{OptionsFrom, ParameterKind, QueryParameter};
pub use self::query::{Query, QueryOverview};
use crate::dune::Dune;
use crate::error::{Call, Error};
use crate::list::{List, Part, Rest, Span};
use crate::pipeline::{InvalidPipeline, QueryId, query};

/// Five times what Dune gives unasked. More than it allows is lowered without a word.
const PAGE_SIZE: u32 = 100;

/// Saved queries. Dune offers these methods on its paid plans.
impl Dune {
    /// The queries of the key's account (`GET /v1/queries`).
    pub fn list_queries(&self) -> List<QueryOverview> {
        let read = |dune: Dune, call, span: Span| async move {
            let request = || dune.api().list_queries(span.limit, span.offset);
            let answer = dune.send(&call, request).await?;
            let queries = answer.queries.unwrap_or_default();
            Ok(Part {
                items: queries.into_iter().map(QueryOverview::read).collect(),
                rest: Rest::Total(answer.total),
            })
        };
        List::new(self, "listing the queries", Some(PAGE_SIZE), read)
    }

    /// A query with its SQL and its parameters (`GET /v1/query/{query_id}`). One that is archived can be read too.
    ///
    /// # Errors
    /// [`Error::InvalidPipeline`] when the id cannot be one, before anything is sent; else what became of the request, 404
    /// where there is no such query or it is another's private one.
    pub async fn get_query(&self, query_id: impl QueryId) -> Result<Query, Error> {
        let id = checked(query_id)?;
        let call = Call::read(format!("reading query {id}"));
        let answer = self.send(&call, || self.api().get_query(id)).await?;
        Ok(Query::read(answer))
    }

    /// Saves a query and gives its id (`POST /v1/query`). It is sent once.
    ///
    /// ```no_run
    /// use dune_pipeline::{Dune, NewQuery, QueryParameter};
    ///
    /// # async fn example(dune: Dune) -> Result<(), dune_pipeline::Error> {
    /// let share = NewQuery::new("share of volume", "select * from dex.trades where blockchain = '{{chain}}'")
    ///     .parameters([QueryParameter::choice("chain", "base", ["base", "ethereum"])])
    ///     .tags(["dex"])
    ///     .is_private(true);
    /// let id = dune.create_query(&share).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidPipeline`] when a parameter's default cannot be one, before anything is sent; else what became of the
    /// request: 400 where parameters and SQL do not fit, 402 where there are as many private queries as the plan allows.
    pub async fn create_query(&self, query: &NewQuery) -> Result<i64, Error> {
        let request = query.request()?;
        let call = Call::change(format!("creating the query `{}`", query.name()));
        let answer = self.send(&call, || self.api().create_query(&request));
        Ok(answer.await?.query_id)
    }

    /// Changes what is set of a query, and leaves the rest as it is (`PATCH /v1/query/{query_id}`). It is sent once. Each
    /// change raises the query's version.
    ///
    /// ```no_run
    /// use dune_pipeline::{Dune, QueryChange};
    ///
    /// # async fn example(dune: Dune) -> Result<(), dune_pipeline::Error> {
    /// let change = QueryChange::new().name("share of volume by day").clear_tags();
    /// dune.update_query(3101, &change).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidPipeline`] when the id or a parameter's default cannot be one, before anything is sent; else what became
    /// of the request: 404 where there is no such query, 403 where it is archived or another's.
    pub async fn update_query(
        &self,
        query_id: impl QueryId,
        change: &QueryChange,
    ) -> Result<(), Error> {
        let id = checked(query_id)?;
        let request = change.request()?;
        let call = Call::change(format!("changing query {id}"));
        let request = || self.api().update_query(id, &request);
        self.send(&call, request).await.map(drop)
    }

    /// Archives a query (`POST /v1/query/{query_id}/archive`), which is what Dune has in place of deleting: it can be read,
    /// and neither run nor changed.
    ///
    /// # Errors
    /// [`Error::InvalidPipeline`] when the id cannot be one; else what became of the request.
    pub async fn archive_query(&self, query_id: impl QueryId) -> Result<(), Error> {
        let id = checked(query_id)?;
        let call = Call::change(format!("archiving query {id}"));
        let request = || self.api().archive_query(id);
        self.send(&call, request).await.map(drop)
    }

    /// Takes a query back from the archive (`POST /v1/query/{query_id}/unarchive`).
    ///
    /// # Errors
    /// As for [`archive_query`](Dune::archive_query).
    pub async fn unarchive_query(&self, query_id: impl QueryId) -> Result<(), Error> {
        let id = checked(query_id)?;
        let call = Call::change(format!("unarchiving query {id}"));
        let request = || self.api().unarchive_query(id);
        self.send(&call, request).await.map(drop)
    }

    /// Shows a query to nobody but its owner (`POST /v1/query/{query_id}/private`).
    ///
    /// # Errors
    /// As for [`archive_query`](Dune::archive_query); 402 where there are as many private queries as the plan allows.
    pub async fn make_query_private(&self, query_id: impl QueryId) -> Result<(), Error> {
        let id = checked(query_id)?;
        let call = Call::change(format!("making query {id} private"));
        let request = || self.api().make_query_private(id);
        self.send(&call, request).await.map(drop)
    }

    /// Shows a query to everybody (`POST /v1/query/{query_id}/unprivate`).
    ///
    /// # Errors
    /// As for [`archive_query`](Dune::archive_query).
    pub async fn make_query_public(&self, query_id: impl QueryId) -> Result<(), Error> {
        let id = checked(query_id)?;
        let call = Call::change(format!("making query {id} public"));
        let request = || self.api().make_query_public(id);
        self.send(&call, request).await.map(drop)
    }
}

/// The id of a query, by the rule for one in a pipeline.
fn checked(id: impl QueryId) -> Result<i64, InvalidPipeline> {
    let types::PipelineQueryExecutionNode { query_id, .. } = query(id).alone()?;
    Ok(query_id)
}
