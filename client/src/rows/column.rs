//! Columns by name, as conditions and orders on rows mention them: quoted where a name would be read as something else.

use std::fmt;

use super::filter::{Filter, Literal};

/// A column of a result, by its name: the start of a condition on rows, or of their order.
///
/// ```
/// use dune_pipeline::rows::column;
///
/// let large = column("amount_usd").ge(10_000).and(column("block chain").eq("ethereum"));
/// assert_eq!(large.to_string(), r#"amount_usd >= 10000 AND "block chain" = 'ethereum'"#);
/// ```
pub fn column(name: impl Into<String>) -> ColumnName {
    ColumnName(name.into())
}

/// The name of a column; see [`column()`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a name is no condition by itself"]
pub struct ColumnName(String);

/// A column that rows are sorted by; of several, each decides where those before it are equal.
///
/// A name alone is in ascending order; [`ColumnName::descending`] turns it round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SortKey {
    column: ColumnName,
    descending: bool,
}

impl ColumnName {
    /// Rows whose value is this one.
    pub fn eq(self, value: impl Into<Literal>) -> Filter {
        self.compare("=", value.into())
    }

    /// Rows whose value is less.
    pub fn lt(self, value: impl Into<Literal>) -> Filter {
        self.compare("<", value.into())
    }

    /// Rows whose value is less or equal.
    pub fn le(self, value: impl Into<Literal>) -> Filter {
        self.compare("<=", value.into())
    }

    /// Rows whose value is greater.
    pub fn gt(self, value: impl Into<Literal>) -> Filter {
        self.compare(">", value.into())
    }

    /// Rows whose value is greater or equal.
    pub fn ge(self, value: impl Into<Literal>) -> Filter {
        self.compare(">=", value.into())
    }

    /// Rows whose value is one of these. Of no values at all it is refused before anything is sent.
    pub fn is_in(self, values: impl IntoIterator<Item = impl Into<Literal>>) -> Filter {
        Filter::is_in(&self, values.into_iter().map(Into::into))
    }

    /// Rows whose text is like this one, in which `%` stands for any text and `_` for any character.
    pub fn like(self, pattern: impl Into<String>) -> Filter {
        self.compare("LIKE", Literal::from(pattern.into()))
    }

    /// Rows that have a value here.
    pub fn is_not_null(self) -> Filter {
        Filter::atom(format!("{self} IS NOT NULL"))
    }

    /// The smallest value first.
    pub fn ascending(self) -> SortKey {
        SortKey {
            column: self,
            descending: false,
        }
    }

    /// The greatest value first.
    pub fn descending(self) -> SortKey {
        SortKey {
            column: self,
            descending: true,
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.0
    }

    fn compare(self, operator: &str, value: Literal) -> Filter {
        Filter::compare(&self, operator, value)
    }
}

impl<S: Into<String>> From<S> for ColumnName {
    fn from(name: S) -> ColumnName {
        column(name)
    }
}

impl<S: Into<String>> From<S> for SortKey {
    fn from(name: S) -> SortKey {
        column(name).ascending()
    }
}

/// The name as it stands in a text that Dune reads.
impl fmt::Display for ColumnName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match is_plain(&self.0) {
            true => f.write_str(&self.0),
            false => write!(f, "\"{}\"", self.0.replace('"', "\"\"")),
        }
    }
}

impl fmt::Display for SortKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.descending {
            true => write!(f, "{} desc", self.column),
            false => write!(f, "{}", self.column),
        }
    }
}

/// Whether a name can be read as nothing but a name.
fn is_plain(name: &str) -> bool {
    /// The words of conditions and orders.
    const WORDS: [&str; 17] = [
        "and", "asc", "between", "by", "desc", "exists", "false", "first", "in", "is", "last",
        "like", "not", "null", "nulls", "or", "true",
    ];
    let mut characters = name.chars();
    let starts = |c: char| c.is_ascii_alphabetic() || c == '_';
    characters.next().is_some_and(starts)
        && characters.all(|c| starts(c) || c.is_ascii_digit())
        && !WORDS.iter().any(|word| word.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_quoted_only_where_it_has_to_be() {
        for (name, text) in [
            ("amount_usd", "amount_usd"),
            ("_col0", "_col0"),
            ("block time", "\"block time\""),
            ("1st", "\"1st\""),
            ("a.b", "\"a.b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("Order", "Order"),
            ("NULL", "\"NULL\""),
            ("x' or 1=1 --", "\"x' or 1=1 --\""),
            ("\u{1f984}", "\"\u{1f984}\""),
            ("", "\"\""),
        ] {
            assert_eq!(column(name).to_string(), text);
        }
    }

    #[test]
    fn an_order_says_its_direction_where_it_is_not_the_usual_one() {
        assert_eq!(SortKey::from("a").to_string(), "a");
        assert_eq!(column("a b").descending().to_string(), "\"a b\" desc");
        assert_eq!(column("a").ascending(), SortKey::from("a"));
    }
}
