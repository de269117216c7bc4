//! Values of query parameters, in the form in which Dune takes them: text, whatever the parameter's type.
//! Here is what a value is; the rooms beside it hold dates, and what cannot be one value and is refused by name.

#[cfg(feature = "alloy-primitives")]
mod alloy_primitives;
#[cfg(feature = "chrono")]
mod chrono;
#[cfg(any(feature = "chrono", feature = "jiff", feature = "time"))]
mod datetime;
#[cfg(feature = "jiff")]
mod jiff;
mod refused;
#[cfg(feature = "ruint")]
mod ruint;
#[cfg(feature = "time")]
mod time;

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

/// A value for a parameter of a query.
///
/// Dune has text, number, datetime and enum parameters, puts their values into the SQL as text, and takes all of them as
/// text; so does this trait:
///
/// | Dune's type | in Rust | as it is sent |
/// |---|---|---|
/// | text, enum | `&str`, `String` and other owned or borrowed text | as it is |
/// | text | `Address`, `FixedBytes` and `Bytes` of `alloy-primitives`, with the feature of that name | `0xdeadbeef` |
/// | number | whole numbers of any size, with the features `ruint` and `alloy-primitives` also their `Uint` and `Signed` (`U256`, `I256`); a number written in `pipeline!` itself, with the digits it was written with; finite `f32` and `f64` | `40000`, `0.10`, `5.0` |
/// | datetime | the dates and times of `chrono`, `jiff` and `time`, with the feature of that name; text | `2026-01-31 00:00:00`, in UTC |
///
/// `None` leaves the parameter out: the query then uses the value that is saved with it.
///
/// A datetime has whole seconds, for that is what Dune's parameters hold: a fraction is cut off, which gives the second that the
/// instant lies in. A date is its first second. What has an offset or a zone is converted to UTC, what has none is taken as UTC.
/// Years are 0000 to 9999; others are refused when the pipeline is built. Dates of any other crate go as text in this form.
///
/// There is no `bool`, no length of time and no time of day without its day, for no type of Dune's parameters is one, and no list: Dune
/// takes it as one text with commas. Such types are refused when compiling, with what to write instead.
///
/// Types of one's own become values by what they are made of:
///
/// ```
/// use dune_pipeline::{Parameter, ParameterValue, pipeline};
///
/// enum Chain {
///     Ethereum,
///     Base,
/// }
///
/// impl ParameterValue for Chain {
///     fn to_parameter(&self) -> Parameter {
///         match self {
///             Chain::Ethereum => "ethereum".to_parameter(),
///             Chain::Base => "base".to_parameter(),
///         }
///     }
/// }
///
/// let share = pipeline![share = query(3101).parameters(blockchain = Chain::Base)];
/// # share.check().unwrap();
/// # assert!(share.to_json().unwrap().contains(r#""blockchain":"base""#));
/// # drop(Chain::Ethereum);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a Dune query parameter",
    label = "no value for a parameter of a query",
    note = "text, whole numbers, finite floats, and an `Option` of these can; dates with the feature `chrono`, `jiff` or `time`, numbers of 256 bits with `ruint` or `alloy-primitives`, addresses and hashes with the latter",
    note = "make text or a number of it (`duration.as_secs()`), or implement `ParameterValue` for a type of your own"
)]
pub trait ParameterValue {
    /// This value as Dune takes it.
    fn to_parameter(&self) -> Parameter;
}

/// The value of a parameter as it is sent, or that it is left out, or why it cannot be sent. Made by [`ParameterValue`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter(pub(super) Sent);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Sent {
    Text(String),
    LeftOut,
    /// Told when the pipeline is built.
    Refused(Refused),
}

/// A value that no parameter can have, though its type is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refused {
    /// A float that is no number, as Rust writes it.
    NotFinite(String),
    /// A date or time whose year has not four digits, or has not in UTC; as its crate writes it.
    #[cfg(any(feature = "chrono", feature = "jiff", feature = "time"))]
    YearOutOfRange(String),
}

impl Parameter {
    /// Sent as it is.
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self(Sent::Text(text.into()))
    }

    pub(crate) fn as_text(&self) -> Option<&str> {
        match &self.0 {
            Sent::Text(text) => Some(text),
            Sent::LeftOut | Sent::Refused(_) => None,
        }
    }
}

impl ParameterValue for Parameter {
    fn to_parameter(&self) -> Parameter {
        self.clone()
    }
}

impl<T: ParameterValue + ?Sized> ParameterValue for &T {
    fn to_parameter(&self) -> Parameter {
        (**self).to_parameter()
    }
}

impl<T: ParameterValue> ParameterValue for Option<T> {
    fn to_parameter(&self) -> Parameter {
        match self {
            Some(value) => value.to_parameter(),
            None => Parameter(Sent::LeftOut),
        }
    }
}

macro_rules! sent_as_displayed {
    ($($value:ty),*) => {$(
        impl ParameterValue for $value {
            fn to_parameter(&self) -> Parameter {
                Parameter::text(self.to_string())
            }
        }
    )*};
}
sent_as_displayed!(str, String, Cow<'_, str>, Box<str>, Arc<str>, Rc<str>);
sent_as_displayed!(
    i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize
);

macro_rules! floats {
    ($($float:ty),*) => {$(
        impl ParameterValue for $float {
            fn to_parameter(&self) -> Parameter {
                let digits = self.to_string();
                Parameter(if !self.is_finite() {
                    Sent::Refused(Refused::NotFinite(digits))
                } else if digits.contains('.') {
                    Sent::Text(digits)
                } else {
                    // In SQL a number without a point is an integer, and divides like one.
                    Sent::Text(digits + ".0")
                })
            }
        }
    )*};
}
floats!(f32, f64);
