//! Functions on dates, times and intervals.

use chrono::{Datelike, Timelike};

use super::{
    super::{
        calendar::{self, DAY, SECOND},
        text,
        types::Type,
        value::Value::{self, Double, Int, Null, Text},
    },
    Line, Resolved, Run, bad_argument, joda, misfit, patterns,
};
use crate::engine::SqlError;

pub(super) type Out = Result<Value, SqlError>;

/// The names that [`resolve`] knows.
pub(super) const NAMES: &[&str] = &[
    "date_trunc",
    "date_add",
    "date_diff",
    "year",
    "quarter",
    "month",
    "week",
    "week_of_year",
    "day",
    "day_of_month",
    "day_of_week",
    "dow",
    "day_of_year",
    "doy",
    "hour",
    "minute",
    "second",
    "millisecond",
    "last_day_of_month",
    "date_format",
    "format_datetime",
    "to_unixtime",
    "date",
    "year_of_week",
    "yow",
    "to_iso8601",
];

pub(super) const TABLE: &[Line] = &[
    (
        "from_unixtime",
        "double->timestamp(3) with time zone",
        |v, _| match v {
            [Double(seconds)] => {
                let millis = (seconds * 1000.0).round();
                #[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
                let whole = millis as i64;
                if !millis.is_finite() || whole.unsigned_abs() > 1 << 52 {
                    return Err(bad_argument(format!("Millis overflow: {whole}")));
                }
                Ok(Int(whole * 1000))
            }
            _ => Err(misfit()),
        },
    ),
    (
        "to_milliseconds",
        "interval day to second->bigint",
        |v, _| v.first().cloned().ok_or_else(misfit),
    ),
    (
        "date_parse",
        "varchar,varchar->timestamp(3)",
        patterns::date_parse,
    ),
    ("from_iso8601_date", "varchar->date", |v, _| match v {
        [Text(s)] => text::parse_date(s)
            .map(Int)
            .ok_or_else(|| bad_argument(format!("Invalid format: \"{s}\""))),
        _ => Err(misfit()),
    }),
    (
        "from_iso8601_timestamp",
        "varchar->timestamp(3) with time zone",
        |v, _| {
            let [Text(s)] = v else { return Err(misfit()) };
            let bad = || bad_argument(format!("Invalid format: \"{s}\" is malformed"));
            if s.contains(' ') {
                return Err(bad());
            }
            let (local, _, zone) =
                text::parse_timestamp(&s.replacen('T', " ", 1)).ok_or_else(bad)?;
            match zone.as_deref() {
                None | Some("UTC") => Ok(Int(local.div_euclid(1000) * 1000)),
                Some(_) => Err(SqlError::new(
                    "NOT_SUPPORTED",
                    "from_iso8601_timestamp of another zone than UTC is not supported by the local engine yet",
                )),
            }
        },
    ),
];

