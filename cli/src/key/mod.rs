//! The key, and the client made with it: out of the environment, or else out of a file that only its owner may read.
//! It is never an argument, which every user of a machine can see, and nothing that is printed shows it.

mod file;

use std::env;
use std::path::PathBuf;

use dune_pipeline::{Dune, DuneBuilder, Error};

use crate::error::CommandError;

pub(crate) use file::KeyFile;

const KEY: &str = "DUNE_API_KEY";
const ADDRESS: &str = "DUNE_API_BASE_URL";

/// Why there is no key to use.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum KeyError {
    /// Neither the environment nor a file has one. Set the variable, or log in.
    #[error(
        "no API key: set the environment variable `{KEY}`, or keep one with `dune-pipeline login`"
    )]
    Missing,
    /// Others than its owner may read the file, so it is not used. Close it, and think of a new key.
    #[error(
        "{}: others may read the key in it (mode {mode:03o}): `chmod 600 {}`, and make a new key if others had the time to",
        file.display(), file.display()
    )]
    Open {
        /// The file.
        file: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// The file belongs to another user, who could read and change it. Log in anew.
    #[error("{}: it belongs to another user: remove it, and log in with `dune-pipeline login`", file.display())]
    OfAnother {
        /// The file.
        file: PathBuf,
    },
    /// What is in the file is not a key. Log in anew.
    #[error("{}: {reason}: log in again with `dune-pipeline login`", file.display())]
    NoKey {
        /// The file.
        file: PathBuf,
        /// What is wrong, without any part of it.
        reason: String,
    },
    /// The key was kept for another address than requests would go to now, and is not taken there.
    #[error(
        "{}: the key in it is for {kept}, and requests go to {asked}: set `{KEY}` to the key for that, or unset `{ADDRESS}`",
        file.display()
    )]
    Elsewhere {
        /// The file.
        file: PathBuf,
        /// What it was kept for.
        kept: String,
        /// Where requests would go.
        asked: String,
    },
    /// The file cannot be read or written.
    #[error("{}: {source}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// This system has no permissions that could be checked, so no key is kept. Use the environment.
    #[cfg(not(unix))]
    #[error(
        "no key is kept in a file on this system, for who may read it cannot be told: use `{KEY}`"
    )]
    Unprotected,
    /// There is no home to keep a file in. Say where one is.
    #[error("no folder to keep a key in: set `HOME`, or `XDG_CONFIG_HOME`, or use `{KEY}`")]
    NoHome,
    /// What was given to `login` cannot be a key. Copy it again, without quotes or line breaks.
    #[error("what was given is no API key: {reason}; nothing was kept")]
    Invalid {
        /// What is wrong, without any part of it.
        reason: String,
    },
    /// Dune does not know the key. Copy it again from the account's settings; nothing was kept.
    #[error(
        "{address} does not know this key: copy it again from the account's settings; nothing was kept"
    )]
    Refused {
        /// Where it was asked for.
        address: String,
    },
    /// It could not be found out whether it is a key. Try again, or keep it with `--unchecked`; nothing was kept.
    #[error(
        "the key could not be checked, and nothing was kept: {0}; `--unchecked` keeps it all the same"
    )]
    Unchecked(Box<Error>),
    /// What was given to `login` is empty.
    #[error("no key was given: paste it, or pipe it in: `dune-pipeline login < FILE`")]
    NothingGiven,
}

/// A client with the key of the environment, or else with the one that `login` kept.
pub(crate) fn dune() -> Result<Dune, CommandError> {
    let builder = DuneBuilder::from_env();
    if is_set(KEY) {
        return Ok(builder.build()?);
    }
    let file = KeyFile::usual()?;
    let stored = file.read()?.ok_or(KeyError::Missing)?;
    let dune = builder.api_key(stored.key()).build();
    let dune = dune.map_err(|error| match error {
        Error::InvalidKey { reason, .. } => file.holds_none(reason).into(),
        error => CommandError::from(error),
    })?;
    match stored.address() == dune.base_url() {
        true => Ok(dune),
        false => Err(KeyError::Elsewhere {
            file: file.path().to_owned(),
            kept: stored.address().to_owned(),
            asked: dune.base_url().to_owned(),
        }
        .into()),
    }
}

fn is_set(variable: &str) -> bool {
    let value = env::var_os(variable);
    value.is_some_and(|value| !value.to_string_lossy().trim().is_empty())
}
