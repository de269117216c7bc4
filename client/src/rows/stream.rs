//! The rows of a result one by one: a page stays the bytes it came as, and each row is read from them when it is asked for,
//! so that no second form of the page is in memory.

use std::marker::PhantomData;

use futures_util::stream::{self, Stream};
use serde::de::DeserializeOwned;

use super::reader::{Form, Judged, Place, Reader, Said};
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
    said: Said,
    /// The page as it came. That it is text is looked at once, and not again at each text in it.
    text: String,
    /// Where in the page the next row begins, and where the last one ends.
    at: usize,
    end: usize,
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
            if let Some(open) = self.page.take() {
                let Open {
                    place,
                    said,
                    read,
                    text,
                    ..
                } = open;
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
        let unreadable = |place: &Place, reason: &str| {
            Err(self.reader.unreadable(place, text.as_bytes(), reason))
        };
        let answer = match envelope::read_raw_text(&text) {
            Ok(answer) => answer,
            Err(error) => return unreadable(&place, &error.to_string()),
        };
        let Judged { said, rows, .. } = self.reader.judge(&mut place, answer)?;
        let list = match rows {
            Some(rows) => rows
                .get()
                .strip_prefix('[')
                .and_then(|list| list.strip_suffix(']')),
            // None at all, said so.
            None => text.get(..0),
        };
        let Some(list) = list else {
            return unreadable(&place, "the rows are no list");
        };
        // The rows are a part of the page.
        let at = list.as_ptr().addr().saturating_sub(text.as_ptr().addr());
        let end = at + list.len();
        Ok(Some(Open {
            wanted: self.reader.wanted(&place),
            place,
            said,
            text,
            at,
            end,
            read: 0,
        }))
    }
}

impl Open {
    /// The next row that is wanted; an error where it is no `T`.
    fn next<T: DeserializeOwned>(&mut self) -> Result<Option<T>, ()> {
        if self.wanted == Some(self.read) {
            return Ok(None);
        }
        let rest = self.text.get(self.at..self.end).ok_or(())?;
        // The whole page was read as JSON before: what may stand here is a comma and blanks.
        let row = rest.trim_start_matches([',', ' ', '\t', '\n', '\r']);
        if row.is_empty() {
            return Ok(None);
        }
        let between = rest.len() - row.len();
        let mut rows = serde_json::Deserializer::from_str(row).into_iter::<T>();
        let value = rows.next().ok_or(())?.map_err(drop)?;
        self.at += between + rows.byte_offset();
        self.read += 1;
        Ok(Some(value))
    }
}