/// Functions that keep a type, or take any date or timestamp.
pub(super) fn resolve(name: &str, args: &[Type]) -> Option<Resolved> {
    let take = |output: Type, run: Run| {
        Some(Resolved {
            params: args.to_vec(),
            output,
            run,
            sees_nulls: false,
        })
    };
    let text = |ty: &Type| matches!(ty, Type::Varchar(_));
    match (name, args) {
        ("date_trunc", [unit, ty]) if text(unit) && ty.is_time() => take(ty.clone(), date_trunc),
        ("date_add", [unit, n, ty]) if text(unit) && n.is_integer() && ty.is_time() => {
            let mut params = args.to_vec();
            *params.get_mut(1)? = Type::Bigint;
            Some(Resolved {
                params,
                output: ty.clone(),
                run: date_add,
                sees_nulls: false,
            })
        }
        ("date_diff", [unit, a, b]) if text(unit) && a.is_time() && b.is_time() => {
            let both = super::common(a, b)?;
            Some(Resolved {
                params: vec![unit.clone(), both.clone(), both],
                output: Type::Bigint,
                run: date_diff,
                sees_nulls: false,
            })
        }
        ("sequence", [a, b, step]) if matches!(step, Type::IntervalDay | Type::IntervalMonth) => {
            let both = super::common(a, b).filter(|ty| matches!(ty, Type::Timestamp(_)))?;
            let output = Type::array(both.clone());
            Some(Resolved {
                params: vec![both.clone(), both, step.clone()],
                output,
                run: super::array::moments,
                sees_nulls: false,
            })
        }
        ("date_format", [ty, pattern]) if ty.is_time() && text(pattern) => {
            take(Type::VARCHAR, patterns::date_format)
        }
        ("format_datetime", [ty, pattern]) if ty.is_time() && text(pattern) => {
            take(Type::VARCHAR, |v, t| {
                let ([value, Text(pattern)], [ty, _]) = (v, t) else {
                    return Err(misfit());
                };
                let zone = if let Type::TimestampTz(_, zone) = ty {
                    Some(zone.as_ref())
                } else {
                    None
                };
                Ok(Value::text(joda::joda(
                    pattern,
                    clock(Some(value), Some(ty))?,
                    zone,
                )?))
            })
        }
        ("last_day_of_month", [ty]) if ty.is_time() => take(Type::Date, |v, t| {
            let clock = clock(v.first(), t.first())?;
            let next = calendar::truncate("month", clock)
                .and_then(|first| calendar::add_months(first, 1))
                .ok_or_else(out_of_range)?;
            Ok(Int(calendar::days(next.date()) - 1))
        }),
        ("to_unixtime", [ty]) if ty.is_time() => take(Type::Double, |v, t| {
            let [Int(n)] = v else { return Err(misfit()) };
            let micros = if t.first() == Some(&Type::Date) {
                n * DAY
            } else {
                *n
            };
            #[expect(clippy::cast_precision_loss, reason = "what the function means")]
            Ok(Double(micros as f64 / 1e6))
        }),
        ("date", [ty]) if ty.is_time() || text(ty) => take(Type::Date, |v, t| match (v, t) {
            ([value], [ty]) => super::super::cast::cast(value, ty, &Type::Date),
            _ => Err(misfit()),
        }),
        ("to_iso8601", [Type::Date]) => take(Type::VARCHAR, |v, t| match (v, t) {
            ([value], [ty]) => Ok(text::print(value, ty).map_or(Null, Value::text)),
            _ => Err(misfit()),
        }),
        (_, [ty]) if ty.is_time() => take(Type::Bigint, part(name)?),
        ("hour", [Type::Time(_)]) => take(Type::Bigint, |v, _| of_day(v, 3600 * SECOND, 24)),
        ("minute", [Type::Time(_)]) => take(Type::Bigint, |v, _| of_day(v, 60 * SECOND, 60)),
        ("second", [Type::Time(_)]) => take(Type::Bigint, |v, _| of_day(v, SECOND, 60)),
        ("day", [Type::IntervalDay]) => {
            take(Type::Bigint, |v, _| of_interval(v, 86_400_000, i64::MAX))
        }
        ("hour", [Type::IntervalDay]) => take(Type::Bigint, |v, _| of_interval(v, 3_600_000, 24)),
        ("minute", [Type::IntervalDay]) => take(Type::Bigint, |v, _| of_interval(v, 60_000, 60)),
        ("second", [Type::IntervalDay]) => take(Type::Bigint, |v, _| of_interval(v, 1000, 60)),
        ("millisecond", [Type::IntervalDay]) => take(Type::Bigint, |v, _| of_interval(v, 1, 1000)),
        ("year", [Type::IntervalMonth]) => take(Type::Bigint, |v, _| of_interval(v, 12, i64::MAX)),
        ("month", [Type::IntervalMonth]) => take(Type::Bigint, |v, _| of_interval(v, 1, 12)),
        _ => None,
    }
}

fn of_day(values: &[Value], unit: i64, wrap: i64) -> Out {
    match values {
        [Int(v)] => Ok(Int(v / unit % wrap)),
        _ => Err(misfit()),
    }
}

fn of_interval(values: &[Value], unit: i64, wrap: i64) -> Out {
    of_day(values, unit, wrap)
}

/// A part of a date: `year(x)` and its like.
fn part(name: &str) -> Option<Run> {
    macro_rules! part {
        ($clock:ident => $part:expr) => {
            |v, t| {
                let $clock = clock(v.first(), t.first())?;
                Ok(Int(i64::from($part)))
            }
        };
    }
    Some(match name {
        "year" => part!(c => c.year()),
        "quarter" => part!(c => c.month0() / 3 + 1),
        "month" => part!(c => c.month()),
        "week" | "week_of_year" => part!(c => c.iso_week().week()),
        "year_of_week" | "yow" => part!(c => c.iso_week().year()),
        "day" | "day_of_month" => part!(c => c.day()),
        "day_of_week" | "dow" => part!(c => c.weekday().number_from_monday()),
        "day_of_year" | "doy" => part!(c => c.ordinal()),
        "hour" => part!(c => c.hour()),
        "minute" => part!(c => c.minute()),
        "second" => part!(c => c.second()),
        "millisecond" => part!(c => c.nanosecond() / 1_000_000),
        _ => return None,
    })
}

