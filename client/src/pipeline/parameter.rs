//! Values of query parameters, in the form in which Dune takes them: text, whatever the parameter's type.

use std::borrow::Cow;
use std::sync::Arc;

/// A value for a parameter of a query.
///
/// Dune has text, number, datetime and enum parameters, puts their values into the SQL as text, and takes all of them as
/// text; so does this trait. Whole numbers are exact at any size, and a number written in `pipeline!` itself is sent with
/// the digits it was written with. `None` leaves the parameter out: the query then uses the value that is saved with it.
///
/// A datetime is text too: `"2026-01-31 00:00:00"`. A list, for a query that splits its parameter, is text with commas.
/// There is no `bool`: no type of Dune's parameters is one, so write the word that the query compares with.
///
/// Types of one's own become values by what they are made of:
///
/// ```
/// use dune_pipeline::{Parameter, ParameterValue, pipeline};
///
/// enum Chain { Ethereum, Base }
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
    note = "text (`&str`, `String`), whole numbers and finite floats can; `None` of an `Option` leaves the parameter out",
    note = "a datetime is text: `\"2026-01-31 00:00:00\"`"
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
    /// A float that is no number, as Rust writes it. Told when the pipeline is built.
    NotFinite(String),
}

impl Parameter {
    /// Sent as it is.
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self(Sent::Text(text.into()))
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
sent_as_displayed!(str, String, Cow<'_, str>, Box<str>, Arc<str>);
sent_as_displayed!(
    i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize
);

macro_rules! floats {
    ($($float:ty),*) => {$(
        impl ParameterValue for $float {
            fn to_parameter(&self) -> Parameter {
                let digits = self.to_string();
                Parameter(if !self.is_finite() {
                    Sent::NotFinite(digits)
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
