//! The exit codes of the command: what a shell or a CI job decides on.
//! They stand in `--help` and in the manual, and are the same for every subcommand.

use std::process::ExitCode;

/// What became of it, as a shell sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// A run or a request failed, or what was checked has faults.
    Failed,
    /// The command was given something that it cannot use: an argument, a file, a workspace, a key.
    Usage,
    /// A deadline passed before the run had ended.
    Deadline,
    /// Ctrl-C, or what process managers send to end a process.
    Interrupted,
}

/// For the end of `--help`.
pub(crate) const HELP: &str = "\
Exit codes:
  0    it worked
  1    a run or a request failed, or what was checked has faults
  2    an argument, a file, a workspace or the key cannot be used; nothing was started
  3    the deadline of --timeout passed before the run had ended
  130  interrupted

Environment:
  DUNE_API_KEY       The key; without it the one that `dune-pipeline login` keeps is used.
                     There is no flag for it: other users of a machine can read arguments
  DUNE_API_BASE_URL  The address of the API, if it is not Dune's own: that of a local Dune
  NO_COLOR           Set to anything, it keeps colours away; there are none in a pipe anyway";

impl Exit {
    /// The number.
    pub(crate) fn code(self) -> u8 {
        match self {
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::Deadline => 3,
            Exit::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.code())
    }
}
