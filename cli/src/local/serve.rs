//! `dune-pipeline serve`: a local Dune over a folder, until Ctrl-C.
//! What it prints can be pasted into the shell that is to talk to it.

use std::env;
use std::io::{self, Write as _};
use std::path::PathBuf;

use dune_local::LocalDune;

use super::LocalError;
use crate::interrupt::Interrupts;
use crate::output::tell;

/// What to serve, and where.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Environment:
  DUNE_API_KEY  The key that requests have to carry; one is made up where it is not set or empty.
                There is no flag for it: this machine's other users can read a command's arguments")]
pub(crate) struct Serve {
    /// The workspace: a folder with a `dune.toml`
    folder: PathBuf,
    /// The port on 127.0.0.1; any that is free unless given
    #[arg(long, default_value_t = 0)]
    port: u16,
}

/// Where the key comes from. A flag would show it to everybody who can list this machine's processes.
const API_KEY: &str = "DUNE_API_KEY";

pub(crate) async fn run(options: Serve) -> Result<(), LocalError> {
    let given = given_key()?;
    let key_is_ours = given.is_none();
    let mut local = LocalDune::builder(options.folder).port(options.port);
    if let Some(key) = given {
        local = local.api_key(key);
    }
    let mut local = local.start().await?;
    for warning in local.warnings() {
        tell(&format!("warning: {warning}"));
    }
    // Before anybody is told that it runs: whoever stops it at once is to find it listening.
    let mut stop = Interrupts::listen().map_err(LocalError::Signal)?;
    let announced = announce(&local, key_is_ours);
    let stopped = match &announced {
        Ok(()) => tokio::select! {
            () = stop.next() => Ok(()),
            () = local.serve() => Err(LocalError::Ended),
        },
        Err(_) => Ok(()),
    };
    local.shutdown().await;
    announced.map_err(LocalError::Output).and(stopped)
}

/// The key that the environment gives, if it gives one that a header can carry.
fn given_key() -> Result<Option<String>, LocalError> {
    let Some(key) = env::var_os(API_KEY).filter(|key| !key.is_empty()) else {
        return Ok(None);
    };
    let key = key.into_string().ok();
    let key = key.filter(|key| key.bytes().all(|byte| byte.is_ascii_graphic()));
    key.map(Some).ok_or(LocalError::Key { variable: API_KEY })
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
        writeln!(out, "export {API_KEY}={}", local.api_key())?;
    } else {
        writeln!(out, "# {API_KEY} stays as it is set here")?;
    }
    out.flush()
}
