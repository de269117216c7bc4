//! How far a file has come, on a line of the terminal behind standard error; nothing where there is none.

use std::path::Path;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::output::size;

/// How often the line is drawn anew, also where nothing comes.
const PACE: Duration = Duration::from_millis(100);

/// The line, which is gone when this is dropped, whatever became of the file.
#[derive(Debug)]
pub(super) struct Progress {
    bar: ProgressBar,
    /// No more rows than these are wanted.
    limit: u64,
}

impl Progress {
    /// Of a file; what goes to standard output shows how far it is itself.
    pub(super) fn of(file: Option<&Path>, limit: Option<u64>) -> Progress {
        let bar = match file {
            Some(_) => ProgressBar::no_length(),
            None => ProgressBar::hidden(),
        };
        if !bar.is_hidden() {
            bar.set_style(style("{spinner} {msg}{elapsed}"));
            bar.enable_steady_tick(PACE);
        }
        Progress {
            bar,
            limit: limit.unwrap_or(u64::MAX),
        }
    }

    /// So many rows or bytes have come, of so many rows where that is known.
    pub(super) fn at(&self, rows: Option<u64>, total: Option<u64>, bytes: Option<u64>) {
        if self.bar.is_hidden() {
            return;
        }
        let bytes = bytes.map(|bytes| format!("{}, ", size(bytes)));
        self.bar.set_message(bytes.unwrap_or_default());
        let Some(rows) = rows else { return };
        self.bar.set_position(rows);
        match total.map(|total| total.min(self.limit)) {
            None => self
                .bar
                .set_style(style("{spinner} {pos} rows, {msg}{elapsed}")),
            Some(total) if self.bar.length() != Some(total) => {
                self.bar.set_length(total);
                self.bar.set_style(style(
                    "{spinner} {pos} of {len} rows, {msg}{elapsed} {wide_bar}",
                ));
            }
            Some(_) => {}
        }
    }
}

/// What the line is made of.
#[expect(
    clippy::expect_used,
    reason = "the templates are those above, and tests have all of them drawn"
)]
fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("a template")
}
