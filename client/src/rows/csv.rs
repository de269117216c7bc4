//! A result as CSV: the bytes of its pages one after the other, with one line of names at the start. Rows are counted as
//! they pass, so that none is lost or repeated here either.

use bytes::Bytes;
use dune_api::{HeaderMap, Whole};
use futures_util::stream::{self, Stream};

use super::envelope;
use super::reader::{Form, Reader, Said};
use super::results::Results;
use super::selection::Selection;
use crate::error::{Error, PageFault};

/// The pages of a result as CSV.
struct CsvPages {
    results: Results,
    pages: Option<Opened>,
}

/// What is known once the execution has been asked about.
struct Opened {
    reader: Reader,
    /// The rows of all pages.
    total: Option<u64>,
    partial: bool,
    /// The line of names, as the first page has it.
    header: Option<Vec<u8>>,
}

/// The bytes of a result as CSV, page by page.
pub(super) fn stream(results: Results) -> impl Stream<Item = Result<Bytes, Error>> + Send {
    let pages = CsvPages {
        results,
        pages: None,
    };
    stream::try_unfold(pages, |mut pages| async move {
        let page = pages.next().await?;
        Ok(page.map(|page| (page, pages)))
    })
}

impl CsvPages {
    async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        if self.pages.is_none() {
            self.pages = open(&self.results).await?;
        }
        match &mut self.pages {
            Some(pages) => pages.next().await,
            None => Ok(None),
        }
    }
}

/// Asks for one row as JSON first: CSV says neither how an execution ended, nor how many rows there are, nor which execution
/// is a query's latest. `None` where no rows are wanted.
async fn open(results: &Results) -> Result<Option<Opened>, Error> {
    results.check()?;
    if results.selection.limit == Some(0) {
        return Ok(None);
    }
    let one = Results {
        selection: Selection {
            filter: results.selection.filter.clone(),
            limit: Some(1),
            ..Selection::default()
        },
        read_ahead: false,
        ..results.clone()
    };
    let mut reader = Reader::new(one, Form::Json);
    let Some((mut place, page)) = reader.next().await? else {
        return Ok(None);
    };
    let answer = match envelope::read_raw(&page.body) {
        Ok(answer) => answer,
        Err(error) => return Err(reader.unreadable(&place, &page.body, &error.to_string())),
    };
    let said = reader.judge(&mut place, answer)?.said;
    Ok(Some(Opened {
        reader: Reader::of_found(results.clone(), Form::Csv, place.found),
        total: said.total,
        partial: said.partial,
        header: None,
    }))
}

impl Opened {
    async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        let Some((place, page)) = self.reader.next().await? else {
            return Ok(None);
        };
        // A page for people, such as one to log in with, is a CSV of one column to whoever counts commas and lines.
        if is_html(&page.headers) {
            return Err(self
                .reader
                .unreadable(&place, &page.body, "it is HTML, and no CSV"));
        }
        let wanted = self.reader.wanted(&place);
        let Some(records) = Records::of(&page.body, wanted) else {
            return Err(self.reader.unreadable(&place, &page.body, "it is no CSV"));
        };
        let header = page.body.get(..records.header).unwrap_or_default();
        match &self.header {
            Some(expected) if expected != header => {
                let text = |line| self.reader.clean(String::from_utf8_lossy(line).trim_end());
                return Err(place.found.fault(PageFault::Columns {
                    expected: text(expected),
                    found: text(header),
                }));
            }
            Some(_) => {}
            None => self.header = Some(header.to_vec()),
        }
        let said = self.said(&page.headers);
        let first = place.read == 0;
        self.reader.advance(place, records.rows, &said)?;
        Ok(Some(records.cut(page, first)))
    }

    fn said(&self, headers: &HeaderMap) -> Said {
        let header = |name| headers.get(name)?.to_str().ok();
        Said {
            next_offset: header("x-dune-next-offset").and_then(|text| text.trim().parse().ok()),
            next_uri: header("x-dune-next-uri").map(str::to_owned),
            total: self.total,
            partial: self.partial,
        }
    }
}

fn is_html(headers: &HeaderMap) -> bool {
    let content_type = headers.get("content-type");
    content_type.is_some_and(|it| it.as_bytes().to_ascii_lowercase().starts_with(b"text/html"))
}

/// Where the records of a CSV are.
#[derive(Debug, PartialEq, Eq)]
struct Records {
    /// Where the line of names ends.
    header: usize,
    /// How many rows follow it.
    rows: usize,
    /// Where those that are wanted end.
    end: usize,
}

impl Records {
    /// `None` where there is no line of names, or a quote is left open.
    fn of(body: &[u8], wanted: Option<usize>) -> Option<Records> {
        let mut quoted = false;
        let mut ends = Vec::new();
        for (place, byte) in body.iter().enumerate() {
            match byte {
                b'"' => quoted = !quoted,
                b'\n' if !quoted => ends.push(place + 1),
                _ => {}
            }
        }
        if quoted {
            return None;
        }
        // The last line may lack its end.
        if ends.last().copied().unwrap_or(0) < body.len() {
            ends.push(body.len());
        }
        let (header, rows) = ends.split_first()?;
        let wanted = wanted.and_then(|wanted| rows.get(wanted.checked_sub(1)?));
        Some(Records {
            header: *header,
            rows: rows.len(),
            end: wanted.copied().unwrap_or(body.len()),
        })
    }

    /// The rows that are wanted, each of them ended; the line of names before them, if it is the first page.
    fn cut(&self, page: Whole, first: bool) -> Bytes {
        let mut body = page.body;
        body.truncate(self.end);
        if !body.ends_with(b"\n") {
            body.push(b'\n');
        }
        let body = Bytes::from(body);
        match first {
            true => body,
            false => body.slice(self.header.min(body.len())..),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(body: &str, wanted: Option<usize>) -> Option<(usize, usize, usize)> {
        let records = Records::of(body.as_bytes(), wanted)?;
        Some((records.header, records.rows, records.end))
    }

    #[test]
    fn records_are_counted_whatever_stands_in_quotes() {
        assert_eq!(records("a,b\n1,2\n3,4\n", None), Some((4, 2, 12)));
        assert_eq!(records("a,b\n1,2\n3,4", None), Some((4, 2, 11)));
        assert_eq!(records("a\n", None), Some((2, 0, 2)));
        assert_eq!(records("a", None), Some((1, 0, 1)));
        assert_eq!(records("a\n\"\"\n\n", None), Some((2, 2, 6)));
        let line_breaks = "\"a\n\"\"b\"\n\"1\n2\n\"\n\"\"\"\n\"\n";
        assert_eq!(records(line_breaks, None), Some((8, 2, 21)));
        assert_eq!(records("", None), None);
        assert_eq!(records("a\n\"1\n", None), None);
    }

    #[test]
    fn only_the_rows_that_are_wanted_are_kept() {
        let body = "a\n1\n2\n3\n";
        assert_eq!(records(body, Some(2)), Some((2, 3, 6)));
        assert_eq!(records(body, Some(3)), Some((2, 3, 8)));
        assert_eq!(records(body, Some(9)), Some((2, 3, 8)));
        assert_eq!(records("a\n1", Some(1)), Some((2, 1, 3)));
    }
}