pub(super) fn clock(
    value: Option<&Value>,
    ty: Option<&Type>,
) -> Result<chrono::NaiveDateTime, SqlError> {
    match (value, ty) {
        (Some(Int(v)), Some(ty)) => text::local(*v, ty).ok_or_else(out_of_range),
        _ => Err(misfit()),
    }
}

fn out_of_range() -> SqlError {
    bad_argument("a date or time out of range")
}

/// Back from a wall clock to a value of the type.
fn back(clock: chrono::NaiveDateTime, ty: &Type) -> Out {
    let local = calendar::micros(clock);
    let value = match ty {
        Type::Date => Some(local.div_euclid(DAY)),
        Type::TimestampTz(_, zone) => calendar::from_local(zone, local),
        _ => Some(local),
    };
    value.map(Int).ok_or_else(out_of_range)
}

fn unit_of<'a>(unit: &'a str, ty: &Type) -> Result<std::borrow::Cow<'a, str>, SqlError> {
    let lower = unit.to_lowercase();
    let known = [
        "millisecond",
        "second",
        "minute",
        "hour",
        "day",
        "week",
        "month",
        "quarter",
        "year",
    ];
    let of_date = ["day", "week", "month", "quarter", "year"];
    let (all, what): (&[&str], _) = if *ty == Type::Date {
        (&of_date, "DATE")
    } else {
        (&known, "TIMESTAMP")
    };
    if all.contains(&lower.as_str()) {
        Ok(lower.into())
    } else {
        Err(bad_argument(format!(
            "'{unit}' is not a valid {what} field"
        )))
    }
}

fn date_trunc(values: &[Value], types: &[Type]) -> Out {
    let ([Text(unit), value], [_, ty]) = (values, types) else {
        return Err(misfit());
    };
    let unit = unit_of(unit, ty)?;
    let clock = clock(Some(value), Some(ty))?;
    back(
        calendar::truncate(&unit, clock).ok_or_else(out_of_range)?,
        ty,
    )
}

fn date_add(values: &[Value], types: &[Type]) -> Out {
    let ([Text(unit), Int(n), value], [_, _, ty]) = (values, types) else {
        return Err(misfit());
    };
    let unit = unit_of(unit, ty)?;
    if i32::try_from(*n).is_err() {
        return Err(bad_argument("integer overflow"));
    }
    // Hours and less are spans of time, days and more move the calendar.
    if let (Type::TimestampTz(..), Int(v), true) = (
        ty,
        value,
        matches!(unit.as_ref(), "millisecond" | "second" | "minute" | "hour"),
    ) {
        let instant = calendar::clock(*v).ok_or_else(out_of_range)?;
        return Ok(Int(calendar::micros(
            calendar::add(&unit, *n, instant).ok_or_else(out_of_range)?,
        )));
    }
    let clock = clock(Some(value), Some(ty))?;
    back(
        calendar::add(&unit, *n, clock).ok_or_else(out_of_range)?,
        ty,
    )
}

fn date_diff(values: &[Value], types: &[Type]) -> Out {
    let ([Text(unit), a, b], [_, ty, _]) = (values, types) else {
        return Err(misfit());
    };
    let unit = unit_of(unit, ty)?;
    // Hours and less are spans of time, days and more are read off the calendar.
    let span = matches!(unit.as_ref(), "millisecond" | "second" | "minute" | "hour");
    let utc = Type::timestamp_tz(3);
    let ty = if span && matches!(ty, Type::TimestampTz(..)) {
        &utc
    } else {
        ty
    };
    let (a, b) = (clock(Some(a), Some(ty))?, clock(Some(b), Some(ty))?);
    calendar::difference(&unit, a, b)
        .map(Int)
        .ok_or_else(out_of_range)
}

/// `date + interval`: what is added and to what; months move the calendar, the rest is a span of time.
pub(crate) fn shift(value: &Value, ty: &Type, interval: &Value, kind: &Type, sign: i64) -> Out {
    let (Int(v), Int(amount)) = (value, interval) else {
        return Err(misfit());
    };
    let amount = amount.checked_mul(sign).ok_or_else(out_of_range)?;
    if *kind == Type::IntervalMonth {
        let clock = clock(Some(value), Some(ty))?;
        return back(
            calendar::add_months(clock, amount).ok_or_else(out_of_range)?,
            ty,
        );
    }
    let span = amount.checked_mul(1000).ok_or_else(out_of_range)?;
    if *ty == Type::Date {
        if span % DAY != 0 {
            return Err(bad_argument(
                "Cannot add hour, minutes or seconds to a date",
            ));
        }
        return Ok(Int(v + span / DAY));
    }
    v.checked_add(span).map(Int).ok_or_else(out_of_range)
}
