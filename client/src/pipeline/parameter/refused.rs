//! Types that people hand over as parameters and Dune does not take. Each "implements" `ParameterValue` under a bound that
//! nothing meets, for then the compiler tells the bound's own message, which says what to write instead. It does so only where
//! the bound is on another type than the value itself, which is why the value is the bound's argument.

use std::collections::{HashSet, VecDeque};
use std::time::SystemTime;

use super::{Parameter, ParameterValue, Sent};

/// Never implemented.
#[diagnostic::on_unimplemented(
    message = "`{T}` cannot be a Dune query parameter: a parameter has one value",
    label = "a list is no value for a parameter of a query",
    note = "Dune takes a list as one text with commas, which the query splits: `unnest(split('{{{{key}}}}', ','))`",
    note = "join it: `list.join(\",\")`"
)]
pub trait HoldsList<T: ?Sized> {}

/// Never implemented.
#[diagnostic::on_unimplemented(
    message = "`{T}` cannot be a Dune query parameter: none of Dune's types is a truth value",
    label = "no value for a parameter of a query",
    note = "a parameter is text, a number, a datetime or one of an enum",
    note = "send the word that the query compares with: `flag.to_string()` is `\"true\"` or `\"false\"`"
)]
pub trait HoldsTruth<T> {}

/// Never implemented.
#[diagnostic::on_unimplemented(
    message = "`{T}` cannot be a Dune query parameter: it knows no calendar",
    label = "no value for a parameter of a query",
    note = "a datetime has the form `2026-01-31 00:00:00`, in UTC",
    note = "send a time of `chrono`, `jiff` or `time`, with the feature of that name, or text in this form"
)]
pub trait HoldsClock<T> {}

/// Never implemented.
#[cfg(any(feature = "chrono", feature = "jiff", feature = "time"))]
#[diagnostic::on_unimplemented(
    message = "`{T}` cannot be a Dune query parameter: it is a time of no day",
    label = "no value for a parameter of a query",
    note = "a datetime has the form `2026-01-31 00:00:00`, in UTC",
    note = "send it with its day, or as the text that the query compares with"
)]
pub trait HoldsTimeOfDay<T> {}

// The bounds are for all lifetimes, without which those on types without arguments would be refused here already. No macro writes
// these, for the compiler would speak of it.

#[doc(hidden)]
impl<T> ParameterValue for [T]
where
    for<'a> Parameter: HoldsList<[T]>,
{
    fn to_parameter(&self) -> Parameter {
        Parameter(Sent::LeftOut)
    }
}

#[doc(hidden)]
impl<T, const N: usize> ParameterValue for [T; N]
where
    for<'a> Parameter: HoldsList<[T; N]>,
{
    fn to_parameter(&self) -> Parameter {
        Parameter(Sent::LeftOut)
    }
}

#[doc(hidden)]
impl<T> ParameterValue for Vec<T>
where
    for<'a> Parameter: HoldsList<Vec<T>>,
{
    fn to_parameter(&self) -> Parameter {
        Parameter(Sent::LeftOut)
    }
}

#[doc(hidden)]
impl<T> ParameterValue for VecDeque<T>
where
    for<'a> Parameter: HoldsList<VecDeque<T>>,
{
    fn to_parameter(&self) -> Parameter {
        Parameter(Sent::LeftOut)
    }
}

#[doc(hidden)]
impl<T, S> ParameterValue for HashSet<T, S>
where
    for<'a> Parameter: HoldsList<HashSet<T, S>>,
{
    fn to_parameter(&self) -> Parameter {
        Parameter(Sent::LeftOut)
    }
}

#[doc(hidden)]
impl ParameterValue for bool
where
    for<'a> Parameter: HoldsTruth<bool>,
{
    fn to_parameter(&self) -> Parameter {
        Parameter(Sent::LeftOut)
    }
}

#[doc(hidden)]
impl ParameterValue for SystemTime
where
    for<'a> Parameter: HoldsClock<SystemTime>,
{
    fn to_parameter(&self) -> Parameter {
        Parameter(Sent::LeftOut)
    }
}

#[cfg(feature = "chrono")]
#[doc(hidden)]
impl ParameterValue for chrono::NaiveTime
where
    for<'a> Parameter: HoldsTimeOfDay<chrono::NaiveTime>,
{
    fn to_parameter(&self) -> Parameter {
        Parameter(Sent::LeftOut)
    }
}

#[cfg(feature = "jiff")]
#[doc(hidden)]
impl ParameterValue for jiff::civil::Time
where
    for<'a> Parameter: HoldsTimeOfDay<jiff::civil::Time>,
{
    fn to_parameter(&self) -> Parameter {
        Parameter(Sent::LeftOut)
    }
}

#[cfg(feature = "time")]
#[doc(hidden)]
impl ParameterValue for time::Time
where
    for<'a> Parameter: HoldsTimeOfDay<time::Time>,
{
    fn to_parameter(&self) -> Parameter {
        Parameter(Sent::LeftOut)
    }
}
