//! The rows of a query: page after page, each row read into a type of the caller's, and the total checked.

mod number;
mod pages;

pub use self::number::{number, number_or_null};
pub(crate) use self::pages::Source;
pub use self::pages::{Column, Page, Pages};
