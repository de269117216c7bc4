//! `cast(x as type)`: which casts there are, and what each does to a value.

use datafusion::arrow::datatypes::i256;

use super::{
    calendar::{self, DAY},
    text,
    types::{self, Type},
    value::Value,
    wide,
};
use crate::engine::SqlError;

/// Whether there is such a cast at all.
pub(crate) fn exists(from: &Type, to: &Type) -> bool {
    use Type::{
        Array, Boolean, Char, Date, IntervalDay, IntervalMonth, Map, Row, Time, Timestamp,
        TimestampTz, Unknown, Varbinary, Varchar,
    };
    match (from, to) {
        (Unknown, _) => true,
        (a, b) if a == b => true,
        (a, b) if a.is_wide() || b.is_wide() => wide::castable(a, b),
        (Array(a), Array(b)) => exists(a, b),
        (Map(k, v), Map(l, w)) => exists(k, l) && exists(v, w),
        (Row(a), Row(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|((_, a), (_, b))| exists(a, b))
        }
        (a, b) if a.is_number() && b.is_number() => true,
        (a, Boolean) | (Boolean, a) if a.is_number() => true,
        (Varchar(_) | Char(_), b) => {
            b.is_number()
                || b.is_text()
                || b.is_time()
                || matches!(b, Boolean | Time(_) | Varbinary)
        }
        (a, Varchar(_)) => {
            a.is_number()
                || a.is_time()
                || matches!(a, Boolean | Time(_) | IntervalDay | IntervalMonth)
        }
        (Date, Timestamp(_) | TimestampTz(..)) | (Timestamp(_) | TimestampTz(..), Date) => true,
        (Timestamp(_) | TimestampTz(..), Timestamp(_) | TimestampTz(..) | Time(_))
        | (Time(_), Time(_)) => true,
        _ => false,
    }
}

