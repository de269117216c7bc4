//! A terminal that does not show what is typed, as long as this is held.

use std::io;

#[cfg(unix)]
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

/// Shows nothing of what is typed until it is dropped.
pub(super) struct Silent {
    #[cfg(unix)]
    before: Termios,
}

#[cfg(unix)]
impl Silent {
    /// Of the terminal behind standard input.
    pub(super) fn begin() -> io::Result<Silent> {
        let before = tcgetattr(io::stdin())?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        tcsetattr(io::stdin(), OptionalActions::Flush, &silent)?;
        Ok(Silent { before })
    }
}

#[cfg(unix)]
impl Drop for Silent {
    fn drop(&mut self) {
        // Nothing can be done about a terminal that has gone.
        let _gone = tcsetattr(io::stdin(), OptionalActions::Now, &self.before).is_err();
    }
}

#[cfg(not(unix))]
impl Silent {
    /// Not to be had here; where it is, keys are not kept either.
    pub(super) fn begin() -> io::Result<Silent> {
        Err(io::Error::from(io::ErrorKind::Unsupported))
    }
}
