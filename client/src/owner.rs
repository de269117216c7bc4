//! Whose a table or a data set is.

/// Whose a table or a data set is. What Dune leaves out is empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Owner {
    /// The handle, as it stands in names.
    pub handle: String,
    /// `user` or `team`.
    pub owner_type: String,
}

impl Owner {
    pub(crate) fn read(handle: Option<String>, owner_type: Option<String>) -> Owner {
        Owner {
            handle: handle.unwrap_or_default(),
            owner_type: owner_type.unwrap_or_default(),
        }
    }
}
