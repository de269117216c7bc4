//! Values as text: what `cast(x as varchar)` gives, what Dune's JSON holds, and reading such text back.

use std::fmt::Write as _;

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use serde_json::{Value as Json, json};

use super::{
    calendar::{self, DAY, SECOND},
    types::{Type, Zone},
    value::Value,
    wide,
};

/// The value as Trino prints it; `None` for NULL.
pub(crate) fn print(value: &Value, ty: &Type) -> Option<String> {
    Some(match (value, ty) {
        (Value::Null, _) => return None,
        (Value::Bool(v), _) => v.to_string(),
        (Value::Int(days), Type::Date) => print_date(calendar::date(*days)?),
        (Value::Int(micros), Type::Timestamp(precision)) => print_clock(*micros, *precision)?,
        (Value::Int(micros), Type::TimestampTz(precision, zone)) => {
            format!(
                "{} {zone}",
                print_clock(calendar::to_local(zone, *micros)?, *precision)?
            )
        }
        (Value::Int(micros), Type::Time(precision)) => print_clock(*micros, *precision)?
            .split_once(' ')
            .map(|(_, time)| time.to_owned())?,
        (Value::Int(millis), Type::IntervalDay) => {
            let (sign, size) = (if *millis < 0 { "-" } else { "" }, millis.unsigned_abs());
            let (seconds, fraction) = (size / 1000, size % 1000);
            let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
            format!(
                "{sign}{days} {hours:02}:{minutes:02}:{:02}.{fraction:03}",
                seconds % 60
            )
        }
        (Value::Int(months), Type::IntervalMonth) => {
            let (sign, size) = (if *months < 0 { "-" } else { "" }, months.unsigned_abs());
            format!("{sign}{}-{}", size / 12, size % 12)
        }
        (Value::Int(v), _) => v.to_string(),
        (Value::Real(v), _) => {
            // Seven digits, as Trino prints a real.
            let digits = format!("{v:.6e}");
            let (mantissa, exponent) = digits.split_once('e').unwrap_or((&digits, "0"));
            let mantissa = mantissa.trim_end_matches('0').trim_end_matches('.');
            scientific(&format!("{mantissa}e{exponent}"), f64::from(*v))
        }
        (Value::Double(v), _) if v.abs() == f64::from_bits(1) => {
            // Java's shortest digits of the least double are two.
            (if *v < 0.0 { "-4.9E-324" } else { "4.9E-324" }).to_owned()
        }
        (Value::Double(v), _) => scientific(&format!("{v:e}"), *v),
        (Value::Decimal(v), Type::Decimal(_, scale)) => print_decimal(*v, *scale),
        (Value::Text(text), Type::Char(length)) => {
            let width = usize::try_from(*length).unwrap_or(0);
            format!("{text:<width$}")
        }
        (Value::Text(text), _) => text.to_string(),
        (Value::Bytes(bytes), ty) if ty.is_wide() => wide::print(bytes, ty),
        (Value::Bytes(bytes), _) => hex(bytes),
        (value, ty) => json(value, ty).to_string(),
    })
}

/// The value in Dune's JSON: see [`Row`](crate::engine::Row).
pub(crate) fn json(value: &Value, ty: &Type) -> Json {
    match (value, ty) {
        (Value::Null, _) => Json::Null,
        (Value::Bool(v), _) => json!(v),
        (Value::Int(v), Type::Tinyint | Type::Smallint | Type::Integer | Type::Bigint) => json!(v),
        (Value::Real(v), _) if v.is_finite() => v
            .to_string()
            .parse::<f64>()
            .map_or(Json::Null, |v| json!(v)),
        (Value::Double(v), _) if v.is_finite() => json!(v),
        (Value::List(list), Type::Array(element)) => {
            list.iter().map(|v| json(v, element)).collect()
        }
        (Value::List(list), Type::Row(fields)) => list
            .iter()
            .zip(fields)
            .map(|(v, (_, ty))| json(v, ty))
            .collect(),
        (Value::List(list), Type::Map(key, inner)) => {
            let mut entries = serde_json::Map::new();
            let mut pairs: Vec<_> = list
                .iter()
                .filter_map(|entry| match entry {
                    Value::List(pair) => {
                        Some((print(pair.first()?, key)?, json(pair.get(1)?, inner)))
                    }
                    _ => None,
                })
                .collect();
            pairs.sort_by(|a, b| a.0.cmp(&b.0));
            entries.extend(pairs);
            Json::Object(entries)
        }
        (value, ty) => print(value, ty).map_or(Json::Null, Json::String),
    }
}

/// Bytes as `0x` and lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold("0x".to_owned(), |mut text, byte| {
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The bytes of hex digits, or `None`.
pub(crate) fn unhex(digits: &str) -> Option<Vec<u8>> {
    let nibbles = digits
        .chars()
        .map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok()))
        .collect::<Option<Vec<_>>>()?;
    (nibbles.len() % 2 == 0).then(|| {
        nibbles
            .chunks(2)
            .map(|pair| pair.iter().fold(0, |byte, nibble| byte << 4 | nibble))
            .collect()
    })
}

/// `6e-1` as Java's `6.0E-1`.
fn scientific(digits: &str, value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    if value == 0.0 {
        return if value.is_sign_negative() {
            "-0E0"
        } else {
            "0E0"
        }
        .to_owned();
    }
    let (mantissa, exponent) = digits.split_once('e').unwrap_or((digits, "0"));
    let point = if mantissa.contains('.') { "" } else { ".0" };
    format!("{mantissa}{point}E{exponent}")
}

