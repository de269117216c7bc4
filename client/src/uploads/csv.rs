//! A CSV that becomes a table at once.

use dune_api::types;

/// A CSV with a header line, for [`Dune::upload_csv`](crate::Dune::upload_csv).
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "nothing is uploaded until it is given to `upload_csv`"]
pub struct CsvUpload {
    table_name: String,
    data: String,
    description: Option<String>,
    is_private: Option<bool>,
}

/// The table that a CSV became.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UploadedCsv {
    /// The name it got, with the `dataset_` that Dune puts before it: the one that
    /// [`Dune::delete_table`](crate::Dune::delete_table) wants.
    pub table_name: String,
}

impl CsvUpload {
    /// These lines, the first with the names of the columns, under this name without `dataset_`.
    pub fn new(table_name: impl Into<String>, data: impl Into<String>) -> CsvUpload {
        CsvUpload {
            table_name: table_name.into(),
            data: data.into(),
            description: None,
            is_private: None,
        }
    }

    /// What the table holds.
    pub fn description(mut self, text: impl Into<String>) -> CsvUpload {
        self.description = Some(text.into());
        self
    }

    /// Whether only the owner may read it. Dune chooses unless set.
    pub fn is_private(mut self, private: bool) -> CsvUpload {
        self.is_private = Some(private);
        self
    }

    pub(super) fn request(&self) -> types::CsvUploadRequest {
        types::CsvUploadRequest {
            table_name: self.table_name.clone(),
            data: self.data.clone(),
            description: self.description.clone(),
            is_private: self.is_private,
        }
    }
}

impl UploadedCsv {
    pub(super) fn read(answer: types::CsvUploadResponse, asked_for: String) -> UploadedCsv {
        UploadedCsv {
            table_name: answer.table_name.unwrap_or(asked_for),
        }
    }
}
