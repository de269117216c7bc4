//! What is sent to save a query and to change one: only what is set.

use dune_api::types;

use super::parameter::QueryParameter;
use crate::pipeline::InvalidPipeline;

/// A query to save, for [`Dune::create_query`](crate::Dune::create_query).
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a query is not saved until it is created"]
pub struct NewQuery {
    name: String,
    query_sql: String,
    description: Option<String>,
    parameters: Vec<QueryParameter>,
    tags: Vec<String>,
    is_private: Option<bool>,
    is_temp: Option<bool>,
}

/// What to change of a query, for [`Dune::update_query`](crate::Dune::update_query). What is not set stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[must_use = "nothing changes until the query is updated"]
pub struct QueryChange {
    name: Option<String>,
    query_sql: Option<String>,
    description: Option<String>,
    parameters: Option<Vec<QueryParameter>>,
    tags: Option<Vec<String>>,
    is_private: Option<bool>,
    is_archived: Option<bool>,
}

impl NewQuery {
    /// A query of this title and SQL. `{{key}}` stands in the SQL where a parameter's value goes.
    pub fn new(name: impl Into<String>, query_sql: impl Into<String>) -> NewQuery {
        NewQuery {
            name: name.into(),
            query_sql: query_sql.into(),
            description: None,
            parameters: Vec::new(),
            tags: Vec::new(),
            is_private: None,
            is_temp: None,
        }
    }

    /// What it is for.
    pub fn description(mut self, text: impl Into<String>) -> NewQuery {
        self.description = Some(text.into());
        self
    }

    /// The parameters that its SQL uses: all of them.
    pub fn parameters(mut self, parameters: impl IntoIterator<Item = QueryParameter>) -> NewQuery {
        self.parameters = parameters.into_iter().collect();
        self
    }

    /// Words to find it by: all of them.
    pub fn tags(mut self, tags: impl IntoIterator<Item = impl Into<String>>) -> NewQuery {
        self.tags = tags.into_iter().map(Into::into).collect();
        self
    }

    /// Whether only the owner sees it. Dune chooses unless set.
    pub fn is_private(mut self, private: bool) -> NewQuery {
        self.is_private = Some(private);
        self
    }

    /// Whether it is a temporary one, which is not listed among the saved. Dune's Go client sends it; its documents do not
    /// name it.
    pub fn is_temp(mut self, temporary: bool) -> NewQuery {
        self.is_temp = Some(temporary);
        self
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn request(&self) -> Result<types::CreateQueryRequest, InvalidPipeline> {
        Ok(types::CreateQueryRequest {
            name: self.name.clone(),
            query_sql: self.query_sql.clone(),
            description: self.description.clone(),
            parameters: QueryParameter::bodies(&self.parameters)?,
            tags: self.tags.clone(),
            is_private: self.is_private,
            is_temp: self.is_temp,
        })
    }
}

impl QueryChange {
    /// One that changes nothing yet.
    pub fn new() -> QueryChange {
        QueryChange::default()
    }

    /// The new title.
    pub fn name(mut self, name: impl Into<String>) -> QueryChange {
        self.name = Some(name.into());
        self
    }

    /// The new SQL.
    pub fn query_sql(mut self, sql: impl Into<String>) -> QueryChange {
        self.query_sql = Some(sql.into());
        self
    }

    /// The new description; an empty one removes it.
    pub fn description(mut self, text: impl Into<String>) -> QueryChange {
        self.description = Some(text.into());
        self
    }

    /// The new parameters: all of them, in place of those there are. Those of a [`Query`](crate::Query) can be given back
    /// changed.
    pub fn parameters(
        mut self,
        parameters: impl IntoIterator<Item = QueryParameter>,
    ) -> QueryChange {
        self.parameters = Some(parameters.into_iter().collect());
        self
    }

    /// Removes all parameters.
    pub fn clear_parameters(self) -> QueryChange {
        self.parameters([])
    }

    /// The new tags: all of them, in place of those there are.
    pub fn tags(mut self, tags: impl IntoIterator<Item = impl Into<String>>) -> QueryChange {
        self.tags = Some(tags.into_iter().map(Into::into).collect());
        self
    }

    /// Removes all tags.
    pub fn clear_tags(self) -> QueryChange {
        self.tags(std::iter::empty::<String>())
    }

    /// Whether only the owner sees it. [`Dune::make_query_private`](crate::Dune::make_query_private) is Dune's documented way;
    /// its Go client sends it here.
    pub fn is_private(mut self, private: bool) -> QueryChange {
        self.is_private = Some(private);
        self
    }

    /// Whether it is archived. [`Dune::archive_query`](crate::Dune::archive_query) is Dune's documented way; its Go client sends
    /// it here.
    pub fn is_archived(mut self, archived: bool) -> QueryChange {
        self.is_archived = Some(archived);
        self
    }

    pub(super) fn request(&self) -> Result<types::UpdateQueryRequest, InvalidPipeline> {
        let parameters = self.parameters.as_deref().map(QueryParameter::bodies);
        Ok(types::UpdateQueryRequest {
            name: self.name.clone(),
            query_sql: self.query_sql.clone(),
            description: self.description.clone(),
            parameters: parameters.transpose()?,
            tags: self.tags.clone(),
            is_private: self.is_private,
            is_archived: self.is_archived,
        })
    }
}
