//! How far a file has come, on one line of a terminal behind standard error; nothing where there is none.

use std::io::{self, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::live::text::cut;
use crate::output::size;
use crate::{span, terminal};

/// How often the line is written anew.
const PACE: Duration = Duration::from_millis(100);

/// The line.
#[derive(Debug)]
pub(super) struct Progress {
    began: Instant,
    /// When it was written last, if it is to be.
    told: Option<Instant>,
    shows: bool,
}

impl Progress {
    /// Of a file; what goes to standard output shows how far it is itself.
    pub(super) fn of(file: Option<&Path>) -> Progress {
        Progress {
            began: Instant::now(),
            told: None,
            shows: file.is_some() && terminal::error_columns().is_some(),
        }
    }

    /// So many rows or bytes have come, of so many where that is known.
    pub(super) fn at(&mut self, rows: Option<u64>, total: Option<u64>, bytes: Option<u64>) {
        let now = Instant::now();
        let due = self
            .told
            .is_none_or(|told| now.duration_since(told) >= PACE);
        if !self.shows || !due {
            return;
        }
        self.told = Some(now);
        let rows = rows.map(|rows| match total {
            Some(total) => format!("{rows} of {total} rows"),
            None => format!("{rows} rows"),
        });
        let parts = rows.into_iter().chain(bytes.map(size));
        let text = parts.collect::<Vec<_>>().join(", ");
        let text = format!("{text}, {}", span::show(self.began.elapsed()));
        let columns = terminal::error_columns().unwrap_or(80).saturating_sub(1);
        self.write(&cut(&text, columns));
    }

    fn write(&self, text: &str) {
        // It is no data: where it cannot be written, the file still can.
        drop(write!(io::stderr(), "\r\x1b[K{text}"));
    }
}

/// The line is gone, whatever became of the file.
impl Drop for Progress {
    fn drop(&mut self) {
        if self.told.is_some() {
            self.write("");
        }
    }
}
