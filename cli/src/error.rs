//! Why the command could not do what it was told: in one place, with the exit code of each.
//! What the client says is passed on in its own words, save for the remedies that are others for a command.

use std::io;
use std::path::PathBuf;

use dune_pipeline::{Error, InvalidJson, InvalidPipeline};

use crate::exit::Exit;
use crate::key::KeyError;

/// Why the command stops.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum CommandError {
    /// What became of a request or a run, in the client's words.
    #[error("{}", words(.0))]
    Dune(Box<Error>),
    /// There is no key, or not one that can be used. Each says what to do.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A file that was named cannot be read. Name one that can.
    #[error("{}: {source}", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Standard input cannot be read.
    #[error("standard input: {0}")]
    Input(io::Error),
    /// What was read is not the JSON of a pipeline. All its faults are listed; correct them.
    #[error("{place} is no pipeline:\n\n{faults}")]
    NoPipeline {
        /// The file, or standard input.
        place: String,
        /// What is wrong with it.
        faults: InvalidJson,
    },
    /// What was to be checked has faults, all of which are listed.
    #[error("{place}:\n\n{faults}")]
    Faults {
        /// The file, or standard input.
        place: String,
        /// What is wrong with it.
        faults: InvalidJson,
    },
    /// A pipeline, or the query to run, breaks a rule. Correct it.
    #[error(transparent)]
    Invalid(#[from] InvalidPipeline),
    /// Arguments that are right one by one do not go together.
    #[error("{0}")]
    Usage(String),
    /// A node of a run has no rows: it has not begun, or never will. Look at the run.
    #[error("run {run}: no rows yet of node {node}")]
    NoRows {
        /// The run.
        run: String,
        /// The node and how it stands.
        node: String,
    },
    /// The file for the output cannot be written. Name another.
    #[error("{}: {source}; nothing was left there", file.display())]
    Write {
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Standard output is gone.
    #[error("cannot write to standard output: {0}")]
    Output(#[source] io::Error),
    /// The signals of this process are not to be had.
    #[error("cannot listen for Ctrl-C: {0}")]
    Signal(io::Error),
    /// The machine gives no threads.
    #[error("cannot begin: {0}")]
    Runtime(io::Error),
    /// What there is to say has been said where it belongs.
    #[error("")]
    Told(Exit),
    /// `serve` or `conformance` failed.
    #[cfg(feature = "local")]
    #[error(transparent)]
    Local(#[from] crate::local::LocalError),
}

impl CommandError {
    /// The exit code that goes with it.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            CommandError::Dune(error) => exit_of(error),
            CommandError::Key(KeyError::Unchecked(_) | KeyError::Refused { .. }) => Exit::Failed,
            CommandError::Key(_)
            | CommandError::Read { .. }
            | CommandError::NoPipeline { .. }
            | CommandError::Invalid(_)
            | CommandError::Usage(_)
            | CommandError::Write { .. } => Exit::Usage,
            CommandError::Faults { .. } | CommandError::NoRows { .. } => Exit::Failed,
            CommandError::Input(_)
            | CommandError::Output(_)
            | CommandError::Signal(_)
            | CommandError::Runtime(_) => Exit::Failed,
            CommandError::Told(exit) => *exit,
            #[cfg(feature = "local")]
            CommandError::Local(error) => error.exit(),
        }
    }

    /// Whether whoever read the output has gone, as `head` does: no mistake, and nobody to tell.
    pub(crate) fn nobody_reads(&self) -> bool {
        matches!(self, CommandError::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

impl From<Error> for CommandError {
    fn from(error: Error) -> CommandError {
        CommandError::Dune(Box::new(error))
    }
}

/// What the client says to do in Rust, and what that is in a shell.
const REMEDIES: [(&str, &str); 3] = [
    (
        "`DUNE_API_KEY` or `.api_key(..)`",
        "`DUNE_API_KEY`, or the one that `dune-pipeline login` kept",
    ),
    (
        ", or call `.allow_plain_http(true)` if that network is yours",
        "",
    ),
    ("`.allow_partial()`", "`--allow-partial`"),
];

fn words(error: &Error) -> String {
    REMEDIES
        .iter()
        .fold(error.to_string(), |text, (rust, shell)| {
            text.replace(rust, shell)
        })
}

/// What was not sent because it cannot be is wrong use; the rest failed.
fn exit_of(error: &Error) -> Exit {
    match error {
        Error::MissingKey
        | Error::InvalidKey { .. }
        | Error::InvalidBaseUrl { .. }
        | Error::PlainHttp { .. }
        | Error::InvalidPipeline(_)
        | Error::InvalidRunId { .. }
        | Error::InvalidExecutionId { .. }
        | Error::InvalidName { .. }
        | Error::InvalidDate { .. }
        | Error::InvalidSelection(_)
        | Error::UnknownNode { .. }
        | Error::UnknownQuery { .. }
        | Error::AmbiguousQuery { .. } => Exit::Usage,
        Error::Deadline(_) | Error::ExecutionDeadline(_) => Exit::Deadline,
        _ => Exit::Failed,
    }
}
