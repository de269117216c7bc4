//! A CSV read record by record, by the same grammar as the tables of a workspace.

use std::io::{BufRead, Read};
use std::path::{Path, PathBuf};

use super::super::csv::{Cell, Records};
use super::super::value::Value;
use super::{Result, Row, Target, cell};
use crate::engine::ImportError;

/// The longest record, and the longest line of JSON. Longer ones would fill the memory before anything was said of them.
pub(super) const MAX_RECORD: usize = 16 << 20;

/// What some programs begin a text with, to say that it is UTF-8.
const MARK: &[u8] = "\u{feff}".as_bytes();

/// Lines of a text, each with its number, none longer than it may be.
pub(super) struct Lines<R> {
    file: PathBuf,
    reader: R,
    /// The line that was read last.
    pub(super) line: u64,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(file: &Path, reader: R) -> Self {
        Self {
            file: file.to_owned(),
            reader,
            line: 0,
        }
    }

    /// Adds the next line to `text`, its end included. Says whether there was one.
    pub(super) fn read(&mut self, text: &mut Vec<u8>) -> Result<bool> {
        let left = MAX_RECORD.saturating_sub(text.len()) as u64 + 1;
        let read = self.reader.by_ref().take(left).read_until(b'\n', text);
        let read = read.map_err(|source| ImportError::Io {
            file: self.file.clone(),
            source,
        })?;
        self.line += u64::from(read > 0);
        if self.line == 1 && text.starts_with(MARK) {
            text.drain(..MARK.len());
        }
        if text.len() > MAX_RECORD {
            let message = format!(
                "line {}: a row is longer than {MAX_RECORD} bytes",
                self.line
            );
            return Err(ImportError::Text { message });
        }
        Ok(read > 0)
    }
}

/// A text as UTF-8.
pub(super) fn utf8(text: &[u8], line: u64) -> Result<&str> {
    std::str::from_utf8(text).map_err(|_| ImportError::Text {
        message: format!("line {line}: it is not UTF-8"),
    })
}

/// The records of a CSV.
pub(super) struct CsvRecords<R> {
    lines: Lines<R>,
    text: Vec<u8>,
}

/// A record, the line it begins on, and the length of its text.
pub(super) struct Record {
    pub(super) line: u64,
    pub(super) cells: Vec<Cell>,
    pub(super) bytes: usize,
}

impl<R: BufRead> CsvRecords<R> {
    pub(super) fn new(file: &Path, reader: R) -> Self {
        Self {
            lines: Lines::new(file, reader),
            text: Vec::new(),
        }
    }

    /// The next record; blank lines are none.
    pub(super) fn next(&mut self) -> Result<Option<Record>> {
        loop {
            self.text.clear();
            let line = self.lines.line + 1;
            let (mut quotes, mut seen) = (Quotes::default(), 0);
            loop {
                let more = self.lines.read(&mut self.text)?;
                quotes.read(self.text.get(seen..).unwrap_or_default());
                seen = self.text.len();
                if !more || !quotes.open {
                    break;
                }
            }
            if self.text.is_empty() {
                return Ok(None);
            }
            let rest = utf8(&self.text, line)?;
            if let Some(record) = (Records { rest, line }).next() {
                let (line, cells) = record.map_err(|message| ImportError::Text { message })?;
                return Ok(Some(Record {
                    line,
                    cells,
                    bytes: self.text.len(),
                }));
            }
        }
    }
}

/// Whether a quoted cell is open at the end of what was read, so that the record goes on.
#[derive(Default)]
struct Quotes {
    open: bool,
    /// The byte before was a quote that closes its cell, unless another one follows.
    closing: bool,
    inside: bool,
}

impl Quotes {
    fn read(&mut self, text: &[u8]) {
        for byte in text {
            match byte {
                b'"' if self.closing => (self.open, self.closing) = (true, false),
                b'"' if self.open => (self.open, self.closing) = (false, true),
                b'"' if !self.inside => (self.open, self.inside) = (true, true),
                b',' | b'\n' if !self.open => (self.closing, self.inside) = (false, false),
                _ => (self.closing, self.inside) = (false, true),
            }
        }
    }
}

/// The header of a CSV. Columns without a name at its end, which lines that end in a comma make, are none.
pub(super) struct Header {
    pub(super) names: Vec<String>,
    unnamed: usize,
}

impl Header {
    pub(super) fn read(records: &mut CsvRecords<impl BufRead>) -> Result<Self> {
        let Some(record) = records.next()? else {
            return Err(ImportError::Text {
                message: "it has no header line".to_owned(),
            });
        };
        let mut names: Vec<String> = record
            .cells
            .into_iter()
            .map(|(name, _)| name.trim().to_lowercase())
            .collect();
        let all = names.len();
        while names.last().is_some_and(String::is_empty) {
            names.pop();
        }
        for (place, name) in names.iter().enumerate() {
            if names.iter().take(place).any(|other| other == name) {
                let message = format!("the header names column `{name}` twice");
                return Err(ImportError::Columns { message });
            }
        }
        Ok(Self {
            unnamed: all - names.len(),
            names,
        })
    }

