//! Uploaded tables, for programs without `async`.

use super::dune::Dune;
use super::list::List;
use crate::error::Error;
use crate::uploads::{
    CreatedTable, CsvUpload, InsertedRows, NewTable, TableRows, UploadedCsv, UploadedTable,
};

impl Dune {
    /// The uploaded tables of the key's account: see [`crate::Dune::list_uploads`]. Nothing is asked yet.
    pub fn list_uploads(&self) -> List<UploadedTable> {
        self.list_of(self.inner().list_uploads())
    }

    /// Creates an empty table: see [`crate::Dune::create_table`].
    ///
    /// # Errors
    /// As there.
    pub fn create_table(&self, table: &NewTable) -> Result<CreatedTable, Error> {
        self.wait_for(self.inner().create_table(table))
    }

    /// Puts rows into a table: see [`crate::Dune::insert_rows`].
    ///
    /// # Errors
    /// As there.
    pub fn insert_rows(
        &self,
        namespace: &str,
        table_name: &str,
        rows: TableRows,
    ) -> Result<InsertedRows, Error> {
        self.wait_for(self.inner().insert_rows(namespace, table_name, rows))
    }

    /// Makes a table of a CSV: see [`crate::Dune::upload_csv`].
    ///
    /// # Errors
    /// As there.
    pub fn upload_csv(&self, csv: &CsvUpload) -> Result<UploadedCsv, Error> {
        self.wait_for(self.inner().upload_csv(csv))
    }

    /// Takes all rows out of a table: see [`crate::Dune::clear_table`].
    ///
    /// # Errors
    /// As there.
    pub fn clear_table(&self, namespace: &str, table_name: &str) -> Result<(), Error> {
        self.wait_for(self.inner().clear_table(namespace, table_name))
    }

    /// Deletes a table: see [`crate::Dune::delete_table`].
    ///
    /// # Errors
    /// As there.
    pub fn delete_table(&self, namespace: &str, table_name: &str) -> Result<(), Error> {
        self.wait_for(self.inner().delete_table(namespace, table_name))
    }
}
