//! Which data sets are listed.

use super::DatasetType;

/// Which data sets to list: all unless narrowed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[must_use = "nothing is listed until it is given to `list_datasets`"]
pub struct DatasetFilter {
    owner: Option<String>,
    dataset_type: Option<DatasetType>,
}

impl DatasetFilter {
    /// Only those of this type.
    pub fn dataset_type(mut self, dataset_type: DatasetType) -> DatasetFilter {
        self.dataset_type = Some(dataset_type);
        self
    }

    /// Only those of the user or team with this handle.
    pub fn owner(mut self, handle: impl Into<String>) -> DatasetFilter {
        self.owner = Some(handle.into());
        self
    }

    /// The handle of the owner, and Dune's word for the type.
    pub(super) fn parts(&self) -> (Option<&str>, Option<&str>) {
        let dataset_type = self.dataset_type.as_ref();
        (self.owner.as_deref(), dataset_type.map(DatasetType::as_str))
    }
}
