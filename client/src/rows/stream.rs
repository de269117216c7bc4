//! The rows of a result one by one: a page stays the bytes it came as, and each row is read from them when it is asked for,
//! so that no second form of the page is in memory.

use std::marker::PhantomData;

use dune_api::Whole;
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
    let rows = Rows {
        reader: Reader::new(results, Form::Json),
        page: None,
        row: PhantomData,
    };
    stream::try_unfold(rows, |mut rows| async move {
        let row = rows.next().await?;
        Ok(row.map(|row| (row, rows)))
    })
}

struct Rows<T> {
    reader: Reader,
    page: Option<Box<Open>>,
    row: PhantomData<fn() -> T>,
}

/// A page of which some rows were read.
struct Open {
    place: Place,
    said: Said,
    page: Whole,
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
                    Some(open) => self.page = Some(Box::new(open)),
                    None => return Ok(None),
                }
                continue;
            };
            match open.next::<T>() {
                Ok(Some(row)) => return Ok(Some(row)),
                Ok(None) => {}
                Err(()) => {
                    let (place, page) = (&mut open.place, &open.page);
                    return Err(misfit::why(&self.reader, place, page, misfit::typed::<T>));
                }
            }
            if let Some(open) = self.page.take() {
                let Open {
                    place,
                    said,
                    read,
                    page,
                    ..
                } = *open;
                // Its room is given back before the next page needs as much.
                drop(page);
                self.reader.advance(place, read, &said)?;
            }
        }
    }

    /// The next page, as far as can be said without reading its rows.
    async fn open(&mut self) -> Result<Option<Open>, Error> {
        let Some((mut place, page)) = self.reader.next().await? else {
            return Ok(None);
        };
        let answer = match envelope::read_raw(&page.body) {
            Ok(answer) => answer,
            Err(error) => return Err(self.reader.unreadable(&place, &page, &error.to_string())),
        };
        let Judged { said, rows, .. } = self.reader.judge(&mut place, answer)?;
        let rows = rows.map_or("", |rows| rows.get());
        let Some(list) = rows
            .strip_prefix('[')
            .and_then(|list| list.strip_suffix(']'))
        else {
            return match rows {
                // None at all, said so.
                "" => Ok(Some(Open {
                    wanted: self.reader.wanted(&place),
                    place,
                    said,
                    page,
                    at: 0,
                    end: 0,
                    read: 0,
                })),
                _ => Err(self
                    .reader
                    .unreadable(&place, &page, "the rows are no list")),
            };
        };
        // The rows are a part of the page.
        let at = list
            .as_ptr()
            .addr()
            .saturating_sub(page.body.as_ptr().addr());
        let end = at + list.len();
        Ok(Some(Open {
            wanted: self.reader.wanted(&place),
            place,
            said,
            page,
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
        let rest = self.page.body.get(self.at..self.end).ok_or(())?;
        // The whole page was read as JSON before: what may stand here is a comma and blanks.
        let between = rest
            .iter()
            .take_while(|byte| **byte == b',' || byte.is_ascii_whitespace())
            .count();
        let rest = rest.get(between..).ok_or(())?;
        if rest.is_empty() {
            return Ok(None);
        }
        let mut row = serde_json::Deserializer::from_slice(rest).into_iter::<T>();
        let value = row.next().ok_or(())?.map_err(drop)?;
        self.at += between + row.byte_offset();
        self.read += 1;
        Ok(Some(value))
    }
}
