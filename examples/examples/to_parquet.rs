//! What others read in the morning as a Parquet file: refreshed over night, written page by page, and put into its place
//! when it is whole, so that nobody ever opens half of it.
//!
//! `cargo run --example to_parquet -- FILE`, with a key in `DUNE_API_KEY`, or on a local Dune without one.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, io};

use dune_pipeline::{Dune, pipeline};
use dune_pipeline_examples::{Session, finish};
use tempfile::NamedTempFile;

// ANCHOR: write
/// Refreshes the views, runs the query and writes its rows to the file; gives their number.
pub(crate) async fn trend_to(file: &Path, dune: &Dune) -> Result<u64, Box<dyn Error>> {
    let nightly = pipeline![
        volume = refresh("dune.acme.result_dex_daily"),
        takers = refresh("dune.acme.result_dex_taker_first_seen"),
        trend = query(3103).after(volume, takers),
    ];
    let run = dune.execute(&nightly).await?;
    eprintln!("run {}", run.id());
    run.wait().await?;

    let part = new_beside(file)?;
    let rows = run
        .results(nightly.trend)
        .write_parquet(part.as_file())
        .await?;
    part.as_file().sync_all()?;
    part.persist(file)?;
    Ok(rows)
}
// ANCHOR_END: write

/// On the same disk as the file, for only there it can be put into its place in one step.
fn new_beside(file: &Path) -> io::Result<NamedTempFile> {
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut part = tempfile::Builder::new();
    // Such files are for their owner alone, and this one is for others to read.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        part.permissions(std::fs::Permissions::from_mode(0o666));
    }
    part.tempfile_in(folder)
}

#[tokio::main]
async fn main() -> ExitCode {
    finish(show().await)
}

async fn show() -> Result<ExitCode, Box<dyn Error>> {
    let file = env::args_os().nth(1).map(PathBuf::from);
    let file = file.ok_or_else(|| io::Error::other("say which file to write: -- FILE"))?;
    let session = Session::start().await?;
    let rows = trend_to(&file, session.dune()).await?;
    println!("{rows} rows in {}", file.display());
    session.end().await;
    Ok(ExitCode::SUCCESS)
}