/// Casts a value of `from` to `to`.
pub(crate) fn cast(value: &Value, from: &Type, to: &Type) -> Result<Value, SqlError> {
    if value.is_null() || from == to {
        return Ok(value.clone());
    }
    if from.is_wide() || to.is_wide() {
        return wide::cast(value, from, to);
    }
    let bad = || bad_cast(value, from, to);
    match (value, from, to) {
        (Value::List(list), Type::Array(a), Type::Array(b)) => Ok(Value::List(
            list.iter()
                .map(|v| cast(v, a, b))
                .collect::<Result<_, _>>()?,
        )),
        (Value::List(list), Type::Row(a), Type::Row(b)) => Ok(Value::List(
            list.iter()
                .zip(a.iter().zip(b))
                .map(|(v, ((_, a), (_, b)))| cast(v, a, b))
                .collect::<Result<_, _>>()?,
        )),
        (Value::List(list), Type::Map(k, v), Type::Map(l, w)) => {
            let mut entries: Vec<Value> = Vec::with_capacity(list.len());
            for entry in list {
                let Value::List(pair) = entry else {
                    return Err(bad());
                };
                let [key, value] = pair.as_slice() else {
                    return Err(bad());
                };
                let key = cast(key, k, l)?;
                if entries
                    .iter()
                    .any(|e| matches!(e, Value::List(p) if p.first().is_some_and(|k| k.same(&key))))
                {
                    return Err(SqlError::new("INVALID_CAST_ARGUMENT", "duplicate keys"));
                }
                entries.push(Value::List(vec![key, cast(value, v, w)?]));
            }
            Ok(Value::List(entries))
        }
        (_, Type::Varchar(_) | Type::Char(_), _) => from_text(value, from, to),
        (_, _, Type::Varchar(length)) => {
            let text = text::print(value, from).ok_or_else(bad)?;
            if length.is_some_and(|most| {
                text.chars().count() > usize::try_from(most).unwrap_or(usize::MAX)
            }) {
                let message = format!("Value {text} cannot be represented as {to}");
                // Trino lets booleans pass whole.
                if !matches!(value, Value::Bool(_)) {
                    return Err(SqlError::new("INVALID_CAST_ARGUMENT", message));
                }
            }
            Ok(Value::text(text))
        }
        (Value::Bool(v), _, to) => number(if *v { 1.0 } else { 0.0 }, to).ok_or_else(bad),
        (Value::Int(v), from, Type::Boolean) if from.is_integer() => Ok(Value::Bool(*v != 0)),
        (Value::Double(v), _, Type::Boolean) => Ok(Value::Bool(*v != 0.0)),
        (Value::Real(v), _, Type::Boolean) => Ok(Value::Bool(*v != 0.0)),
        (Value::Decimal(v), _, Type::Boolean) => Ok(Value::Bool(*v != 0)),
        (Value::Int(v), from, to) if from.is_integer() && to.is_integer() => fits(*v, to)
            .then_some(Value::Int(*v))
            .ok_or_else(|| out_of_range(v, to)),
        #[expect(clippy::cast_precision_loss, reason = "what the cast means")]
        (Value::Int(v), from, Type::Double) if from.is_integer() => Ok(Value::Double(*v as f64)),
        #[expect(clippy::cast_precision_loss, reason = "what the cast means")]
        (Value::Int(v), from, Type::Real) if from.is_integer() => Ok(Value::Real(*v as f32)),
        (Value::Int(i64::MIN), Type::Bigint, Type::Decimal(..)) => Err(SqlError::new(
            "NOT_SUPPORTED",
            "a cast of the least bigint to decimal is not supported by the local engine yet",
        )),
        (Value::Int(v), from, Type::Decimal(p, s)) if from.is_integer() => {
            rescale(i128::from(*v), 0, *p, *s)
                .map(Value::Decimal)
                .ok_or_else(bad)
        }
        (Value::Decimal(v), Type::Decimal(_, s), Type::Decimal(p, t)) => {
            rescale(*v, *s, *p, *t).map(Value::Decimal).ok_or_else(bad)
        }
        (Value::Decimal(v), Type::Decimal(_, s), Type::Double | Type::Real) => {
            let value: f64 = text::print_decimal(*v, *s).parse().map_err(|_| bad())?;
            number(value, to).ok_or_else(bad)
        }
        (Value::Decimal(v), Type::Decimal(_, s), to) if to.is_integer() => {
            let whole = rescale(*v, *s, 38, 0)
                .and_then(|v| i64::try_from(v).ok())
                .filter(|v| fits(*v, to));
            whole.map(Value::Int).ok_or_else(|| {
                let name = trino_name(to);
                SqlError::new(
                    "INVALID_CAST_ARGUMENT",
                    format!("Cannot cast '{}' to {name}", text::print_decimal(*v, *s)),
                )
            })
        }
        (Value::Real(v), _, Type::Double) => Ok(Value::Double(f64::from(*v))),
        (Value::Real(v), _, to) if to.is_integer() => whole(f64::from(*v), to),
        #[expect(clippy::cast_possible_truncation, reason = "what the cast means")]
        (Value::Double(v), _, Type::Real) => Ok(Value::Real(*v as f32)),
        (Value::Double(v), _, to) if to.is_integer() => whole(*v, to),
        (Value::Double(v), _, Type::Decimal(p, s)) => decimal_of(&v.to_string(), *p, *s)
            .map(Value::Decimal)
            .ok_or_else(bad),
        (Value::Real(v), _, Type::Decimal(p, s)) => decimal_of(&v.to_string(), *p, *s)
            .map(Value::Decimal)
            .ok_or_else(bad),
        (Value::Int(v), _, _) => times(*v, from, to).map(Value::Int).ok_or_else(bad),
        _ => Err(bad()),
    }
}

