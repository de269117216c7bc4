//! `dune-pipeline serve`: a local Dune over a folder, until Ctrl-C.
//! What it prints can be pasted into the shell that is to talk to it.

use std::io::{self, Write as _};
use std::path::PathBuf;

use dune_local::LocalDune;

use crate::error::CommandError;

/// What to serve, and where.
#[derive(Debug, clap::Args)]
pub(crate) struct Serve {
    /// The workspace: a folder with a `dune.toml`
    folder: PathBuf,
    /// The port on 127.0.0.1; any that is free unless given
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// The key to ask for; one is made up unless given
    #[arg(long, env = "DUNE_API_KEY", hide_env_values = true)]
    api_key: Option<String>,
}

pub(crate) async fn run(options: Serve) -> Result<(), CommandError> {
    let key_is_ours = options.api_key.is_none();
    let mut local = LocalDune::builder(options.folder).port(options.port);
    if let Some(key) = options.api_key {
        local = local.api_key(key);
    }
    let mut local = local.start().await?;
    for warning in local.warnings() {
        eprintln!("warning: {warning}");
    }
    let announced = announce(&local, key_is_ours);
    let stopped = match &announced {
        Ok(()) => tokio::select! {
            told = stop_signal() => told.map_err(CommandError::Signal),
            () = local.serve() => Err(CommandError::Ended),
        },
        Err(_) => Ok(()),
    };
    local.shutdown().await;
    announced.map_err(CommandError::Output).and(stopped)
}

/// The address, and what a shell needs to talk to it. A key that was given is not shown: whoever gave it has it.
fn announce(local: &LocalDune, key_is_ours: bool) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "A local Dune listens on {}; Ctrl-C stops it.\n",
        local.base_url()
    )?;
    writeln!(out, "export DUNE_API_BASE_URL={}", local.base_url())?;
    if key_is_ours {
        writeln!(out, "export DUNE_API_KEY={}", local.api_key())?;
    } else {
        writeln!(out, "# DUNE_API_KEY: the key that was given")?;
    }
    out.flush()
}

/// Ctrl-C, or what process managers send.
async fn stop_signal() -> io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    {
        tokio::signal::ctrl_c().await
    }
}
