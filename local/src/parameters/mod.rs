//! The parameters of a query: what a saved query declares, what a caller gives, and the SQL that
//! comes of both.
//!
//! As on Dune, a value replaces `{{key}}` as text, before the SQL is parsed. It can therefore
//! change what the statement says; it cannot make the engine do more than read the workspace.

mod substitute;
mod values;

pub(crate) use substitute::fill;
pub(crate) use values::{Given, ParameterError, Values};

use chrono::{DateTime, NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};

/// The type of a parameter, in Dune's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// Any text.
    Text,
    /// A decimal number.
    Number,
    /// A time as `YYYY-MM-DD hh:mm:ss`.
    Datetime,
    /// One of given options.
    Enum,
}

impl Kind {
    /// The type of that name. Dune's page says `date` in one place; it means `datetime`.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "text" => Self::Text,
            "number" => Self::Number,
            "datetime" | "date" => Self::Datetime,
            "enum" => Self::Enum,
            _ => return None,
        })
    }

    /// Dune's name of the type.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Datetime => "datetime",
            Self::Enum => "enum",
        }
    }
}

/// A parameter that a saved query declares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Parameter {
    /// Stands in the SQL as `{{key}}`.
    pub(crate) key: String,
    pub(crate) kind: Kind,
    /// What it is where the caller says nothing; several only for a multiselect.
    pub(crate) defaults: Option<Vec<String>>,
    /// What an enum may be.
    pub(crate) options: Vec<String>,
    /// Whether several options may be chosen at once.
    pub(crate) multiselect: bool,
    /// Whether an enum also takes what is not among its options.
    pub(crate) freeform: bool,
    pub(crate) description: String,
}

/// What is wrong with the declaration of a parameter.
#[derive(Debug)]
pub(crate) struct Misdeclared {
    pub(crate) message: String,
    pub(crate) remedy: String,
}

impl Parameter {
    /// The default, as the text that goes into the SQL.
    pub(crate) fn default_text(&self) -> String {
        self.defaults.as_deref().unwrap_or_default().join(",")
    }

    /// Whether one value is of this parameter's type.
    pub(crate) fn takes(&self, value: &str) -> bool {
        match self.kind {
            Kind::Text => true,
            Kind::Number => is_number(value),
            Kind::Datetime => is_datetime(value),
            Kind::Enum => self.freeform || self.options.iter().any(|option| option == value),
        }
    }

    /// Judges the declaration by itself.
    pub(crate) fn check(&self) -> Result<(), Misdeclared> {
        let key = &self.key;
        let wrong = |message: String, remedy: &str| {
            Err(Misdeclared {
                message,
                remedy: remedy.to_owned(),
            })
        };
        if key.trim() != key || key.is_empty() || key.contains(['{', '}']) {
            return wrong(
                format!("`{key}` cannot be the key of a parameter"),
                "a key stands between braces in the SQL, so it has no braces and no blanks around it",
            );
        }
        if self.kind == Kind::Enum && self.options.is_empty() {
            return wrong(
                format!("the enum parameter `{key}` has no options"),
                "add `options = [\"..\", \"..\"]`",
            );
        }
        if self.kind != Kind::Enum && !self.options.is_empty() {
            return wrong(
                format!("the {} parameter `{key}` has options", self.kind.name()),
                "only an `enum` has options: remove them or change the type",
            );
        }
        let Some(defaults) = &self.defaults else {
            if self.kind == Kind::Text {
                return Ok(());
            }
            return wrong(
                format!("the {} parameter `{key}` has no default", self.kind.name()),
                "add `default = ..`: every parameter has a value where a caller gives none",
            );
        };
        if defaults.len() != 1 && !self.multiselect {
            return wrong(
                format!("the parameter `{key}` has {} defaults", defaults.len()),
                "give one, or add `multiselect = true`",
            );
        }
        for value in defaults {
            if !self.takes(value) {
                return wrong(
                    format!(
                        "the default `{value}` of `{key}` is no value of type {}",
                        self.kind.name()
                    ),
                    match self.kind {
                        Kind::Enum => "choose one of its options",
                        Kind::Datetime => "write it as `YYYY-MM-DD hh:mm:ss`",
                        _ => "write a decimal number",
                    },
                );
            }
        }
        Ok(())
    }
}

fn is_number(value: &str) -> bool {
    let starts = value.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c));
    let letters = value
        .chars()
        .all(|c| c.is_ascii_digit() || "+-.eE".contains(c));
    starts && letters && value.parse::<f64>().is_ok()
}

fn is_datetime(value: &str) -> bool {
    let plain = [
        "%Y-%m-%d %H:%M:%S%.f",
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%d %H:%M",
    ];
    plain
        .iter()
        .any(|form| NaiveDateTime::parse_from_str(value, form).is_ok())
        || NaiveDate::parse_from_str(value, "%Y-%m-%d").is_ok()
        || DateTime::parse_from_rfc3339(value).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_a_decimal_number_and_nothing_that_looks_like_sql() {
        for good in ["22", "-3.5", "1e6", "3.1415926535", "+.5"] {
            assert!(is_number(good), "{good}");
        }
        for bad in [
            "", "inf", "NaN", "1; drop", "0x12", "1 or 1=1", "e5", "1_000", " 1",
        ] {
            assert!(!is_number(bad), "{bad}");
        }
    }

    #[test]
    fn a_datetime_is_a_day_that_exists() {
        for good in [
            "2022-05-04 00:00:00",
            "2024-02-29",
            "2020-12-01T01:20:30Z",
            "2020-12-01 01:20:30.123",
        ] {
            assert!(is_datetime(good), "{good}");
        }
        for bad in [
            "",
            "2023-02-29 00:00:00",
            "yesterday",
            "2022-05-04 25:00:00",
        ] {
            assert!(!is_datetime(bad), "{bad}");
        }
    }
}
