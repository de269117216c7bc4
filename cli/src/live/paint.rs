//! Pieces of a line with a colour each, which standard output shows where colours are wanted.

use std::fmt;

use super::text;

/// What a piece of text is meant to look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Plain,
    Dim,
    Bold,
    Good,
    Busy,
    Doubtful,
    Bad,
}

/// A line of pieces.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Line {
    pieces: Vec<(String, Style)>,
    width: usize,
}

impl Line {
    pub(crate) fn push(&mut self, text: impl Into<String>, style: Style) {
        let text = text.into();
        if !text.is_empty() {
            self.width += text::width(&text);
            self.pieces.push((text, style));
        }
    }

    /// In columns.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// The same, at most as wide as this.
    pub(crate) fn cut(mut self, columns: usize) -> Line {
        if self.width <= columns {
            return self;
        }
        let pieces = std::mem::take(&mut self.pieces);
        self.width = 0;
        for (piece, style) in pieces {
            let room = columns.saturating_sub(self.width);
            let fits = text::width(&piece) < room;
            self.push(text::cut(&piece, room), style);
            if !fits {
                break;
            }
        }
        self
    }

    #[cfg(test)]
    pub(crate) fn plain(&self) -> String {
        self.pieces.iter().map(|(text, _)| text.as_str()).collect()
    }
}

/// As standard output takes it.
impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut pieces = self.pieces.iter();
        pieces.try_for_each(|(text, style)| write!(f, "{}", style.of_a_terminal().apply_to(text)))
    }
}

impl Style {
    fn of_a_terminal(self) -> console::Style {
        let plain = console::Style::new();
        match self {
            Style::Plain => plain,
            Style::Dim => plain.dim(),
            Style::Bold => plain.bold(),
            Style::Good => plain.green(),
            Style::Busy => plain.cyan(),
            Style::Doubtful => plain.yellow(),
            Style::Bad => plain.red(),
        }
    }
}
