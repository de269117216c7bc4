//! The rows of a query: page after page, each row read into a type of the caller's, and the total checked.

mod number;
mod origin;
mod page;
mod pages;
mod results;

pub use self::number::{number, number_or_null};
pub(crate) use self::origin::Source;
pub(crate) use self::page::columns;
pub use self::page::{Column, Page};
pub use self::pages::Pages;
pub use self::results::Results;
