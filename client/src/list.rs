//! Lists of what an account has: page after page is read as it is asked for, until Dune says that there is no more.
//! Dune ends its lists in two ways, by a total and by naming where the next page begins; here both are one.

use std::fmt;
use std::pin::Pin;

use futures_util::stream::{self, Stream};

use crate::dune::Dune;
use crate::error::{Call, Error};

/// A list of Dune's, such as that of an account's queries: whole with [`all`](List::all), one by one with
/// [`stream`](List::stream), or page by page with [`next_page`](List::next_page). Nothing is asked before.
///
/// ```no_run
/// use futures_util::TryStreamExt as _;
///
/// # async fn example(dune: dune_pipeline::Dune) -> Result<(), dune_pipeline::Error> {
/// let five = dune.list_queries().limit(5).all().await?;
///
/// let mut queries = Box::pin(dune.list_queries().stream());
/// while let Some(query) = queries.try_next().await? {
///     println!("{} {}", query.id, query.name);
/// }
/// # Ok(())
/// # }
/// ```
///
/// What is added or removed meanwhile may be missed, or met twice: Dune counts from the start of the list each time.
#[must_use = "nothing is listed until it is asked for"]
pub struct List<T> {
    dune: Dune,
    call: Call,
    read: Box<Read<T>>,
    page_size: Option<u32>,
    /// How many may still be given; no bound if there is none.
    left: Option<u64>,
    /// Where the next page begins; nowhere after the last.
    next: Option<u64>,
}

/// Asks for a page of a list.
type Read<T> = dyn Fn(Dune, Call, Span) -> Reading<T> + Send + Sync;
type Reading<T> = Pin<Box<dyn Future<Output = Result<Part<T>, Error>> + Send>>;

/// Which part of a list to ask for.
pub(crate) struct Span {
    pub(crate) limit: Option<i64>,
    pub(crate) offset: Option<i64>,
}

/// A page of a list, and what it says of the rest.
pub(crate) struct Part<T> {
    pub(crate) items: Vec<T>,
    pub(crate) rest: Rest,
}

/// How Dune says whether a list goes on.
pub(crate) enum Rest {
    /// By how many there are in all.
    Total(Option<i64>),
    /// By where the next page begins, if there is one.
    Next(Option<i64>),
}

impl<T> List<T> {
    /// One that is read by `read`; `purpose` is what errors say was being done.
    pub(crate) fn new<F, Reading>(
        dune: &Dune,
        purpose: &str,
        page_size: Option<u32>,
        read: F,
    ) -> List<T>
    where
        F: Fn(Dune, Call, Span) -> Reading + Send + Sync + 'static,
        Reading: Future<Output = Result<Part<T>, Error>> + Send + 'static,
    {
        List {
            dune: dune.clone(),
            call: Call::read(purpose),
            read: Box::new(move |dune, call, span| Box::pin(read(dune, call, span))),
            page_size,
            left: None,
            next: Some(0),
        }
    }

    /// How many to ask for at once. Dune gives fewer where it is more than it allows.
    pub fn page_size(mut self, items: u32) -> List<T> {
        self.page_size = Some(items.max(1));
        self
    }

    /// How many to list at most, over all pages.
    pub fn limit(mut self, items: u64) -> List<T> {
        self.left = Some(items);
        self
    }

    /// How many to pass over.
    pub fn offset(mut self, items: u64) -> List<T> {
        self.next = Some(items);
        self
    }

    /// The next page, `None` after the last.
    ///
    /// After an error, and when the future was dropped, the same page is asked for again.
    ///
    /// # Errors
    /// What became of the request; [`Error::UnreadableAnswer`] where the pages do not add up.
    pub async fn next_page(&mut self) -> Result<Option<Vec<T>>, Error> {
        let Some(offset) = self.next.filter(|_| self.left != Some(0)) else {
            return Ok(None);
        };
        let limit = match (self.page_size, self.left) {
            (Some(size), Some(left)) => Some(left.min(size.into())),
            (Some(size), None) => Some(size.into()),
            (None, left) => left,
        };
        let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let span = Span {
            limit: limit.map(number),
            offset: Some(offset).filter(|offset| *offset > 0).map(number),
        };
        let mut part = (self.read)(self.dune.clone(), self.call.clone(), span).await?;
        self.next = self.next_after(offset, &part)?;
        if let Some(left) = self.left {
            // A server that gives more than it was asked for is no reason to.
            part.items
                .truncate(usize::try_from(left).unwrap_or(usize::MAX));
            let count = u64::try_from(part.items.len()).unwrap_or(u64::MAX);
            self.left = Some(left.saturating_sub(count));
        }
        Ok(Some(part.items).filter(|items| !items.is_empty()))
    }

    /// All of it at once.
    ///
    /// # Errors
    /// Those of [`next_page`](List::next_page).
    pub async fn all(mut self) -> Result<Vec<T>, Error> {
        let mut all = Vec::new();
        while let Some(page) = self.next_page().await? {
            all.extend(page);
        }
        Ok(all)
    }

    /// One by one; no more than a page is in memory. It ends with the first error, one of those of
    /// [`next_page`](List::next_page).
    pub fn stream(self) -> impl Stream<Item = Result<T, Error>> + Send
    where
        T: Send + 'static,
    {
        let start = (self, Vec::new().into_iter());
        stream::try_unfold(start, |(mut list, mut page)| async move {
            loop {
                if let Some(item) = page.next() {
                    return Ok(Some((item, (list, page))));
                }
                match list.next_page().await? {
                    Some(items) => page = items.into_iter(),
                    None => return Ok(None),
                }
            }
        })
    }

    /// Where the page after this one begins.
    fn next_after(&self, offset: u64, part: &Part<T>) -> Result<Option<u64>, Error> {
        let count = u64::try_from(part.items.len()).unwrap_or(u64::MAX);
        let end = offset.saturating_add(count);
        let known = |number: Option<i64>| number.and_then(|number| u64::try_from(number).ok());
        match part.rest {
            Rest::Total(total) => match known(total) {
                Some(total) if count == 0 && offset < total => Err(self.fault(format!(
                    "the page at {offset} is empty, though there are {total}"
                ))),
                Some(total) => Ok(Some(end).filter(|end| *end < total)),
                // Nothing is said, and a short page may be one that the server made short.
                None => Ok(Some(end).filter(|_| count > 0)),
            },
            // No next page begins at the start.
            Rest::Next(next) => match known(next).filter(|next| *next > 0) {
                Some(next) if next <= offset || count == 0 => Err(self.fault(format!(
                    "the page at {offset} has {count}, and the next one is said to begin at {next}"
                ))),
                next => Ok(next),
            },
        }
    }

    fn fault(&self, reason: String) -> Error {
        Error::UnreadableAnswer {
            call: self.call.tried(1),
            reason,
            text: String::new(),
        }
    }
}

impl<T> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("List")
            .field("purpose", &self.call.purpose())
            .field("page_size", &self.page_size)
            .field("left", &self.left)
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}
