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

/// A table of the first rows, and how many there are.
pub(super) async fn table(
    results: Results,
    limit: u64,
    file: Option<&Path>,
) -> Result<(), CommandError> {
    let page = u32::try_from(limit.clamp(1, PAGE)).unwrap_or(u32::MAX);
    let mut pages = results.page_size(page).pages::<Row>();
    let (mut columns, mut rows, mut total) = (Vec::new(), Vec::new(), None);
    while let Some(page) = pages.next().await? {
        columns = page.columns().to_vec();
        total = page.total();
        rows.extend(page.into_rows());
        if u64::try_from(rows.len()).is_ok_and(|count| count >= limit) {
            break;
        }
    }
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let room = match file {
        None => terminal::size().map_or(usize::MAX, |size| size.columns),
        Some(_) => usize::MAX,
    };
    let columns = columns.into_iter();
    let columns: Vec<_> = columns
        .map(|column| (column.name, column.column_type))
        .collect();
    let mut text = table::draw(&columns, &rows, room);
    let shown = rows.len();
    let all = total
        .unwrap_or_default()
        .max(u64::try_from(shown).unwrap_or(u64::MAX));
    let noun = if all == 1 { "row" } else { "rows" };
    text.push_str(&match u64::try_from(shown) == Ok(all) {
        true => format!("{all} {noun}\n"),
        false => format!("{shown} of {all} {noun}; more with --limit, or all with --format csv\n"),
    });
    output::write(file, text.as_bytes())
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
