//! What a view is to be: the query whose rows it keeps, when it is refreshed, and who sees it.

use dune_api::types::{self, Performance};

use crate::execution::Execution;
use crate::pipeline::{InvalidPipeline, QueryId, QuerySpec, Tier, ViewName, query, refresh};

/// What a materialized view is to be, for
/// [`Dune::upsert_materialized_view`](crate::Dune::upsert_materialized_view).
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "no view is made until it is upserted"]
pub struct MaterializedViewDefinition {
    name: String,
    query: QuerySpec,
    performance: Option<Performance>,
    cron_expression: Option<String>,
    is_private: Option<bool>,
    expires_at: Option<String>,
}

/// A view that was created or changed, and the execution that fills it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct UpsertedMaterializedView {
    /// Its full name, `dune.<team>.result_<name>`.
    pub name: String,
    /// The execution that fills it.
    pub execution: Execution,
}

impl MaterializedViewDefinition {
    /// A view of a saved query's rows. Of its name Dune takes the last part alone, which begins with `result_`; each column of
    /// the query must have a name.
    pub fn new(name: impl ViewName, query_id: impl QueryId) -> MaterializedViewDefinition {
        MaterializedViewDefinition {
            name: name.view_name(),
            query: query(query_id),
            performance: None,
            cron_expression: None,
            is_private: None,
            expires_at: None,
        }
    }

    /// When it is refreshed: five fields as for cron, in UTC, at most every 15 minutes and at least weekly.
    pub fn cron_expression(mut self, fields: impl Into<String>) -> MaterializedViewDefinition {
        self.cron_expression = Some(fields.into());
        self
    }

    /// The tier of Dune's engine that its refreshes run on. Dune chooses where none is given, or `None`.
    pub fn performance<T: Tier>(mut self, tier: T) -> MaterializedViewDefinition {
        self.performance = tier.tier();
        self
    }

    /// Whether only the owner may read it. Dune chooses unless set.
    pub fn is_private(mut self, private: bool) -> MaterializedViewDefinition {
        self.is_private = Some(private);
        self
    }

    /// When the view is to go. Dune's documents name no form for it; it is sent as given.
    pub fn expires_at(mut self, time: impl Into<String>) -> MaterializedViewDefinition {
        self.expires_at = Some(time.into());
        self
    }

    pub(super) fn request(&self) -> Result<types::MatviewsUpsertRequest, InvalidPipeline> {
        Ok(types::MatviewsUpsertRequest {
            name: refresh(&self.name).alone()?.name,
            query_id: self.query.clone().alone()?.query_id,
            performance: self.performance,
            cron_expression: self.cron_expression.clone(),
            is_private: self.is_private,
            expires_at: self.expires_at.clone(),
        })
    }
}
