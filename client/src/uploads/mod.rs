//! Tables of one's own on Dune: listed, made, filled from CSV or JSON lines, emptied and deleted.

mod csv;
mod new_table;
mod rows;
mod table;

use dune_api::types;

pub use self::csv::{CsvUpload, UploadedCsv};
pub use self::new_table::{ColumnType, CreatedTable, NewColumn, NewTable};
pub use self::rows::{InsertedRows, TableRows};
pub use self::table::{TableColumn, UploadedTable};
use crate::dune::Dune;
use crate::error::{Call, Error};
use crate::list::{List, Part, Rest, Span};
use crate::name::in_path;
use crate::send::send;

/// Tables of one's own. They are called by their namespace, the handle of the user or team, and their name; in SQL both
/// make `dune.<namespace>.<table_name>`.
impl Dune {
    /// The tables of the key's account, uploaded or made through the API (`GET /v1/uploads`).
    pub fn list_uploads(&self) -> List<UploadedTable> {
        let read = |dune: Dune, call, span: Span| async move {
            let small = |number: i64| i32::try_from(number).unwrap_or(i32::MAX);
            let (limit, offset) = (span.limit.map(small), span.offset.map(small));
            let request = || dune.api().list_uploads(limit, offset);
            let answer = dune.send(&call, request).await?;
            let tables = answer.tables.unwrap_or_default();
            Ok(Part {
                items: tables.into_iter().map(UploadedTable::read).collect(),
                rest: Rest::Next(answer.next_offset),
            })
        };
        List::new(self, "listing the uploaded tables", None, read)
    }

    /// Makes an empty table (`POST /v1/uploads`). One of that name that is there already is left as it is, and the answer
    /// [says so](CreatedTable::already_existed). It is sent once.
    ///
    /// ```no_run
    /// use dune_pipeline::{ColumnType, Dune, NewTable, TableRows};
    ///
    /// # async fn example(dune: Dune) -> Result<(), dune_pipeline::Error> {
    /// let prices = NewTable::new("acme", "prices")
    ///     .column("day", ColumnType::Date)
    ///     .column("price", ColumnType::Double);
    /// dune.create_table(&prices).await?;
    /// let rows = TableRows::csv("day,price\n2026-01-31,2.5\n");
    /// dune.insert_rows("acme", "prices", rows).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// What became of the request: 400 where a name or a type cannot be one, 401 or 403 where the namespace is another's.
    pub async fn create_table(&self, table: &NewTable) -> Result<CreatedTable, Error> {
        let request = table.request();
        let call = Call::change(format!(
            "creating the table {}.{}",
            request.namespace, request.table_name
        ));
        let answer = self.send(&call, || self.api().create_table(&request));
        Ok(CreatedTable::read(answer.await?, request))
    }

    /// Adds rows to a table (`POST /v1/uploads/{namespace}/{table_name}/insert`), all of them or none. It is sent once.
    ///
    /// [`TableRows`] are bytes in memory, or a stream of them, which is sent as it comes. Dune takes up to 1.2 GB at once.
    ///
    /// # Errors
    /// [`Error::InvalidName`] when a name cannot be one, before anything is sent; else what became of the request: 404 where
    /// there is no such table, 400 where a row does not fit it. Where a stream fails, nothing has been added.
    pub async fn insert_rows(
        &self,
        namespace: &str,
        table_name: &str,
        rows: TableRows,
    ) -> Result<InsertedRows, Error> {
        let (namespace, table_name) = address(namespace, table_name)?;
        let call = Call::change(format!(
            "inserting rows into the table {namespace}.{table_name}"
        ));
        let mut patience = self.patience().clone();
        if !rows.can_be_sent_again() {
            patience.retries.most = 0;
        }
        let request = || {
            let api = self.api();
            api.insert_rows(namespace, table_name, rows.media_type(), rows.body())
        };
        let answer = send(self.api(), &patience, &call, request).await?;
        Ok(InsertedRows::read(answer.value))
    }

    /// Makes a table of a CSV with a header line, in place of one of that name (`POST /v1/uploads/csv`). It is sent once.
    ///
    /// The table is called `dataset_<name>`, and its columns have the types that Dune finds in the rows. The CSV goes as one
    /// JSON text, so it is in memory; Dune takes up to 200 MB. For more, [`create_table`](Dune::create_table) and
    /// [`insert_rows`](Dune::insert_rows).
    ///
    /// # Errors
    /// What became of the request; [`Error::UnreadableAnswer`] where Dune answers that it was not done.
    pub async fn upload_csv(&self, csv: &CsvUpload) -> Result<UploadedCsv, Error> {
        let request = csv.request();
        let call = Call::change(format!("uploading the CSV `{}`", request.table_name));
        let answer = self.send(&call, || self.api().upload_csv(&request)).await?;
        match answer.success {
            Some(false) => Err(Error::UnreadableAnswer {
                call: call.tried(1),
                reason: "it says that the upload did not succeed, and not why".to_owned(),
                text: String::new(),
            }),
            Some(true) | None => Ok(UploadedCsv::read(answer, request.table_name)),
        }
    }

    /// Removes all rows of a table and keeps the table (`POST /v1/uploads/{namespace}/{table_name}/clear`). It is sent once.
    ///
    /// # Errors
    /// [`Error::InvalidName`] when a name cannot be one, before anything is sent; else what became of the request.
    pub async fn clear_table(&self, namespace: &str, table_name: &str) -> Result<(), Error> {
        let (namespace, table_name) = address(namespace, table_name)?;
        let call = Call::change(format!("clearing the table {namespace}.{table_name}"));
        let request = || self.api().clear_table(namespace, table_name);
        let types::TableClearResponse { .. } = self.send(&call, request).await?;
        Ok(())
    }

    /// Deletes a table with its rows (`DELETE /v1/uploads/{namespace}/{table_name}`). Its name is free at once. It is sent
    /// once.
    ///
    /// # Errors
    /// As for [`clear_table`](Dune::clear_table).
    pub async fn delete_table(&self, namespace: &str, table_name: &str) -> Result<(), Error> {
        let (namespace, table_name) = address(namespace, table_name)?;
        let call = Call::change(format!("deleting the table {namespace}.{table_name}"));
        let request = || self.api().delete_table(namespace, table_name);
        let types::TableDeleteResponse { .. } = self.send(&call, request).await?;
        Ok(())
    }
}

/// The two parts of a table's address.
fn address<'n>(namespace: &'n str, table_name: &'n str) -> Result<(&'n str, &'n str), Error> {
    Ok((
        in_path("a table's namespace", namespace)?,
        in_path("a table", table_name)?,
    ))
}
