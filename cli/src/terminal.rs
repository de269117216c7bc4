//! What stands at the other end of an output: a terminal and its size, or a pipe; and whether colours are wanted.

use std::env;
use std::io::{self, IsTerminal as _};

/// A terminal that writes with colours, or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Colour {
    /// It is a terminal, and nobody minds.
    Yes,
    /// A pipe, or `NO_COLOR`, or a terminal that says it has none.
    No,
}

/// Columns and rows of a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) columns: usize,
    pub(crate) rows: usize,
}

/// Whether standard output is a terminal that can be drawn on; one that calls itself `dumb` cannot.
pub(crate) fn draws() -> bool {
    io::stdout().is_terminal() && !is_dumb()
}

/// The size of the terminal behind standard output; `None` where there is none.
pub(crate) fn size() -> Option<Size> {
    if !io::stdout().is_terminal() {
        return None;
    }
    let (columns, rows) = terminal_size::terminal_size_of(io::stdout())?;
    // A terminal without a size, as some debuggers' are, says 0.
    let size = Size {
        columns: usize::from(columns.0),
        rows: usize::from(rows.0),
    };
    (size.columns > 0 && size.rows > 0).then_some(size)
}

/// The columns of the terminal behind standard error, if there is one that can be drawn on.
pub(crate) fn error_columns() -> Option<usize> {
    if !io::stderr().is_terminal() || is_dumb() {
        return None;
    }
    let (columns, _) = terminal_size::terminal_size_of(io::stderr())?;
    Some(usize::from(columns.0)).filter(|columns| *columns > 0)
}

/// Whether standard output takes colours: <https://no-color.org>.
pub(crate) fn colour() -> Colour {
    let refused = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    match draws() && !refused {
        true => Colour::Yes,
        false => Colour::No,
    }
}

fn is_dumb() -> bool {
    env::var_os("TERM").is_some_and(|term| term == "dumb")
}
