//! What there is to query, and what was used of the plan, for programs without `async`.

use super::dune::Dune;
use super::list::List;
use crate::datasets::{Dataset, DatasetFilter};
use crate::error::Error;
use crate::usage::{Usage, UsageDays};

impl Dune {
    /// The data sets that there are: see [`crate::Dune::list_datasets`]. Nothing is asked yet.
    pub fn list_datasets(&self, filter: DatasetFilter) -> List<Dataset> {
        self.list_of(self.inner().list_datasets(filter))
    }

    /// A data set: see [`crate::Dune::get_dataset`].
    ///
    /// # Errors
    /// As there.
    pub fn get_dataset(&self, full_name: &str) -> Result<Dataset, Error> {
        self.wait_for(self.inner().get_dataset(full_name))
    }

    /// What was used of the plan: see [`crate::Dune::get_usage`].
    ///
    /// # Errors
    /// As there.
    pub fn get_usage(&self, days: UsageDays) -> Result<Usage, Error> {
        self.wait_for(self.inner().get_usage(days))
    }
}
