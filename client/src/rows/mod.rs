//! The rows of a query: page after page, each row read into a type of the caller's, and the total checked.

mod number;
mod page;
mod pages;
mod source;

pub use self::number::{number, number_or_null};
pub use self::page::{Column, Page};
pub use self::pages::Pages;
pub(crate) use self::source::Source;
