//! A text of SQL that is run without being saved, with its tier and the values of its parameters.

use dune_api::types;

use crate::pipeline::{InvalidPipeline, NamedParameter, ParameterValue, QuerySpec, Tier, query};

/// A text of SQL, for [`Dune::execute_sql`](crate::Dune::execute_sql).
///
/// ```
/// use dune_pipeline::{Performance, sql};
///
/// let trades = sql("select count(*) from {{chain}}.transactions where block_number > {{from}}")
///     .performance(Performance::Large)
///     .parameter("chain", "base")
///     .parameter("from", 21_000_000);
/// ```
pub fn sql(text: impl Into<String>) -> SqlSpec {
    SqlSpec {
        text: text.into(),
        // A query's words, and the graph's rules about its parameters, without a query.
        settings: query(1),
    }
}

/// A text of SQL with its settings, made by [`sql`]; `&str` and `String` are one without settings.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "SQL does nothing until it is executed"]
pub struct SqlSpec {
    text: String,
    settings: QuerySpec,
}

impl SqlSpec {
    /// The tier of Dune's engine that it runs on. Dune chooses where none is given, or `None`.
    pub fn performance<T: Tier>(mut self, tier: T) -> Self {
        self.settings = self.settings.performance(tier);
        self
    }

    /// A value for a `{{key}}` in the SQL.
    ///
    /// Dune's own clients send these; its documents do not name them.
    pub fn parameter(mut self, key: impl Into<String>, value: impl ParameterValue) -> Self {
        self.settings = self.settings.parameter(key.into(), value);
        self
    }

    /// Values for several `{{key}}`s: a map, or a list of pairs of key and value.
    pub fn parameters<P: NamedParameter>(
        mut self,
        parameters: impl IntoIterator<Item = P>,
    ) -> Self {
        self.settings = self.settings.parameters(parameters);
        self
    }

    pub(super) fn into_request(self) -> Result<types::ExecuteSqlRequest, InvalidPipeline> {
        let settings = self.settings.alone()?;
        Ok(types::ExecuteSqlRequest {
            sql: self.text,
            performance: settings.performance,
            query_parameters: settings.query_parameters,
        })
    }
}

impl From<&str> for SqlSpec {
    fn from(text: &str) -> Self {
        sql(text)
    }
}

impl From<String> for SqlSpec {
    fn from(text: String) -> Self {
        sql(text)
    }
}
