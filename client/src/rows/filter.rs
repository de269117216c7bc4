//! Conditions on rows (Dune's `filters`): columns compared with literals, joined by and and or. Names and literals are
//! quoted here, so that none of them can become part of the condition.

use std::fmt;
use std::fmt::Write as _;

use super::column::ColumnName;
use crate::error::SelectionFault;

/// A condition on rows, like that of an SQL `WHERE`; it begins with [`column`](super::column).
///
/// Dune compares a column with a literal, knows `IN`, `LIKE` and `IS NOT NULL`, and joins such comparisons with `AND` and
/// `OR`. It knows no `NOT` and no expressions: those belong into the query.
///
/// ```
/// use dune_pipeline::rows::{Filter, column};
///
/// let chains = column("blockchain").is_in(["base", "ethereum"]);
/// let large = column("amount_usd").gt(1e6).or(column("taker").like("0xdead%"));
/// assert_eq!(
///     chains.and(large).to_string(),
///     "blockchain IN ('base', 'ethereum') AND (amount_usd > 1000000.0 OR taker LIKE '0xdead%')"
/// );
/// // What has no method goes as it is written.
/// let text = Filter::text("tx_hash = 0xce6f59cf");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a condition does nothing until it is given to `Results::filter`"]
pub struct Filter {
    text: String,
    joint: Joint,
    fault: Option<SelectionFault>,
}

/// What holds a condition together, and so whether it needs parentheses inside of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Joint {
    Nothing,
    And,
    Or,
}

impl Filter {
    /// A condition in Dune's own words, sent as it is.
    pub fn text(text: impl Into<String>) -> Filter {
        Filter {
            text: text.into(),
            // It may be joined by anything.
            joint: Joint::Or,
            fault: None,
        }
    }

    /// Rows that fulfil both.
    pub fn and(self, other: Filter) -> Filter {
        self.join(Joint::And, " AND ", other)
    }

    /// Rows that fulfil one of them, or both.
    pub fn or(self, other: Filter) -> Filter {
        self.join(Joint::Or, " OR ", other)
    }

    pub(super) fn atom(text: String) -> Filter {
        Filter {
            text,
            joint: Joint::Nothing,
            fault: None,
        }
    }

    pub(super) fn compare(column: &ColumnName, operator: &str, value: Literal) -> Filter {
        match value.0 {
            Ok(value) => Filter::atom(format!("{column} {operator} {value}")),
            Err(value) => Filter::refused(SelectionFault::NotFinite {
                column: column.name().to_owned(),
                value,
            }),
        }
    }

    pub(super) fn is_in(column: &ColumnName, values: impl Iterator<Item = Literal>) -> Filter {
        let mut text = String::new();
        for value in values {
            match value.0 {
                Ok(value) if text.is_empty() => {
                    // Written to a `String`, which cannot fail.
                    let _ = write!(text, "{column} IN ({value}");
                }
                Ok(value) => {
                    text.push_str(", ");
                    text.push_str(&value);
                }
                Err(value) => {
                    return Filter::refused(SelectionFault::NotFinite {
                        column: column.name().to_owned(),
                        value,
                    });
                }
            }
        }
        if text.is_empty() {
            return Filter::refused(SelectionFault::NoValues {
                column: column.name().to_owned(),
            });
        }
        text.push(')');
        Filter::atom(text)
    }

    /// What is to be sent, or why nothing is.
    pub(super) fn checked(&self) -> Result<&str, &SelectionFault> {
        self.fault.as_ref().map_or(Ok(&self.text), Err)
    }

    fn refused(fault: SelectionFault) -> Filter {
        Filter {
            text: String::new(),
            joint: Joint::Nothing,
            fault: Some(fault),
        }
    }

    fn join(self, joint: Joint, word: &str, other: Filter) -> Filter {
        let mut text = self.inside(joint);
        text.push_str(word);
        text.push_str(&other.inside(joint));
        Filter {
            text,
            joint,
            fault: self.fault.or(other.fault),
        }
    }

    fn inside(&self, joint: Joint) -> String {
        match self.joint == Joint::Nothing || self.joint == joint {
            true => self.text.clone(),
            false => format!("({})", self.text),
        }
    }
}

/// The condition as it is sent.
impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A value that a column is compared with: text or a number, for Dune takes no others. Dates and times go as text, as in
/// `'2024-03-05 15:03'`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Literal(Result<String, String>);

