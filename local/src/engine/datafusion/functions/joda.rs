//! `format_datetime`, with Joda's patterns as far as people use them.

use chrono::{Datelike, NaiveDateTime, Timelike};

use super::{
    bad_argument,
    patterns::{MONTHS, WEEKDAYS, name},
};
use crate::engine::SqlError;

/// The clock in the pattern.
pub(super) fn joda(
    pattern: &str,
    c: NaiveDateTime,
    zone: Option<&str>,
) -> Result<String, SqlError> {
    if pattern.is_empty() {
        return Err(bad_argument("Both printing and parsing not supported"));
    }
    let mut out = String::new();
    let mut chars = pattern.chars().peekable();
    while let Some(letter) = chars.next() {
        if letter == '\'' {
            let mut any = false;
            loop {
                match chars.next() {
                    Some('\'') if chars.peek() == Some(&'\'') => {
                        chars.next();
                        out.push('\'');
                    }
                    Some('\'') => break,
                    Some(c) => out.push(c),
                    None => return Err(bad_argument("Invalid pattern specification")),
                }
                any = true;
            }
            if !any {
                out.push('\'');
            }
            continue;
        }
        if !letter.is_ascii_alphabetic() {
            out.push(letter);
            continue;
        }
        let mut width = 1;
        while chars.next_if_eq(&letter).is_some() {
            width += 1;
        }
        let number = |n: u32| format!("{n:0>width$}");
        let half = |h: u32| if h.is_multiple_of(12) { 12 } else { h % 12 };
        out.push_str(&match (letter, width) {
            ('y' | 'Y', 2) => format!("{:02}", c.year().rem_euclid(100)),
            ('y' | 'Y', _) => format!("{:0>width$}", c.year()),
            ('x', 2) => format!("{:02}", c.iso_week().year().rem_euclid(100)),
            ('x', _) => format!("{:0>width$}", c.iso_week().year()),
            ('M', 1 | 2) => number(c.month()),
            ('M', 3) => name(&MONTHS, c.month0())
                .get(..3)
                .unwrap_or_default()
                .to_owned(),
            ('M', _) => name(&MONTHS, c.month0()).to_owned(),
            ('d', _) => number(c.day()),
            ('D', _) => number(c.ordinal()),
            ('w', _) => number(c.iso_week().week()),
            ('e', _) => number(c.weekday().number_from_monday()),
            ('E', 1..=3) => name(&WEEKDAYS, c.weekday().num_days_from_monday())
                .get(..3)
                .unwrap_or_default()
                .to_owned(),
            ('E', _) => name(&WEEKDAYS, c.weekday().num_days_from_monday()).to_owned(),
            ('a', _) => (if c.hour() < 12 { "AM" } else { "PM" }).to_owned(),
            ('H', _) => number(c.hour()),
            ('h', _) => number(half(c.hour())),
            ('m', _) => number(c.minute()),
            ('s', _) => number(c.second()),
            ('S', 1..=3) => format!("{:03}", c.nanosecond() / 1_000_000)
                .get(..width)
                .unwrap_or_default()
                .to_owned(),
            ('Z', 3..) if zone.is_some() => zone.unwrap_or_default().to_owned(),
            _ => {
                let message = format!(
                    "format_datetime with `{letter}` is not supported by the local engine yet"
                );
                return Err(SqlError::new("NOT_SUPPORTED", message));
            }
        });
    }
    Ok(out)
}