/// Between dates, times and timestamps.
fn times(v: i64, from: &Type, to: &Type) -> Option<i64> {
    match (from, to) {
        (Type::Date, Type::Timestamp(_)) => v.checked_mul(DAY),
        (Type::Date, Type::TimestampTz(_, zone)) => calendar::from_local(zone, v.checked_mul(DAY)?),
        (Type::Timestamp(_), Type::Date) => Some(v.div_euclid(DAY)),
        (Type::TimestampTz(_, zone), Type::Date) => {
            Some(calendar::to_local(zone, v)?.div_euclid(DAY))
        }
        (Type::Timestamp(_), Type::Timestamp(p))
        | (Type::TimestampTz(..), Type::TimestampTz(p, _)) => Some(calendar::round(v, *p)),
        (Type::Timestamp(_), Type::TimestampTz(p, zone)) => {
            Some(calendar::round(calendar::from_local(zone, v)?, *p))
        }
        (Type::TimestampTz(_, zone), Type::Timestamp(p)) => {
            Some(calendar::round(calendar::to_local(zone, v)?, *p))
        }
        (Type::Timestamp(_) | Type::Time(_), Type::Time(p)) => {
            Some(calendar::round(v.rem_euclid(DAY), *p).rem_euclid(DAY))
        }
        (Type::TimestampTz(_, zone), Type::Time(p)) => {
            Some(calendar::round(calendar::to_local(zone, v)?.rem_euclid(DAY), *p).rem_euclid(DAY))
        }
        _ => None,
    }
}

fn from_text(value: &Value, from: &Type, to: &Type) -> Result<Value, SqlError> {
    let bad = || bad_cast(value, from, to);
    let Value::Text(raw) = value else {
        return Err(bad());
    };
    let padded = text::print(value, from).unwrap_or_default();
    let s = padded.as_str();
    let odd = s.chars().any(|c| !c.is_ascii() && c.is_numeric())
        || s.trim_start_matches(['+', '-']).starts_with("0x");
    if odd && to.is_number() {
        let message =
            format!("a cast of the digits of '{s}' is not supported by the local engine yet");
        return Err(SqlError::new("NOT_SUPPORTED", message));
    }
    match to {
        Type::Varchar(None) => Ok(Value::text(s)),
        Type::Varchar(Some(n)) => Ok(Value::text(
            s.chars()
                .take(usize::try_from(*n).unwrap_or(usize::MAX))
                .collect::<String>(),
        )),
        Type::Char(n) => Ok(char_value(s, *n)),
        Type::Varbinary => Ok(Value::Bytes(raw.as_bytes().into())),
        Type::Boolean => match s.to_lowercase().as_str() {
            "true" | "t" | "1" => Ok(Value::Bool(true)),
            "false" | "f" | "0" => Ok(Value::Bool(false)),
            _ => Err(bad()),
        },
        Type::Double => float(s).map(Value::Double).ok_or_else(bad),
        #[expect(clippy::cast_possible_truncation, reason = "what the cast means")]
        Type::Real => match s.trim().parse::<f32>() {
            Ok(v)
                if s.trim()
                    .bytes()
                    .all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b)) =>
            {
                Ok(Value::Real(v))
            }
            _ => float(s).map(|v| Value::Real(v as f32)).ok_or_else(bad),
        },
        Type::Decimal(p, s2) => {
            let number = decimal_text(s).ok_or_else(bad)?;
            decimal_of(&number, *p, *s2)
                .map(Value::Decimal)
                .ok_or_else(|| {
                    let message = format!(
                        "Cannot cast VARCHAR '{s}' to DECIMAL({p}, {s2}). Value too large."
                    );
                    SqlError::new("INVALID_CAST_ARGUMENT", message)
                })
        }
        Type::Date => text::parse_date(s)
            .map(Value::Int)
            .ok_or_else(|| unreadable(s, "date")),
        Type::Time(p) => text::parse_time(s.trim())
            .map(|(v, _)| Value::Int(calendar::round(v, *p).rem_euclid(DAY)))
            .ok_or_else(|| unreadable(s, "time")),
        Type::Timestamp(p) => match text::parse_timestamp(s) {
            Some((local, _, _)) => Ok(Value::Int(calendar::round(local, *p))),
            None => Err(unreadable(s, "timestamp")),
        },
        Type::TimestampTz(p, zone) => match text::parse_timestamp(s) {
            Some((local, _, written)) => {
                if written.as_ref().is_some_and(|written| written != zone) {
                    let message = format!(
                        "a timestamp with the zone of '{s}' among others is not supported by the local engine yet"
                    );
                    return Err(SqlError::new("NOT_SUPPORTED", message));
                }
                text::instant(local, Some(zone))
                    .map(|v| Value::Int(calendar::round(v, *p)))
                    .ok_or_else(bad)
            }
            None => Err(unreadable(s, "timestamp with time zone")),
        },
        to if to.is_integer() => {
            let digits = s.trim();
            let plain = digits.trim_start_matches(['+', '-']);
            if plain.is_empty()
                || digits.len() - plain.len() > 1
                || !plain.bytes().all(|b| b.is_ascii_digit())
            {
                return Err(bad());
            }
            digits
                .parse()
                .ok()
                .filter(|v| fits(*v, to))
                .map(Value::Int)
                .ok_or_else(bad)
        }
        _ => Err(bad()),
    }
}

