//! What stands at the other end of standard output: a terminal and its size, or a pipe.

use console::Term;

/// Columns and rows of a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) columns: usize,
    pub(crate) rows: usize,
}

/// Whether it is a terminal that can be drawn on; one that calls itself `dumb` cannot.
pub(crate) fn draws() -> bool {
    Term::stdout().is_term() && !console::is_dumb()
}

/// The size of the terminal; `None` where there is none, or one without a size, as some debuggers' are.
pub(crate) fn size() -> Option<Size> {
    let (rows, columns) = Term::stdout().size_checked()?;
    Some(Size {
        columns: usize::from(columns),
        rows: usize::from(rows),
    })
}
