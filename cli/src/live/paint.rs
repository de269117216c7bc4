//! Pieces of a line with a colour each, and how a terminal is told of it.

use super::text;
use crate::terminal::Colour;

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

    /// As a terminal takes it.
    pub(crate) fn paint(&self, colour: Colour, out: &mut String) {
        for (text, style) in &self.pieces {
            match (colour, code(*style)) {
                (Colour::Yes, Some(code)) => {
                    out.push_str("\x1b[");
                    out.push_str(code);
                    out.push('m');
                    out.push_str(text);
                    out.push_str("\x1b[0m");
                }
                _ => out.push_str(text),
            }
        }
    }

    #[cfg(test)]
    pub(crate) fn plain(&self) -> String {
        let mut out = String::new();
        self.paint(Colour::No, &mut out);
        out
    }
}

fn code(style: Style) -> Option<&'static str> {
    match style {
        Style::Plain => None,
        Style::Dim => Some("2"),
        Style::Bold => Some("1"),
        Style::Good => Some("32"),
        Style::Busy => Some("36"),
        Style::Doubtful => Some("33"),
        Style::Bad => Some("31"),
    }
}
