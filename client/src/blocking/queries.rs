//! Saved queries, for programs without `async`.

use super::dune::Dune;
use super::list::List;
use crate::error::Error;
use crate::pipeline::QueryId;
use crate::queries::{NewQuery, Query, QueryChange, QueryOverview};

impl Dune {
    /// The queries of the key's account: see [`crate::Dune::list_queries`]. Nothing is asked yet.
    pub fn list_queries(&self) -> List<QueryOverview> {
        self.list_of(self.inner().list_queries())
    }

    /// A saved query: see [`crate::Dune::get_query`].
    ///
    /// # Errors
    /// As there.
    pub fn get_query(&self, query_id: impl QueryId) -> Result<Query, Error> {
        self.wait_for(self.inner().get_query(query_id))
    }

    /// Saves a new query, and gives its id: see [`crate::Dune::create_query`].
    ///
    /// # Errors
    /// As there.
    pub fn create_query(&self, query: &NewQuery) -> Result<i64, Error> {
        self.wait_for(self.inner().create_query(query))
    }

    /// Changes a saved query: see [`crate::Dune::update_query`].
    ///
    /// # Errors
    /// As there.
    pub fn update_query(&self, query_id: impl QueryId, change: &QueryChange) -> Result<(), Error> {
        self.wait_for(self.inner().update_query(query_id, change))
    }

    /// Archives a query: see [`crate::Dune::archive_query`].
    ///
    /// # Errors
    /// As there.
    pub fn archive_query(&self, query_id: impl QueryId) -> Result<(), Error> {
        self.wait_for(self.inner().archive_query(query_id))
    }

    /// Brings an archived query back: see [`crate::Dune::unarchive_query`].
    ///
    /// # Errors
    /// As there.
    pub fn unarchive_query(&self, query_id: impl QueryId) -> Result<(), Error> {
        self.wait_for(self.inner().unarchive_query(query_id))
    }

    /// Hides a query from others: see [`crate::Dune::make_query_private`].
    ///
    /// # Errors
    /// As there.
    pub fn make_query_private(&self, query_id: impl QueryId) -> Result<(), Error> {
        self.wait_for(self.inner().make_query_private(query_id))
    }

    /// Shows a private query to everybody: see [`crate::Dune::make_query_public`].
    ///
    /// # Errors
    /// As there.
    pub fn make_query_public(&self, query_id: impl QueryId) -> Result<(), Error> {
        self.wait_for(self.inner().make_query_public(query_id))
    }
}