    /// The cells of a record under the names of the header.
    pub(super) fn cells<'r>(&self, record: &'r Record) -> Result<&'r [Cell]> {
        let named = record.cells.get(..self.names.len());
        let more = record.cells.get(self.names.len()..).unwrap_or_default();
        match named {
            Some(named)
                if more.len() <= self.unnamed && more.iter().all(|(text, _)| text.is_empty()) =>
            {
                Ok(named)
            }
            _ => Err(ImportError::Text {
                message: format!(
                    "line {} has {} cells, the header has {}",
                    record.line,
                    record.cells.len(),
                    self.names.len()
                ),
            }),
        }
    }
}

/// The rows of a CSV for columns that are known.
pub(super) struct CsvRows<'t, R> {
    records: CsvRecords<R>,
    header: Header,
    /// Each column, and where its cells stand; nowhere if the header does not name it.
    places: Vec<(&'t Target, Option<usize>)>,
}

impl<'t, R: BufRead> CsvRows<'t, R> {
    pub(super) fn new(file: &Path, reader: R, targets: &'t [Target]) -> Result<Self> {
        let mut records = CsvRecords::new(file, reader);
        let header = Header::read(&mut records)?;
        if let Some(name) = header
            .names
            .iter()
            .find(|name| find(targets, name).is_none())
        {
            let known = targets.iter().map(|target| &target.name);
            let known = dune_pipeline_graph::names::list(known);
            let message = format!("the table has no column `{name}`: it has {known}");
            return Err(ImportError::Columns { message });
        }
        let mut places = Vec::with_capacity(targets.len());
        for target in targets {
            let place = |name: &String| name.eq_ignore_ascii_case(&target.name);
            let place = header.names.iter().position(place);
            if place.is_none() && !target.nullable {
                let message = format!(
                    "the header does not name column `{}`, which is not nullable",
                    target.name
                );
                return Err(ImportError::Columns { message });
            }
            places.push((target, place));
        }
        Ok(Self {
            records,
            header,
            places,
        })
    }

    fn row(&mut self) -> Result<Option<Row>> {
        let Some(record) = self.records.next()? else {
            return Ok(None);
        };
        let cells = self.header.cells(&record)?;
        let values = self.places.iter().map(|(target, place)| {
            let Some((text, quoted)) = place.and_then(|place| cells.get(place)) else {
                return Ok(Value::Null);
            };
            let value = match (text.as_str(), quoted) {
                ("", false) => Some(Value::Null),
                (text, _) => cell::of_text(text, &target.ty),
            };
            target.checked(record.line, value, text)
        });
        Ok(Some(Row {
            values: values.collect::<Result<_>>()?,
            bytes: record.bytes,
        }))
    }
}

impl<R: BufRead> Iterator for CsvRows<'_, R> {
    type Item = Result<Row>;

    fn next(&mut self) -> Option<Result<Row>> {
        self.row().transpose()
    }
}

/// The column of that name, whatever its case.
pub(super) fn find<'t>(targets: &'t [Target], name: &str) -> Option<&'t Target> {
    let mut targets = targets.iter();
    targets.find(|target| target.name.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    fn all(text: &str) -> Vec<(u64, Vec<String>)> {
        let mut records = CsvRecords::new(Path::new("t.csv"), io::Cursor::new(text));
        let mut all = Vec::new();
        while let Some(record) = records.next().unwrap() {
            let cells = record.cells.into_iter().map(|(text, _)| text).collect();
            all.push((record.line, cells));
        }
        all
    }

    #[test]
    fn a_record_read_line_by_line_is_the_record_of_the_whole_text() {
        for text in [
            "a,b\n1,2\n\n\n3,4",
            "a,b\r\n\"x\ny\",\"\"\"\n\"\"\"\r\n1,2\n",
            "a\n5\" pipe\n\"in \"\"it\"\"\"\n\"open,\n\ncomma\"\n",
            "\u{feff}a\n\"\"\n\"\"\"\"\n",
            "\u{feff}\"a\nb\",c\n1,2\n",
            "\"a\"\"\n\"\"b\",c\n",
        ] {
            let whole = Records {
                rest: text.strip_prefix('\u{feff}').unwrap_or(text),
                line: 1,
            };
            let whole: Vec<(u64, Vec<String>)> = whole
                .map(|record| {
                    let (line, cells) = record.unwrap();
                    (line, cells.into_iter().map(|(text, _)| text).collect())
                })
                .collect();
            assert_eq!(all(text), whole, "{text:?}");
        }
    }

    #[test]
    fn a_row_without_end_is_given_up_before_it_fills_the_memory() {
        let endless = io::repeat(b'x').take(MAX_RECORD as u64 * 4);
        let mut records = CsvRecords::new(Path::new("t.csv"), io::BufReader::new(endless));
        let error = records.next().err().unwrap().to_string();
        assert!(error.starts_with("line 1: a row is longer than"), "{error}");
        let quoted = io::Cursor::new("\"\n").chain(io::repeat(b'\n').take(MAX_RECORD as u64 * 4));
        let mut records = CsvRecords::new(Path::new("t.csv"), io::BufReader::new(quoted));
        assert!(records.next().is_err());
    }
}