fn unreadable(text: &str, what: &str) -> SqlError {
    SqlError::new(
        "INVALID_CAST_ARGUMENT",
        format!("Value cannot be cast to {what}: {text}"),
    )
}

/// A char(n): at most n characters, kept without the blanks that pad it.
pub(crate) fn char_value(text: &str, length: u32) -> Value {
    let cut: String = text
        .chars()
        .take(usize::try_from(length).unwrap_or(usize::MAX))
        .collect();
    Value::text(cut.trim_end_matches(' '))
}

/// A double as Java reads it.
fn float(text: &str) -> Option<f64> {
    let text = text.trim();
    match text {
        "NaN" | "+NaN" | "-NaN" => return Some(f64::NAN),
        "Infinity" | "+Infinity" => return Some(f64::INFINITY),
        "-Infinity" => return Some(f64::NEG_INFINITY),
        _ => {}
    }
    let digits = text.strip_suffix(['d', 'D', 'f', 'F']).unwrap_or(text);
    digits
        .bytes()
        .all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b))
        .then(|| digits.parse().ok())?
}

/// A decimal that may have an exponent, written out.
fn decimal_text(text: &str) -> Option<String> {
    let ok = !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
    if !ok {
        return None;
    }
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], text[at + 1..].parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (sign, digits) = match mantissa.as_bytes().first()? {
        b'-' => ("-", &mantissa[1..]),
        b'+' => ("", &mantissa[1..]),
        _ => ("", mantissa),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{fraction}");
    if all.is_empty() || !all.bytes().all(|b| b.is_ascii_digit()) || exponent.abs() > 400 {
        return None;
    }
    let point = i64::try_from(whole.len()).ok()? + i64::from(exponent);
    Some(if point <= 0 {
        format!("{sign}0.{}{all}", "0".repeat(usize::try_from(-point).ok()?))
    } else {
        let point = usize::try_from(point).ok()?;
        let padded = format!("{all:0<point$}");
        let (whole, fraction) = padded.split_at(point);
        format!("{sign}{whole}.{fraction}")
    })
}

