//! The rows of a query: page after page, each row read into a type of the caller's, and the total checked.

mod column;
mod envelope;
mod filter;
mod misfit;
mod number;
mod origin;
mod page;
mod pages;
mod reader;
mod results;
mod selection;

pub use self::column::{ColumnName, SortKey, column};
pub use self::filter::{Filter, Literal};
pub use self::number::{number, number_or_null};
pub(crate) use self::origin::Source;
pub(crate) use self::page::columns;
pub use self::page::{Column, Page};
pub use self::pages::Pages;
pub use self::results::Results;
