//! Why `serve` and `conformance` could not do what they were told: one line each, which says what to do.
//! The faults of a workspace are the exception: each of them has a line of its own.

use std::io;
use std::path::{Path, PathBuf};

use dune_local::StartError;

use super::conformance::AskError;
use crate::exit::Exit;

/// Why the command stops.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum LocalError {
    /// The workspace cannot be served. Mend what is listed.
    #[error("{0}")]
    Start(#[from] StartError),
    /// The key of the environment cannot go into a header. Set another, or none.
    #[error(
        "{variable} is not a key: it must be of visible ASCII characters; set another, or unset it and one is made up"
    )]
    Key {
        /// The variable, whose value is not shown.
        variable: &'static str,
    },
    /// The server stopped though nobody told it to: its socket failed. Start it again.
    #[error("the server has stopped by itself; start it again")]
    Ended,
    /// The signals of this process are not to be had.
    #[error("cannot listen for Ctrl-C: {0}")]
    Signal(io::Error),
    /// A file of the records cannot be read. Give a folder that has both.
    #[error("{}: {source}; give a folder with `tables.json` and `trino.jsonl`", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file of the records is not written as they are. Mend that line.
    #[error("{}:{line}: {reason}", file.display())]
    Input {
        /// The file.
        file: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// There is no statement to ask. Give another folder, or another `--only`.
    #[error("{}: there is no statement to ask; see `--only` and `trino.jsonl`", folder.display())]
    NothingToAsk {
        /// The folder.
        folder: PathBuf,
    },
    /// The answers cannot be written. Give a file that can.
    #[error("{}: {source}; give another file to `--out`", file.display())]
    Write {
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// There is no room for a workspace in the folder for temporary files. Set `TMPDIR` to one that has.
    #[error("no workspace in the folder for temporary files: {0}; set TMPDIR to another")]
    Scratch(io::Error),
    /// The local Dune stopped answering, which is a fault of ours.
    #[error("{0}")]
    Ask(#[from] AskError),
    /// Somebody pressed Ctrl-C.
    #[error("interrupted: nothing was counted")]
    Interrupted,
    /// Standard output is gone.
    #[error("cannot write to standard output: {0}")]
    Output(io::Error),
}

impl LocalError {
    pub(crate) fn write(file: &Path, source: io::Error) -> LocalError {
        LocalError::Write {
            file: file.to_owned(),
            source,
        }
    }

    /// Wrong use where what was given cannot be used, as for arguments that cannot be.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            // All that is needed to start is given, save for threads.
            LocalError::Start(StartError::Engine(_)) => Exit::Failed,
            LocalError::Start(_)
            | LocalError::Key { .. }
            | LocalError::Read { .. }
            | LocalError::Input { .. }
            | LocalError::NothingToAsk { .. }
            | LocalError::Write { .. } => Exit::Usage,
            LocalError::Interrupted => Exit::Interrupted,
            _ => Exit::Failed,
        }
    }
}
