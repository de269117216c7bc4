//! Dates and times in patterns: `date_format` and `date_parse` with MySQL's letters.

use chrono::{Datelike, Timelike};

use super::{
    super::{
        calendar,
        types::Type,
        value::Value::{self, Int, Text},
    },
    bad_argument, misfit,
    time::{Out, clock},
};
use crate::engine::SqlError;

pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

pub(super) const WEEKDAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

pub(super) fn name(names: &'static [&'static str], index: u32) -> &'static str {
    usize::try_from(index)
        .ok()
        .and_then(|i| names.get(i))
        .copied()
        .unwrap_or_default()
}

/// MySQL's patterns, as far as Trino knows them.
pub(super) fn date_format(values: &[Value], types: &[Type]) -> Out {
    let ([value, Text(pattern)], [ty, _]) = (values, types) else {
        return Err(misfit());
    };
    if pattern.is_empty() {
        return Err(bad_argument("Both printing and parsing not supported"));
    }
    let c = clock(Some(value), Some(ty))?;
    let mut out = String::new();
    let mut codes = pattern.chars();
    while let Some(p) = codes.next() {
        if p != '%' {
            out.push(p);
            continue;
        }
        let half = |h: u32| if h.is_multiple_of(12) { 12 } else { h % 12 };
        let noon = if c.hour() < 12 { "AM" } else { "PM" };
        let Some(code) = codes.next() else { break };
        out.push_str(&match code {
            'a' => name(&WEEKDAYS, c.weekday().num_days_from_monday())
                .get(..3)
                .unwrap_or_default()
                .to_owned(),
            'b' => name(&MONTHS, c.month0())
                .get(..3)
                .unwrap_or_default()
                .to_owned(),
            'c' => c.month().to_string(),
            'd' => format!("{:02}", c.day()),
            'e' => c.day().to_string(),
            'f' => format!("{:06}", c.nanosecond() / 1_000_000 * 1000),
            'H' => format!("{:02}", c.hour()),
            'h' | 'I' => format!("{:02}", half(c.hour())),
            'i' => format!("{:02}", c.minute()),
            'j' => format!("{:03}", c.ordinal()),
            'k' => c.hour().to_string(),
            'l' => half(c.hour()).to_string(),
            'M' => name(&MONTHS, c.month0()).to_owned(),
            'm' => format!("{:02}", c.month()),
            'p' => noon.to_owned(),
            'r' => format!(
                "{:02}:{:02}:{:02} {noon}",
                half(c.hour()),
                c.minute(),
                c.second()
            ),
            'S' | 's' => format!("{:02}", c.second()),
            'T' => format!("{:02}:{:02}:{:02}", c.hour(), c.minute(), c.second()),
            'v' => format!("{:02}", c.iso_week().week()),
            'W' => name(&WEEKDAYS, c.weekday().num_days_from_monday()).to_owned(),
            'x' => format!("{:04}", c.iso_week().year()),
            'Y' => format!("{:04}", c.year()),
            'y' => format!("{:02}", c.year().rem_euclid(100)),
            'D' | 'U' | 'u' | 'V' | 'w' | 'X' => {
                return Err(bad_argument(format!(
                    "%{code} not supported in date format string"
                )));
            }
            other => other.to_string(),
        });
    }
    Ok(Value::text(out))
}

/// Reads what [`date_format`] writes, for the codes that are numbers.
pub(super) fn date_parse(values: &[Value], _: &[Type]) -> Out {
    let [Text(s), Text(pattern)] = values else {
        return Err(misfit());
    };
    let bad = |rest: &str| {
        bad_argument(format!(
            "Invalid format: \"{s}\" is malformed at \"{rest}\""
        ))
    };
    let (mut year, mut month, mut day) = (1970, 1, 1);
    let (mut hour, mut minute, mut second, mut fraction, mut noon) = (0, 0, 0, 0, None);
    let mut rest: &str = s;
    let mut codes = pattern.chars();
    while let Some(p) = codes.next() {
        let code = if p == '%' { codes.next() } else { None };
        let Some(code) = code else {
            rest = rest.strip_prefix(p).ok_or_else(|| bad(rest))?;
            continue;
        };
        let mut take = |most: usize| {
            let digits = rest
                .bytes()
                .take(most)
                .take_while(u8::is_ascii_digit)
                .count();
            let (number, after) = rest.split_at(digits);
            let number: u32 = number.parse().map_err(|_| bad(rest))?;
            rest = after;
            Ok::<_, SqlError>((number, digits))
        };
        match code {
            'Y' => year = i32::try_from(take(4)?.0).unwrap_or(0),
            'm' | 'c' => month = take(2)?.0,
            'd' | 'e' => day = take(2)?.0,
            'H' | 'k' => hour = take(2)?.0,
            'h' | 'I' | 'l' => hour = take(2)?.0,
            'i' => minute = take(2)?.0,
            's' | 'S' => second = take(2)?.0,
            'f' => {
                let (number, digits) = take(9)?;
                let exponent = u32::try_from(digits).unwrap_or(0);
                // Milliseconds, the rest is cut off.
                fraction = i64::from(number) * 1000 / 10_i64.pow(exponent);
            }
            'T' => {
                hour = take(2)?.0;
                rest = rest.strip_prefix(':').ok_or_else(|| bad(rest))?;
                let mut take = |most: usize| {
                    let digits = rest
                        .bytes()
                        .take(most)
                        .take_while(u8::is_ascii_digit)
                        .count();
                    let (number, after) = rest.split_at(digits);
                    rest = after.strip_prefix(':').unwrap_or(after);
                    number.parse::<u32>().map_err(|_| bad(rest))
                };
                minute = take(2)?;
                second = take(2)?;
            }
            'p' => {
                let (word, after) = rest.split_at_checked(2).ok_or_else(|| bad(rest))?;
                noon = Some(word.eq_ignore_ascii_case("pm"));
                rest = after;
            }
            'D' | 'U' | 'u' | 'V' | 'w' | 'X' => {
                return Err(bad_argument(format!(
                    "%{code} not supported in date format string"
                )));
            }
            '%' => rest = rest.strip_prefix('%').ok_or_else(|| bad(rest))?,
            _ => {
                return Err(SqlError::new(
                    "NOT_SUPPORTED",
                    format!("date_parse with %{code} is not supported by the local engine yet"),
                ));
            }
        }
    }
    if !rest.is_empty() {
        return Err(bad(rest));
    }
    if let Some(afternoon) = noon {
        hour = hour % 12 + if afternoon { 12 } else { 0 };
    }
    if !(1..=12).contains(&month) {
        return Err(bad_argument(format!(
            "Invalid value for MonthOfYear (valid values 1 - 12): {month}"
        )));
    }
    let clock = chrono::NaiveDate::from_ymd_opt(year, month, day)
        .and_then(|d| d.and_hms_opt(hour, minute, second));
    let clock = clock.ok_or_else(|| bad(s))?;
    Ok(Int(calendar::micros(clock) + fraction * 1000))
}