pub(crate) fn print_decimal(unscaled: i128, scale: u8) -> String {
    let sign = if unscaled < 0 { "-" } else { "" };
    let (digits, scale) = (unscaled.unsigned_abs().to_string(), usize::from(scale));
    if scale == 0 {
        return format!("{sign}{digits}");
    }
    let digits = format!("{digits:0>width$}", width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    format!("{sign}{whole}.{fraction}")
}

fn print_date(date: NaiveDate) -> String {
    let year = date.year();
    let sign = if year < 0 { "-" } else { "" };
    format!(
        "{sign}{:04}-{:02}-{:02}",
        year.unsigned_abs(),
        date.month(),
        date.day()
    )
}

fn print_clock(micros: i64, precision: u8) -> Option<String> {
    let clock = calendar::clock(micros)?;
    let far = if clock.year() > 9999 { "+" } else { "" };
    let mut text = format!(
        "{far}{} {:02}:{:02}:{:02}",
        print_date(clock.date()),
        clock.hour(),
        clock.minute(),
        clock.second()
    );
    if precision > 0 {
        let fraction = format!("{:06}", clock.nanosecond() / 1000);
        text.push('.');
        text.push_str(
            fraction
                .get(..usize::from(precision.min(6)))
                .unwrap_or(&fraction),
        );
    }
    Some(text)
}

/// A date such as `2024-1-5`, blanks around it allowed.
pub(crate) fn parse_date(text: &str) -> Option<i64> {
    let text = text.trim();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let mut parts = digits.split('-');
    let (year, month, day) = (
        number(parts.next()?, 1, 6)?,
        number(parts.next()?, 1, 2)?,
        number(parts.next()?, 1, 2)?,
    );
    if parts.next().is_some() {
        return None;
    }
    let year = i32::try_from(year).ok()?.checked_mul(sign)?;
    Some(calendar::days(NaiveDate::from_ymd_opt(year, month, day)?))
}

fn number(digits: &str, least: usize, most: usize) -> Option<u32> {
    let fits = (least..=most).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    if fits { digits.parse().ok() } else { None }
}

/// A timestamp, its digits of the second, and the zone if one is written. Digits beyond six are rounded off.
pub(crate) fn parse_timestamp(text: &str) -> Option<(i64, u8, Option<Zone>)> {
    let text = text.trim();
    let (date, rest) = text.split_once(' ').unwrap_or((text, ""));
    let (time, zone) = if rest.starts_with(|c: char| c.is_ascii_digit()) {
        match rest.split_once(' ') {
            Some((time, zone)) => (time, Some(zone)),
            None => match rest.find(['+', '-', 'Z']) {
                Some(at) => (&rest[..at], Some(&rest[at..])),
                None => (rest, None),
            },
        }
    } else {
        ("", (!rest.is_empty()).then_some(rest))
    };
    let days = parse_date(date)?;
    let (of_day, precision) = if time.is_empty() {
        (0, 0)
    } else {
        parse_time(time)?
    };
    let zone = match zone {
        Some(zone) => Some(calendar::zone(zone)?),
        None => None,
    };
    Some((days.checked_mul(DAY)?.checked_add(of_day)?, precision, zone))
}

/// A time of day in microseconds, and its digits of the second.
pub(crate) fn parse_time(text: &str) -> Option<(i64, u8)> {
    let mut parts = text.split(':');
    let (hour, minute) = (number(parts.next()?, 1, 2)?, number(parts.next()?, 1, 2)?);
    let (second, fraction) = match parts.next() {
        Some(second) => second.split_once('.').unwrap_or((second, "")),
        None => ("0", ""),
    };
    if parts.next().is_some()
        || fraction.len() > 12
        || !fraction.bytes().all(|b| b.is_ascii_digit())
    {
        return None;
    }
    let second = number(second, 1, 2)?;
    let time = NaiveTime::from_hms_opt(hour, minute, second)?;
    let digits = format!("{fraction:0<7}");
    let micros: i64 = digits.get(..6)?.parse().ok()?;
    let up = i64::from(digits.as_bytes().get(6).is_some_and(|d| *d >= b'5'));
    let whole = i64::from(time.num_seconds_from_midnight()) * SECOND;
    Some((whole + micros + up, u8::try_from(fraction.len()).ok()?))
}

/// The instant of a parsed timestamp in its zone, or in UTC.
pub(crate) fn instant(local: i64, zone: Option<&Zone>) -> Option<i64> {
    zone.map_or(Some(local), |zone| calendar::from_local(zone, local))
}

/// A decimal's unscaled number, its digits and its scale.
pub(crate) fn parse_decimal(text: &str) -> Option<(i128, u8, u8)> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => (-1, &text[1..]),
        b'+' => (1, &text[1..]),
        _ => (1, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{fraction}");
    if all.is_empty() || !all.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let significant = whole.trim_start_matches('0').len() + fraction.len();
    let precision = u8::try_from(significant.max(1))
        .ok()?
        .max(u8::try_from(fraction.len()).ok()?);
    if precision > 38 {
        return None;
    }
    Some((
        sign * all.parse::<i128>().ok()?,
        precision,
        u8::try_from(fraction.len()).ok()?,
    ))
}

/// The clock that a timestamp shows in its own zone.
pub(crate) fn local(micros: i64, ty: &Type) -> Option<NaiveDateTime> {
    match ty {
        Type::Date => calendar::clock(micros.checked_mul(DAY)?),
        Type::TimestampTz(_, zone) => calendar::clock(calendar::to_local(zone, micros)?),
        _ => calendar::clock(micros),
    }
}
