//! What a node works on, the name of a view, the id of a query, and the tier it runs on, in whatever type the user has them.

use std::borrow::Cow;
use std::sync::Arc;

use dune_api::types::Performance;

/// What can name a materialized view: text. Dune's names are `dune.<team>.result_<name>`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the name of a view",
    label = "a view's name is text",
    note = "write it like `refresh(\"dune.<team>.result_<name>\")`; `&str`, `String` and `Cow<str>` can name a view"
)]
pub trait ViewName: sealed::View {}

/// What can be the id of a query: a whole number of any type, the one in the query's address.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the id of a query",
    label = "a query's id is a whole number",
    note = "it is the number in the query's address, `dune.com/queries/<id>`"
)]
pub trait QueryId: sealed::Query {}

/// What can be the tier that a node runs on: a [`Performance`], or an `Option` of one. Dune chooses where it is `None`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no tier of Dune's engine",
    label = "a tier is a `Performance`",
    note = "write its bare name, as in `.performance(Large)`, or any expression for a `Performance` or an `Option` of one"
)]
pub trait Tier: sealed::Tier {}

pub(super) mod sealed {
    use super::Performance;

    pub trait Tier {
        fn tier(&self) -> Option<Performance>;
    }

    pub trait View {
        fn view_name(&self) -> String;
    }

    pub trait Query {
        /// Numbers beyond this type are cut to its end, where they are as wrong as before.
        fn query_id(&self) -> i128;
    }
}

#[diagnostic::do_not_recommend]
impl<T: ViewName + ?Sized> ViewName for &T {}
impl<T: ViewName + ?Sized> sealed::View for &T {
    fn view_name(&self) -> String {
        (**self).view_name()
    }
}

#[diagnostic::do_not_recommend]
impl Tier for Performance {}
impl sealed::Tier for Performance {
    fn tier(&self) -> Option<Performance> {
        Some(*self)
    }
}

#[diagnostic::do_not_recommend]
impl Tier for Option<Performance> {}
impl sealed::Tier for Option<Performance> {
    fn tier(&self) -> Option<Performance> {
        *self
    }
}

#[diagnostic::do_not_recommend]
impl<T: Tier> Tier for &T {}
impl<T: Tier> sealed::Tier for &T {
    fn tier(&self) -> Option<Performance> {
        (**self).tier()
    }
}

macro_rules! view_names {
    ($($text:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl ViewName for $text {}
        impl sealed::View for $text {
            fn view_name(&self) -> String {
                self.to_string()
            }
        }
    )*};
}
view_names!(str, String, Cow<'_, str>, Box<str>, Arc<str>);

macro_rules! query_ids {
    ($($number:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl QueryId for $number {}
        impl sealed::Query for $number {
            fn query_id(&self) -> i128 {
                i128::try_from(*self).unwrap_or(i128::MAX)
            }
        }
        #[diagnostic::do_not_recommend]
        impl QueryId for &$number {}
        impl sealed::Query for &$number {
            fn query_id(&self) -> i128 {
                (**self).query_id()
            }
        }
    )*};
}
query_ids!(
    i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize
);
