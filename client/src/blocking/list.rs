//! Lists of what an account has, for programs without `async`.

use super::runtime::Runtime;
use crate::error::Error;

/// A list of Dune's: see [`crate::List`]. Nothing is asked before it is read.
#[derive(Debug)]
#[must_use = "nothing is listed until it is asked for"]
pub struct List<T> {
    inner: crate::List<T>,
    runtime: Runtime,
}

impl<T> List<T> {
    pub(super) fn new(inner: crate::List<T>, runtime: Runtime) -> List<T> {
        List { inner, runtime }
    }

    /// How many to ask for at once.
    pub fn page_size(mut self, items: u32) -> List<T> {
        self.inner = self.inner.page_size(items);
        self
    }

    /// How many to list at most, over all pages.
    pub fn limit(mut self, items: u64) -> List<T> {
        self.inner = self.inner.limit(items);
        self
    }

    /// How many to pass over.
    pub fn offset(mut self, items: u64) -> List<T> {
        self.inner = self.inner.offset(items);
        self
    }

    /// The next page, `None` after the last: see [`crate::List::next_page`].
    ///
    /// # Errors
    /// As there.
    pub fn next_page(&mut self) -> Result<Option<Vec<T>>, Error> {
        self.runtime.wait_for(self.inner.next_page())
    }

    /// All of it at once.
    ///
    /// # Errors
    /// Those of [`next_page`](List::next_page).
    pub fn all(self) -> Result<Vec<T>, Error> {
        self.runtime.wait_for(self.inner.all())
    }

    /// One by one, page after page. It ends with the first error.
    pub fn stream(mut self) -> impl Iterator<Item = Result<T, Error>> {
        one_by_one(move || self.next_page().transpose())
    }
}

/// The items of pages that are asked for one after the other, up to the first error.
pub(super) fn one_by_one<T>(
    mut next_page: impl FnMut() -> Option<Result<Vec<T>, Error>>,
) -> impl Iterator<Item = Result<T, Error>> {
    let mut items = Vec::new().into_iter();
    let mut over = false;
    std::iter::from_fn(move || {
        loop {
            if let Some(item) = items.next() {
                return Some(Ok(item));
            }
            if over {
                return None;
            }
            // Its room is given back before the next page needs as much.
            items = Vec::new().into_iter();
            match next_page() {
                Some(Ok(page)) => items = page.into_iter(),
                Some(Err(error)) => {
                    over = true;
                    return Some(Err(error));
                }
                None => over = true,
            }
        }
    })
}
