//! `dune-pipeline login`: reads a key without showing it, asks Dune whether it is one, and keeps it for its owner alone.

mod silent;

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use dune_pipeline::{Dune, DuneBuilder, Error, StatusCode, UsageDays};
use tokio::task::spawn_blocking;

use crate::error::CommandError;
use crate::exit::Exit;
use crate::interrupt::Interrupts;
use crate::key::{KeyError, KeyFile};
use crate::output::tell;
use silent::Silent;

/// How to log in.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The key is read from standard input: typed or pasted on a terminal, where it is not shown, or piped in. With it Dune is asked
once what the account has used, which costs nothing. It is kept in $XDG_CONFIG_HOME/dune-pipeline/key, or else in
~/.config/dune-pipeline/key, with mode 600, for the address that it was checked at (DUNE_API_BASE_URL, or Dune's own), and is
sent to no other. The environment variable DUNE_API_KEY wins over it. To log out, remove the file.")]
pub(crate) struct LoginArguments {
    /// Keep the key without asking Dune
    #[arg(long)]
    unchecked: bool,
}

pub(crate) async fn run(arguments: LoginArguments) -> Result<(), CommandError> {
    // Before anybody types a key that could not be kept.
    let file = KeyFile::usual()?;
    let key = read().await?;
    let dune = DuneBuilder::from_env().api_key(&key).build();
    let dune = dune.map_err(|error| match error {
        Error::InvalidKey { reason, .. } => KeyError::Invalid { reason }.into(),
        error => CommandError::from(error),
    })?;
    if !arguments.unchecked {
        check(&dune).await?;
    }
    file.write(key.trim(), dune.base_url())?;
    tell(&format!(
        "the key for {} is kept in {}",
        dune.base_url(),
        file.path().display()
    ));
    Ok(())
}

/// The key, from a terminal that does not show it or from a pipe.
async fn read() -> Result<String, CommandError> {
    let mut interrupts = Interrupts::listen().map_err(CommandError::Signal)?;
    let silent = match io::stdin().is_terminal() {
        true => {
            let silent = Silent::begin().map_err(CommandError::Input)?;
            drop(write!(io::stderr(), "API key (not shown): "));
            Some(silent)
        }
        false => None,
    };
    let line = spawn_blocking(|| {
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line).map(|_| line)
    });
    let line = tokio::select! {
        line = line => line,
        () = interrupts.next() => {
            drop(silent);
            drop(writeln!(io::stderr()));
            return Err(CommandError::Told(Exit::Interrupted));
        }
    };
    if silent.is_some() {
        // The line break that was typed was not shown either.
        drop(writeln!(io::stderr()));
    }
    drop(silent);
    let line = line.map_err(|error| CommandError::Input(io::Error::other(error)))?;
    let line = line.map_err(CommandError::Input)?;
    match line.trim().is_empty() {
        true => Err(KeyError::NothingGiven.into()),
        false => Ok(line),
    }
}

/// Whether Dune knows the key: one read, of what the account has used.
async fn check(dune: &Dune) -> Result<(), CommandError> {
    let Err(error) = dune.get_usage(UsageDays::default()).await else {
        return Ok(());
    };
    match error.status() {
        Some(StatusCode::UNAUTHORIZED) => Err(KeyError::Refused {
            address: dune.base_url().to_owned(),
        }
        .into()),
        _ => Err(KeyError::Unchecked(Box::new(error)).into()),
    }
}