impl Literal {
    /// A `varbinary`: an address or a hash, written as `0x..` and not as text.
    ///
    /// ```
    /// use dune_pipeline::rows::{Literal, column};
    ///
    /// let by = column("taker").is_in([Literal::varbinary(&[0xde, 0xad])]);
    /// assert_eq!(by.to_string(), "taker IN (0xdead)");
    /// ```
    #[must_use]
    pub fn varbinary(bytes: &[u8]) -> Literal {
        let mut text = String::with_capacity(2 + 2 * bytes.len());
        text.push_str("0x");
        for byte in bytes {
            // Written to a `String`, which cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        Literal(Ok(text))
    }

    fn text(text: &str) -> Literal {
        Literal(Ok(format!("'{}'", text.replace('\'', "''"))))
    }
}

impl From<&str> for Literal {
    fn from(text: &str) -> Literal {
        Literal::text(text)
    }
}

impl From<String> for Literal {
    fn from(text: String) -> Literal {
        Literal::text(&text)
    }
}

impl From<&String> for Literal {
    fn from(text: &String) -> Literal {
        Literal::text(text)
    }
}

macro_rules! whole_numbers {
    ($($number:ty),*) => {
        $(impl From<$number> for Literal {
            fn from(number: $number) -> Literal {
                Literal(Ok(number.to_string()))
            }
        })*
    };
}

whole_numbers!(
    i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize
);

#[cfg(feature = "ruint")]
impl<const BITS: usize, const LIMBS: usize> From<ruint::Uint<BITS, LIMBS>> for Literal {
    fn from(number: ruint::Uint<BITS, LIMBS>) -> Literal {
        Literal(Ok(number.to_string()))
    }
}

#[cfg(feature = "alloy-primitives")]
impl<const BITS: usize, const LIMBS: usize> From<alloy_primitives::Signed<BITS, LIMBS>>
    for Literal
{
    fn from(number: alloy_primitives::Signed<BITS, LIMBS>) -> Literal {
        Literal(Ok(number.to_string()))
    }
}

/// A `varbinary`, as [`Literal::varbinary`] makes it.
#[cfg(feature = "alloy-primitives")]
impl From<alloy_primitives::Address> for Literal {
    fn from(address: alloy_primitives::Address) -> Literal {
        Literal::varbinary(address.as_slice())
    }
}

/// A `varbinary`, as [`Literal::varbinary`] makes it.
#[cfg(feature = "alloy-primitives")]
impl<const N: usize> From<alloy_primitives::FixedBytes<N>> for Literal {
    fn from(bytes: alloy_primitives::FixedBytes<N>) -> Literal {
        Literal::varbinary(bytes.as_slice())
    }
}

/// One that is not finite is refused when rows are asked for, before anything is sent.
impl From<f64> for Literal {
    fn from(number: f64) -> Literal {
        let text = format!("{number:?}");
        Literal(if number.is_finite() {
            Ok(text)
        } else {
            Err(text)
        })
    }
}

/// One that is not finite is refused when rows are asked for, before anything is sent.
impl From<f32> for Literal {
    fn from(number: f32) -> Literal {
        let text = format!("{number:?}");
        Literal(if number.is_finite() {
            Ok(text)
        } else {
            Err(text)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::column::column;
    use super::*;

    #[test]
    fn no_literal_can_become_part_of_the_condition() {
        for (text, literal) in [
            ("it's", "'it''s'"),
            ("' OR 'a' = 'a", "''' OR ''a'' = ''a'"),
            ("\\'", "'\\'''"),
            ("", "''"),
            ("a\"b", "'a\"b'"),
        ] {
            let filter = column("x").eq(text);
            assert_eq!(filter.to_string(), format!("x = {literal}"));
        }
    }

    #[test]
    fn parentheses_stand_where_and_would_bind_otherwise() {
        let x = |n: i32| column("x").eq(n);
        assert_eq!(
            x(1).or(x(2)).or(x(3)).to_string(),
            "x = 1 OR x = 2 OR x = 3"
        );
        assert_eq!(
            x(1).or(x(2)).and(x(3)).to_string(),
            "(x = 1 OR x = 2) AND x = 3"
        );
        assert_eq!(
            x(1).and(x(2)).or(x(3)).to_string(),
            "(x = 1 AND x = 2) OR x = 3"
        );
        assert_eq!(
            Filter::text("x = 1 or y = 2").and(x(3)).to_string(),
            "(x = 1 or y = 2) AND x = 3"
        );
    }

    #[test]
    fn numbers_are_written_with_all_their_digits() {
        let x = |literal: Literal| column("x").eq(literal).to_string();
        assert_eq!(x(u128::MAX.into()), format!("x = {}", u128::MAX));
        assert_eq!(x((-7_i8).into()), "x = -7");
        assert_eq!(x(0.1.into()), "x = 0.1");
        assert_eq!(x(1e300.into()), "x = 1e300");
        assert_eq!(x(0.1_f32.into()), "x = 0.1");
    }

    #[test]
    fn what_cannot_be_sent_is_kept_with_its_reason_wherever_it_is_joined() {
        let bad = || column("x").gt(f64::NAN);
        let good = || column("y").eq(1);
        let fault = SelectionFault::NotFinite {
            column: "x".to_owned(),
            value: "NaN".to_owned(),
        };
        for filter in [bad(), bad().and(good()), good().or(bad())] {
            assert_eq!(filter.checked(), Err(&fault));
        }
        let none = column("x").is_in(Vec::<i64>::new());
        assert!(matches!(
            none.checked(),
            Err(SelectionFault::NoValues { .. })
        ));
    }
}
