//! A few lines at the end of a terminal that are drawn again and again, where they stand.
//!
//! Each frame is one write, in which the cursor is hidden and shown again. Between two frames the terminal is as it should be,
//! so that nothing has to be put right on any way out, were it `kill -9`.

use std::io;

use console::Term;

use super::paint::Line;
use crate::terminal::Size;

/// What is drawn now.
#[derive(Debug)]
pub(crate) struct Screen {
    /// Keeps what is written until a frame is whole.
    terminal: Term,
    /// The widths of the lines that stand there, with the cursor in the line below them.
    drawn: Vec<usize>,
}

impl Screen {
    /// At the end of standard output.
    pub(crate) fn new() -> Screen {
        Screen {
            terminal: Term::buffered_stdout(),
            drawn: Vec::new(),
        }
    }

    /// Draws these lines over the last ones.
    pub(crate) fn draw(&mut self, lines: &[Line], size: Size) -> io::Result<()> {
        let terminal = &self.terminal;
        terminal.hide_cursor()?;
        terminal.move_cursor_up(height(&self.drawn, size))?;
        for line in lines {
            terminal.clear_line()?;
            terminal.write_line(&line.to_string())?;
        }
        terminal.clear_to_end_of_screen()?;
        terminal.show_cursor()?;
        self.drawn = lines.iter().map(Line::width).collect();
        terminal.flush()
    }
}

/// How many rows lines of these widths take now: a terminal that became narrower has broken those that are too wide for it.
fn height(widths: &[usize], size: Size) -> usize {
    let columns = size.columns.max(1);
    let rows = widths.iter().map(|width| width.div_ceil(columns).max(1));
    rows.sum::<usize>().min(size.rows.saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_narrower_terminal_has_broken_is_counted_as_far_as_it_can_be_reached() {
        let (columns, rows) = (20, 10);
        assert_eq!(height(&[1, 10, 0], Size { columns, rows }), 3);
        assert_eq!(height(&[1, 10, 20, 21], Size { columns, rows }), 5);
        assert_eq!(height(&[1, 10, 0], Size { columns: 4, rows }), 5);
        assert_eq!(height(&[10; 10], Size { columns: 4, rows }), 9);
        assert_eq!(
            height(
                &[],
                Size {
                    columns: 0,
                    rows: 0
                }
            ),
            0
        );
    }
}
