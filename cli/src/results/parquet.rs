//! Rows as a Parquet file. Such a file is read from its end, so it is for a place on a disk and not for a pipe.

use std::path::Path;

use dune_pipeline::Results;

use super::progress::Progress;
use crate::error::CommandError;

/// Writes all of them, page by page.
#[cfg(feature = "parquet")]
pub(super) async fn write(
    results: Results,
    file: Option<&Path>,
    progress: Progress,
) -> Result<(), CommandError> {
    use crate::output::WholeFile;

    let file = named(file)?;
    let whole = WholeFile::beside(file)?;
    let to = whole.file().try_clone();
    let to = to.map_err(|error| whole.failed(error))?;
    let written = results.write_parquet(to);
    written
        .on_progress(move |rows, total| progress.at(Some(rows), total, None))
        .await?;
    whole.keep()
}

/// Says how to get a command that does.
#[cfg(not(feature = "parquet"))]
pub(super) async fn write(
    _: Results,
    file: Option<&Path>,
    _: Progress,
) -> Result<(), CommandError> {
    named(file)?;
    let text = "this command was built without Parquet: install it with `--features parquet`, or take CSV or JSON";
    Err(CommandError::Usage(text.to_owned()))
}

fn named(file: Option<&Path>) -> Result<&Path, CommandError> {
    let without = || CommandError::Usage("a Parquet file needs a name: --output FILE".to_owned());
    file.ok_or_else(without)
}
