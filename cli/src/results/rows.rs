//! Rows on their way out, page by page, so that a result of any size passes through.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufWriter, StdoutLock, Write};
use std::path::Path;
use std::pin::pin;

use dune_pipeline::Results;
use futures_util::TryStreamExt as _;
use serde_json::Value;
use serde_json::value::RawValue;

use super::progress::Progress;
use crate::error::CommandError;
use crate::output::{self, WholeFile};
use crate::table::{self, Row};
use crate::terminal;

/// How many rows are asked for at once, where that is not left to the client.
const PAGE: u64 = 32_000;

/// Which rows a table has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    /// So many are passed over.
    pub(super) offset: u64,
    /// No more than these.
    pub(super) limit: u64,
    /// Whether nobody asked for that limit, so that whoever reads has to hear of it.
    pub(super) limit_is_ours: bool,
}

/// A table of the first rows, and how many there are.
pub(super) async fn table(
    results: Results,
    part: Part,
    file: Option<&Path>,
) -> Result<(), CommandError> {
    let page = u32::try_from(part.limit.clamp(1, PAGE)).unwrap_or(u32::MAX);
    let mut pages = results.page_size(page).pages::<Row>();
    let (mut columns, mut rows, mut total) = (Vec::new(), Vec::new(), None);
    while let Some(page) = pages.next().await? {
        columns = page.columns().to_vec();
        total = page.total();
        rows.extend(page.into_rows());
        if u64::try_from(rows.len()).is_ok_and(|count| count >= part.limit) {
            break;
        }
    }
    rows.truncate(usize::try_from(part.limit).unwrap_or(usize::MAX));
    let room = match file {
        None => terminal::size().map_or(usize::MAX, |size| size.columns),
        Some(_) => usize::MAX,
    };
    let columns = columns.into_iter();
    let columns: Vec<_> = columns
        .map(|column| (column.name, column.column_type))
        .collect();
    // Where nothing was read, not even the names of the columns are known.
    let mut text = match columns.as_slice() {
        [] => String::new(),
        columns => table::draw(columns, &rows, room),
    };
    let shown = u64::try_from(rows.len()).unwrap_or(u64::MAX);
    text.push_str(&part.sum(shown, total));
    text.push('\n');
    output::write(file, text.as_bytes())?;
    if let Some(more) = part.left_out(shown, total) {
        let place = file.map(|file| format!("{}: ", file.display()));
        output::tell(&format!("{}{more}", place.unwrap_or_default()));
    }
    Ok(())
}

impl Part {
    /// How many rows there are, for the end of the table.
    fn sum(self, shown: u64, total: Option<u64>) -> String {
        let counted = |count: u64| match count {
            1 => "1 row".to_owned(),
            count => format!("{count} rows"),
        };
        match total {
            Some(total) if shown == 0 && self.offset > 0 && total <= self.offset => {
                format!(
                    "no rows behind the first {}: there are {total}",
                    self.offset
                )
            }
            Some(total) if total > shown => format!("{shown} of {}", counted(total)),
            _ => counted(shown),
        }
    }

    /// What to say where rows are missing that nobody asked to leave out.
    fn left_out(self, shown: u64, total: Option<u64>) -> Option<String> {
        let before = self.offset.saturating_add(shown);
        let more = total?.checked_sub(before).filter(|more| *more > 0)?;
        (self.limit_is_ours && shown >= self.limit).then(|| {
            format!("a table has {shown} rows unless told otherwise, {more} are left out: more with --limit, all with --format csv")
        })
    }
}

/// A list of objects, one on each line, the values as Dune sent them.
pub(super) async fn json(
    results: Results,
    file: Option<&Path>,
    progress: Progress,
) -> Result<(), CommandError> {
    let mut pages = results.pages::<HashMap<String, Box<RawValue>>>();
    let mut out = Out::to(file)?;
    let mut count: u64 = 0;
    while let Some(page) = pages.next().await? {
        let total = page.total();
        let columns = page.columns().to_vec();
        for row in page.into_rows() {
            out.write(if count == 0 { b"[\n{" } else { b",\n{" })?;
            let mut first = true;
            for column in &columns {
                let Some(value) = row.get(&column.name) else {
                    continue;
                };
                let comma = if first { "" } else { "," };
                first = false;
                let name = Value::from(column.name.as_str());
                out.write(format!("{comma}{name}:").as_bytes())?;
                out.write(value.get().as_bytes())?;
            }
            out.write(b"}")?;
            count += 1;
        }
        progress.at(Some(count), total, Some(out.bytes));
    }
    out.write(if count == 0 { b"[]\n" } else { b"\n]\n" })?;
    drop(progress);
    out.keep()
}

/// As Dune writes it.
pub(super) async fn csv(
    results: Results,
    file: Option<&Path>,
    progress: Progress,
) -> Result<(), CommandError> {
    let mut pages = pin!(results.csv());
    let mut out = Out::to(file)?;
    while let Some(page) = pages.try_next().await? {
        out.write(&page)?;
        progress.at(None, None, Some(out.bytes));
    }
    drop(progress);
    out.keep()
}

/// Standard output or a file, whichever was asked for.
struct Out {
    to: To,
    bytes: u64,
}

enum To {
    Stdout(BufWriter<StdoutLock<'static>>),
    File(WholeFile, BufWriter<File>),
}

impl Out {
    fn to(file: Option<&Path>) -> Result<Out, CommandError> {
        let to = match file {
            None => To::Stdout(BufWriter::new(io::stdout().lock())),
            Some(file) => {
                let whole = WholeFile::beside(file)?;
                let writer = whole.file().try_clone();
                let writer = writer.map_err(|error| whole.failed(error))?;
                To::File(whole, BufWriter::new(writer))
            }
        };
        Ok(Out { to, bytes: 0 })
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), CommandError> {
        self.bytes += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        match &mut self.to {
            To::Stdout(out) => out.write_all(bytes).map_err(CommandError::Output),
            To::File(whole, out) => out.write_all(bytes).map_err(|error| whole.failed(error)),
        }
    }

    /// All of it is there now.
    fn keep(self) -> Result<(), CommandError> {
        match self.to {
            To::Stdout(mut out) => out.flush().map_err(CommandError::Output),
            To::File(whole, mut out) => {
                out.flush().map_err(|error| whole.failed(error))?;
                whole.keep()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Part;

    #[test]
    fn the_end_of_a_table_says_what_is_true_of_it() {
        let part = |offset, limit_is_ours| Part {
            offset,
            limit: 50,
            limit_is_ours,
        };
        let first = part(0, true);
        assert_eq!(first.sum(1, Some(1)), "1 row");
        assert_eq!(first.sum(0, None), "0 rows");
        assert_eq!(first.sum(50, Some(500)), "50 of 500 rows");
        assert_eq!(part(12, true).sum(2, Some(14)), "2 of 14 rows");
        let behind = "no rows behind the first 1000: there are 14";
        assert_eq!(part(1000, true).sum(0, Some(14)), behind);
    }

    #[test]
    fn only_what_nobody_asked_to_leave_out_is_missed() {
        let part = |offset, limit_is_ours| Part {
            offset,
            limit: 50,
            limit_is_ours,
        };
        let left_out = part(10, true).left_out(50, Some(500)).unwrap();
        assert!(left_out.contains(" 440 are left out"), "{left_out}");
        assert_eq!(part(450, true).left_out(50, Some(500)), None);
        assert_eq!(part(0, false).left_out(50, Some(500)), None);
        // A filter leaves out the others.
        assert_eq!(part(0, true).left_out(3, Some(500)), None);
    }
}
