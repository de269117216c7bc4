//! Where an example runs: on the Dune that the environment names, or on a local one over the sample workspace, in a folder
//! that is gone afterwards.

use std::error::Error;
use std::process::ExitCode;

use dune_local::LocalDune;
use dune_pipeline::Dune;
use tempfile::TempDir;

use crate::Workspace;

/// A Dune for an example to run on.
#[derive(Debug)]
pub struct Session {
    dune: Dune,
    local: Option<(LocalDune, TempDir)>,
}

impl Session {
    /// With `DUNE_API_KEY` in the environment, the Dune it is for, or the one at `DUNE_API_BASE_URL`. Without, a local Dune
    /// whose views were filled in the evening of the 29th of March, before the trades of the 30th arrived: what is asked of
    /// them without a refresh is a day old.
    ///
    /// # Errors
    /// When the environment holds no good key or address, or the local Dune cannot be started.
    pub async fn start() -> Result<Self, Box<dyn Error>> {
        if std::env::var_os("DUNE_API_KEY").is_some() {
            return Ok(Self {
                dune: Dune::from_env()?,
                local: None,
            });
        }
        let folder = tempfile::tempdir()?;
        let workspace = Workspace::create(folder.path(), 29)?;
        let local = LocalDune::start(workspace.folder()).await?;
        workspace.add_day(30)?;
        Ok(Self {
            dune: Dune::builder()
                .base_url(local.base_url())
                .api_key(local.api_key())
                .build()?,
            local: Some((local, folder)),
        })
    }

    /// The Dune to run on.
    #[must_use]
    pub fn dune(&self) -> &Dune {
        &self.dune
    }

    /// Stops the local Dune, if it is one.
    pub async fn end(self) {
        if let Some((local, folder)) = self.local {
            local.shutdown().await;
            drop(folder);
        }
    }
}

/// What a program ends with: its own exit code, or 1 and on stderr what went wrong.
pub fn finish(result: Result<ExitCode, Box<dyn Error>>) -> ExitCode {
    result.unwrap_or_else(|error| {
        eprintln!("error: {error}");
        ExitCode::FAILURE
    })
}