/// The unscaled number of a plain decimal text, rounded half away from zero.
pub(crate) fn decimal_of(text: &str, precision: u8, scale: u8) -> Option<i128> {
    let text = decimal_text(text)?;
    let (negative, digits) = text
        .strip_prefix('-')
        .map_or((false, text.as_str()), |rest| (true, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let kept = usize::from(scale);
    let padded = format!("{fraction:0<width$}", width = kept + 1);
    let digits = format!("{whole}{}", padded.get(..kept)?);
    let up = i128::from(padded.as_bytes().get(kept).is_some_and(|d| *d >= b'5'));
    let digits = digits.trim_start_matches('0');
    if digits.len() > 38 {
        return None;
    }
    let size = if digits.is_empty() {
        0
    } else {
        digits.parse::<i128>().ok()?
    };
    let size = size.checked_add(up)?;
    (size < 10_i128.checked_pow(precision.into())?).then_some(if negative { -size } else { size })
}

/// Changes the scale, rounding half away from zero; `None` where the digits do not fit.
pub(crate) fn rescale(value: i128, from: u8, precision: u8, to: u8) -> Option<i128> {
    let scaled = if to >= from {
        value.checked_mul(10_i128.checked_pow((to - from).into())?)?
    } else {
        divide_round(
            i256::from_i128(value),
            i256::from_i128(10_i128.checked_pow((from - to).into())?),
        )?
    };
    (scaled.unsigned_abs() < 10_u128.checked_pow(precision.into())?).then_some(scaled)
}

/// `a / b`, rounded half away from zero.
pub(crate) fn divide_round(a: i256, b: i256) -> Option<i128> {
    let (quotient, rest) = (a.checked_div(b)?, a.checked_rem(b)?);
    let negative = (a < i256::ZERO) != (b < i256::ZERO);
    let size = |v: i256| if v < i256::ZERO { v.wrapping_neg() } else { v };
    let up = size(rest).checked_mul(i256::from_i128(2))? >= size(b);
    let step = if up { i256::ONE } else { i256::ZERO };
    let rounded = if negative {
        quotient.checked_sub(step)?
    } else {
        quotient.checked_add(step)?
    };
    rounded.to_i128()
}

pub(crate) fn fits(v: i64, ty: &Type) -> bool {
    match ty {
        Type::Tinyint => i8::try_from(v).is_ok(),
        Type::Smallint => i16::try_from(v).is_ok(),
        Type::Integer => i32::try_from(v).is_ok(),
        _ => true,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "what the cast means")]
fn number(v: f64, to: &Type) -> Option<Value> {
    Some(match to {
        Type::Double => Value::Double(v),
        Type::Real => Value::Real(v as f32),
        Type::Decimal(p, s) => Value::Decimal(decimal_of(&v.to_string(), *p, *s)?),
        to if to.is_integer() => Value::Int(v as i64),
        _ => return None,
    })
}

/// A double to an integer, rounded half away from zero.
#[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
fn whole(v: f64, to: &Type) -> Result<Value, SqlError> {
    let rounded = v.round();
    if v.is_nan() || !(-9.223_372_036_854_776e18..9.223_372_036_854_776e18).contains(&rounded) {
        if matches!(to, Type::Bigint) || v.is_nan() {
            return Err(SqlError::new(
                "INVALID_CAST_ARGUMENT",
                format!("Unable to cast {v:?} to {to}"),
            ));
        }
        return Err(out_of_range(&v, to));
    }
    let whole = rounded as i64;
    fits(whole, to)
        .then_some(Value::Int(whole))
        .ok_or_else(|| out_of_range(&v, to))
}

fn out_of_range(v: &impl std::fmt::Display, to: &Type) -> SqlError {
    SqlError::new(
        "NUMERIC_VALUE_OUT_OF_RANGE",
        format!("Out of range for {to}: {v}"),
    )
}

fn trino_name(ty: &Type) -> String {
    match ty {
        Type::Integer => "INT".to_owned(),
        Type::Decimal(p, s) => format!("DECIMAL({p}, {s})"),
        other => other.to_string().to_uppercase(),
    }
}

fn bad_cast(value: &Value, from: &Type, to: &Type) -> SqlError {
    let shown = text::print(value, from).unwrap_or_default();
    let source = match from {
        Type::Varchar(_) | Type::Char(_) => String::new(),
        Type::Integer => "INTEGER ".to_owned(),
        from => format!("{} ", trino_name(from)),
    };
    SqlError::new(
        "INVALID_CAST_ARGUMENT",
        format!("Cannot cast {source}'{shown}' to {}", trino_name(to)),
    )
}

/// Whether no value of `from` can fail to become a `to`, nor change.
pub(crate) fn is_widening(from: &Type, to: &Type) -> bool {
    matches!((from, to), (a, Type::Double) if a.is_integer())
        || (from.is_integer() && to.is_integer() && types::coerces(from, to))
}
