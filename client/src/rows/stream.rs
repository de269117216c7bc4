//! The rows of a result one by one: a page stays the bytes it came as, and each row is read from them when it is asked for,
//! so that no second form of the page is in memory.

use std::marker::PhantomData;

use futures_util::stream::{self, Stream};
use serde::de::DeserializeOwned;

use super::reader::{Form, Place, Reader, Said};
use super::results::Results;
use super::{envelope, misfit};
use crate::error::Error;

/// The rows of all pages, in order. It ends with the first error.
pub(super) fn rows<T>(results: Results) -> impl Stream<Item = Result<T, Error>> + Send
where
    T: DeserializeOwned + Send,
{
    // It is handed on from row to row: in a box it stays where it is.
    let rows = Box::new(Rows {
        reader: Reader::new(results, Form::Json),
        page: None,
        row: PhantomData,
    });
    stream::try_unfold(rows, |mut rows| async move {
        let row = rows.next().await?;
        Ok(row.map(|row| (row, rows)))
    })
}

struct Rows<T> {
    reader: Reader,
    page: Option<Open>,
    row: PhantomData<fn() -> T>,
}

/// A page of which some rows were read.
struct Open {
    place: Place,
    /// The page as it came. That it is text is looked at once, and not again at each text in it.
    text: String,
    /// Where in the page the list of rows begins, if there is one.
    list: Option<usize>,
    /// Where in the page the next row begins, or what stands after the list.
    at: usize,
    /// Whether the list was read to its end.
    over: bool,
    /// How many rows were read.
    read: usize,
    /// How many are wanted, where not all of them are.
    wanted: Option<usize>,
}

impl<T: DeserializeOwned> Rows<T> {
    async fn next(&mut self) -> Result<Option<T>, Error> {
        loop {
            let Some(open) = &mut self.page else {
                match self.open().await? {
                    Some(open) => self.page = Some(open),
                    None => return Ok(None),
                }
                continue;
            };
            match open.next::<T>() {
                Ok(Some(row)) => return Ok(Some(row)),
                Ok(None) => {}
                Err(()) => {
                    let (place, body) = (&mut open.place, open.text.as_bytes());
                    return Err(misfit::why(&self.reader, place, body, misfit::typed::<T>));
                }
            }
            let said = open.close(&self.reader)?;
            if let Some(Open {
                place, read, text, ..
            }) = self.page.take()
            {
                // Its room is given back before the next page needs as much.
                drop(text);
                self.reader.advance(place, read, &said)?;
            }
        }
    }

    /// The next page, as far as can be said without reading its rows.
    async fn open(&mut self) -> Result<Option<Open>, Error> {
        let Some((mut place, page)) = self.reader.next().await? else {
            return Ok(None);
        };
        let text = match String::from_utf8(page.body) {
            Ok(text) => text,
            Err(error) => {
                let reason = error.utf8_error().to_string();
                return Err(self.reader.unreadable(&place, error.as_bytes(), &reason));
            }
        };
        let list = match envelope::read_head(&text) {
            Some((answer, begin)) => {
                self.reader.judge(&mut place, answer)?;
                Some(begin)
            }
            None => {
                let answer = envelope::read_raw_text(&text);
                let answer = answer.map_err(|error| {
                    let reason = error.to_string();
                    self.reader.unreadable(&place, text.as_bytes(), &reason)
                })?;
                let rows = self.reader.judge(&mut place, answer)?.rows;
                // The rows are a part of the page.
                rows.map(|rows| rows.get().as_ptr().addr() - text.as_ptr().addr())
            }
        };
        Ok(Some(Open {
            wanted: self.reader.wanted(&place),
            place,
            at: list.unwrap_or(text.len()),
            over: list.is_none(),
            list,
            text,
            read: 0,
        }))
    }
}

impl Open {
    /// The next row that is wanted; an error where it is no `T`, or no JSON.
    fn next<T: DeserializeOwned>(&mut self) -> Result<Option<T>, ()> {
        if self.over {
            return Ok(None);
        }
        let first = self.read == 0;
        let rest = blank(self.text.get(self.at..).ok_or(())?);
        let rest = match first {
            true => blank(rest.strip_prefix('[').ok_or(())?),
            false => rest,
        };
        if let Some(after) = rest.strip_prefix(']') {
            self.at = self.text.len() - after.len();
            self.over = true;
            return Ok(None);
        }
        if self.wanted == Some(self.read) {
            return Ok(None);
        }
        let row = match first {
            true => rest,
            false => rest.strip_prefix(',').ok_or(())?,
        };
        let mut rows = serde_json::Deserializer::from_str(row).into_iter::<T>();
        let value = rows.next().ok_or(())?.map_err(drop)?;
        self.at = self.text.len() - row.len() + rows.byte_offset();
        self.read += 1;
        Ok(Some(value))
    }

    /// What is said of the page, after its rows too.
    fn close(&mut self, reader: &Reader) -> Result<Said, Error> {
        let (text, place) = (self.text.as_str(), &mut self.place);
        let judged = match (self.list, self.over) {
            (Some(begin), true) => {
                let after = text.get(self.at..).unwrap_or_default();
                envelope::without_rows(text, begin, after)
                    .map(|answer| reader.judge(place, answer).map(|judged| judged.said))
            }
            // Not all of its rows are wanted.
            _ => envelope::read_raw_text(text)
                .map(|answer| reader.judge(place, answer).map(|judged| judged.said)),
        };
        judged.unwrap_or_else(|error| {
            Err(reader.unreadable(place, text.as_bytes(), &error.to_string()))
        })
    }
}

/// JSON without the blanks before it.
fn blank(json: &str) -> &str {
    json.trim_start_matches([' ', '\t', '\n', '\r'])
}
