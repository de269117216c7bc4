//! Data sets: the tables and views that a key can read, with their columns.

mod dataset;
mod filter;

pub use self::dataset::{Dataset, DatasetColumn, DatasetType};
pub use self::filter::DatasetFilter;
use crate::dune::Dune;
use crate::error::{Call, Error};
use crate::list::{List, Part, Rest, Span};
use crate::name::in_path;

/// More than Dune allows is lowered without a word.
const PAGE_SIZE: u32 = 100;

impl Dune {
    /// The data sets that the key can read (`GET /v1/datasets`): all, or those of a type or an owner.
    ///
    /// ```no_run
    /// use dune_pipeline::{DatasetFilter, DatasetType, Dune};
    ///
    /// # async fn example(dune: Dune) -> Result<(), dune_pipeline::Error> {
    /// let views = DatasetFilter::default().dataset_type(DatasetType::MaterializedView).owner("acme");
    /// for view in dune.list_datasets(views).all().await? {
    ///     println!("{} has {} columns", view.full_name, view.columns.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn list_datasets(&self, filter: DatasetFilter) -> List<Dataset> {
        let read = move |dune: Dune, call, span: Span| {
            let filter = filter.clone();
            async move {
                let (owner, dataset_type) = filter.parts();
                let request = || {
                    let api = dune.api();
                    api.list_datasets(span.limit, span.offset, owner, dataset_type)
                };
                let answer = dune.send(&call, request).await?;
                let datasets = answer.datasets.unwrap_or_default();
                Ok(Part {
                    items: datasets.into_iter().map(Dataset::read).collect(),
                    rest: Rest::Total(answer.total),
                })
            }
        };
        List::new(self, "listing the data sets", Some(PAGE_SIZE), read)
    }

    /// One data set by its full name (`GET /v1/datasets/{slug}`), of two parts like `dex.trades` or three like
    /// `dune.acme.prices`.
    ///
    /// # Errors
    /// [`Error::InvalidName`] when the name cannot be one, before anything is sent; else what became of the request, 404
    /// where there is no such data set.
    pub async fn get_dataset(&self, full_name: &str) -> Result<Dataset, Error> {
        let slug = in_path("a data set", full_name)?;
        let call = Call::read(format!("reading the data set {slug}"));
        let answer = self.send(&call, || self.api().get_dataset(slug)).await?;
        Ok(Dataset::read(answer))
    }
}
