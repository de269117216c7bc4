//! A value as it is compared: by its column's type, not by its JSON.
//! Decimals and large integers are exact, times are compared in one spelling.

use std::cmp::Ordering;

use serde_json::Value;

use bigdecimal::BigDecimal;

/// What a column's values are, as far as comparing goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Boolean,
    /// Integers and decimals.
    Exact,
    Float,
    /// Dates, times and timestamps.
    Moment,
    Text,
}

/// A value that can be compared with another of its kind.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Key {
    Boolean(bool),
    Exact(BigDecimal),
    Float(f64),
    Text(String),
}

impl Kind {
    /// The kind of a type as `typeof()` spells it; none for what has no order, such as arrays and maps.
    pub(super) fn of(data_type: &str) -> Option<Self> {
        let word = data_type.split(['(', ' ']).next().unwrap_or_default();
        Some(match word {
            "boolean" => Self::Boolean,
            "tinyint" | "smallint" | "integer" | "bigint" | "decimal" | "uint256" | "int256" => {
                Self::Exact
            }
            "real" | "double" => Self::Float,
            "date" | "time" | "timestamp" => Self::Moment,
            "varchar" | "char" | "varbinary" | "json" | "uuid" | "ipaddress" => Self::Text,
            _ => return None,
        })
    }
}

impl Key {
    /// The value of a cell; none for NULL.
    pub(super) fn of(kind: Kind, value: &Value) -> Option<Self> {
        let text = match value {
            Value::Null => return None,
            Value::Bool(value) => return Some(Self::Boolean(*value)),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        Some(match kind {
            Kind::Boolean => Self::Boolean(text == "true"),
            Kind::Exact => Self::Exact(text.parse().ok()?),
            Kind::Float => Self::Float(text.parse().ok()?),
            Kind::Moment => Self::Text(moment(&text)),
            Kind::Text => Self::Text(text),
        })
    }

    /// How two values stand to each other; none for a NaN, and for values of two kinds.
    pub(super) fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Boolean(one), Self::Boolean(other)) => Some(one.cmp(other)),
            (Self::Exact(one), Self::Exact(other)) => Some(one.cmp(other)),
            (Self::Float(one), Self::Float(other)) => one.partial_cmp(other),
            (Self::Text(one), Self::Text(other)) => Some(one.cmp(other)),
            _ => None,
        }
    }

    /// An order of all values: NaN is above infinity, as Trino sorts it.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Float(one), Self::Float(other)) if one.is_nan() || other.is_nan() => {
                one.is_nan().cmp(&other.is_nan())
            }
            _ => self.compare(other).unwrap_or(Ordering::Equal),
        }
    }
}

/// Dates and times in one spelling that sorts as they do: `2024-03-05`, `2024-03-05 15:03` and
/// `2024-03-05T15:03:00.000Z` become `2024-03-05 00:00:00` and twice `2024-03-05 15:03:00`.
pub(super) fn moment(text: &str) -> String {
    let text = text.trim();
    let text = text
        .strip_suffix(" UTC")
        .or_else(|| text.strip_suffix('Z'))
        .unwrap_or(text);
    let mut text = text.replacen('T', " ", 1);
    if text.contains('.') {
        let kept = text.trim_end_matches('0').trim_end_matches('.').len();
        text.truncate(kept);
    }
    let is_date = text.len() == 10 && text.matches('-').count() == 2;
    if is_date {
        text.push_str(" 00:00:00");
    } else if text.matches(':').count() == 1 {
        text.push_str(":00");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_have_one_spelling() {
        for text in [
            "2024-03-05 00:00:00.000 UTC",
            "2024-03-05T00:00:00Z",
            "2024-03-05 00:00",
            "2024-03-05",
        ] {
            assert_eq!(moment(text), "2024-03-05 00:00:00", "{text}");
        }
        assert_eq!(moment("2024-03-05 15:03:00.120"), "2024-03-05 15:03:00.12");
    }

    #[test]
    fn decimals_are_compared_exactly_and_doubles_as_doubles() {
        let exact = |text: &str| Key::of(Kind::Exact, &text.into());
        assert_eq!(exact("1.50"), exact("1.5"));
        let large = "123456789012345678901234567890.1";
        let larger = "123456789012345678901234567890.2";
        let order = exact(large).unwrap().compare(&exact(larger).unwrap());
        assert_eq!(order, Some(Ordering::Less));
        let nan = Key::of(Kind::Float, &"NaN".into()).unwrap();
        let infinity = Key::of(Kind::Float, &"Infinity".into()).unwrap();
        assert_eq!(nan.compare(&nan), None);
        assert_eq!(nan.order(&infinity), Ordering::Greater);
    }
}
