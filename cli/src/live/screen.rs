//! A few lines at the end of a terminal that are drawn again and again, where they stand.
//!
//! Each frame is one write, in which the cursor is hidden and shown again. Between two frames the terminal is as it should be,
//! so that nothing has to be put right on any way out, were it `kill -9`.

use std::io::{self, Write};

use super::paint::Line;
use crate::terminal::{Colour, Size};

/// What is drawn now.
#[derive(Debug)]
pub(crate) struct Screen {
    colour: Colour,
    /// The widths of the lines that stand there, with the cursor in the line below them.
    drawn: Vec<usize>,
}

impl Screen {
    pub(crate) fn new(colour: Colour) -> Screen {
        Screen {
            colour,
            drawn: Vec::new(),
        }
    }

    /// Draws these lines over the last ones.
    pub(crate) fn draw(
        &mut self,
        lines: &[Line],
        size: Size,
        out: &mut impl Write,
    ) -> io::Result<()> {
        let mut frame = String::from("\x1b[?25l");
        frame.push('\r');
        match self.height(size) {
            0 => {}
            rows => frame.push_str(&format!("\x1b[{rows}A")),
        }
        for line in lines {
            line.paint(self.colour, &mut frame);
            // What stood behind it is gone, and nothing flickers for what stays.
            frame.push_str("\x1b[K\r\n");
        }
        frame.push_str("\x1b[J\x1b[?25h");
        self.drawn = lines.iter().map(Line::width).collect();
        out.write_all(frame.as_bytes())?;
        out.flush()
    }

    /// How many rows the last lines take now: a terminal that became narrower has broken those that are too wide for it.
    fn height(&self, size: Size) -> usize {
        let columns = size.columns.max(1);
        let rows = self
            .drawn
            .iter()
            .map(|width| width.div_ceil(columns).max(1));
        rows.sum::<usize>().min(size.rows.saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::super::paint::Style;
    use super::*;

    fn line(text: &str) -> Line {
        let mut line = Line::default();
        line.push(text, Style::Good);
        line
    }

    #[test]
    fn every_frame_leaves_the_cursor_visible_and_goes_up_as_far_as_the_last_one_reached() {
        let mut screen = Screen::new(Colour::No);
        let size = Size {
            columns: 20,
            rows: 10,
        };
        let mut draw = |lines: &[Line], size| {
            let mut out = Vec::new();
            screen.draw(lines, size, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        let first = draw(&[line("a"), line("0123456789")], size);
        assert_eq!(
            first,
            "\x1b[?25l\ra\x1b[K\r\n0123456789\x1b[K\r\n\x1b[J\x1b[?25h"
        );
        let second = draw(&[line("a")], size);
        assert!(second.starts_with("\x1b[?25l\r\x1b[2A"), "{second:?}");
        draw(&[line("0123456789")], size);
        let narrower = draw(
            &[line("a")],
            Size {
                columns: 4,
                rows: 10,
            },
        );
        assert!(narrower.starts_with("\x1b[?25l\r\x1b[3A"), "{narrower:?}");
    }

    #[test]
    fn colours_are_there_only_where_they_are_wanted() {
        for (colour, coloured) in [(Colour::Yes, true), (Colour::No, false)] {
            let mut out = Vec::new();
            let size = Size {
                columns: 20,
                rows: 10,
            };
            Screen::new(colour)
                .draw(&[line("a")], size, &mut out)
                .unwrap();
            assert_eq!(
                String::from_utf8(out).unwrap().contains("\x1b[32ma\x1b[0m"),
                coloured
            );
        }
    }
}
