//! Intervals as they are written, and AT TIME ZONE.

use datafusion::logical_expr::Expr as PlanExpr;
use datafusion::sql::sqlparser::ast::{self, DateTimeField, Expr};

use super::{Result, Typed, literal, operator};
use crate::engine::{
    SqlError,
    datafusion::{
        calendar, native,
        types::Type,
        value::{self, Value},
    },
};

/// `x at time zone 'zone'`: the zone must be a constant, for it is part of the type here.
pub(super) fn at_time_zone(value: Typed, zone: &Typed) -> Result<Typed> {
    let (PlanExpr::Literal(scalar, _), Type::Varchar(_)) = (&zone.expr, &zone.ty) else {
        return Err(SqlError::new(
            "NOT_SUPPORTED",
            "a time zone that is no constant text is not supported by the local engine yet",
        ));
    };
    let array = scalar
        .to_array()
        .map_err(|error| native::sql_error(&error))?;
    let values = value::from_array(&array).map_err(|error| native::sql_error(&error))?;
    let Some(Value::Text(name)) = values.first() else {
        return Ok(Typed::null());
    };
    let zone = calendar::zone(name).ok_or_else(|| {
        SqlError::new(
            "INVALID_FUNCTION_ARGUMENT",
            format!("'{name}' is not a valid time zone"),
        )
    })?;
    match &value.ty {
        Type::TimestampTz(p, _) => Ok(Typed {
            ty: Type::TimestampTz(*p, zone),
            expr: value.expr,
        }),
        Type::Timestamp(p) => {
            let ty = Type::timestamp_tz(*p);
            Ok(Typed {
                expr: operator::convert(value.clone(), &ty, false),
                ty: Type::TimestampTz(*p, zone),
            })
        }
        other => Err(SqlError::new(
            "TYPE_MISMATCH",
            format!(
                "Type of value must be a time or timestamp with or without time zone (actual {other})"
            ),
        )),
    }
}

/// `INTERVAL '2' DAY`.
pub(super) fn interval(interval: &ast::Interval) -> Result<Typed> {
    let unknown = || SqlError::new("TYPE_NOT_FOUND", "Unknown resolvedType: interval");
    let (negative, text) = match interval.value.as_ref() {
        Expr::Value(v) => match &v.value {
            ast::Value::SingleQuotedString(text) => (false, text.as_str()),
            _ => {
                return Err(SqlError::new(
                    "SYNTAX_ERROR",
                    format!("mismatched input '{}'", interval.value),
                ));
            }
        },
        Expr::UnaryOp {
            op: ast::UnaryOperator::Minus,
            expr,
        } => match expr.as_ref() {
            Expr::Value(v) => match &v.value {
                ast::Value::SingleQuotedString(text) => (true, text.as_str()),
                _ => {
                    return Err(SqlError::new(
                        "SYNTAX_ERROR",
                        format!("mismatched input '{}'", interval.value),
                    ));
                }
            },
            _ => {
                return Err(SqlError::new(
                    "SYNTAX_ERROR",
                    format!("mismatched input '{}'", interval.value),
                ));
            }
        },
        other => {
            return Err(SqlError::new(
                "SYNTAX_ERROR",
                format!("mismatched input '{other}'"),
            ));
        }
    };
    let from = interval.leading_field.as_ref().ok_or_else(unknown)?;
    let bad = || {
        SqlError::new(
            "INVALID_LITERAL",
            format!("Invalid INTERVAL {from} value: {text}"),
        )
    };
    let (minus, digits) = text
        .strip_prefix('-')
        .map_or((false, text), |rest| (true, rest));
    let sign = if negative == minus { 1 } else { -1 };
    let units = |field: &DateTimeField| match field {
        DateTimeField::Year => Some((12, true)),
        DateTimeField::Month => Some((1, true)),
        DateTimeField::Day => Some((86_400_000, false)),
        DateTimeField::Hour => Some((3_600_000, false)),
        DateTimeField::Minute => Some((60_000, false)),
        DateTimeField::Second => Some((1000, false)),
        _ => None,
    };
    let (unit, months) = units(from).ok_or_else(unknown)?;
    let whole = |digits: &str| {
        digits
            .parse::<i64>()
            .ok()
            .filter(|_| digits.bytes().all(|b| b.is_ascii_digit()))
    };
    let size = match &interval.last_field {
        None if unit == 1000 => {
            let (seconds, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
            let fraction = format!("{fraction:0<3}");
            let millis = fraction.get(..3).and_then(whole).ok_or_else(bad)?;
            whole(seconds)
                .and_then(|s| s.checked_mul(1000)?.checked_add(millis))
                .ok_or_else(bad)?
        }
        None => whole(digits)
            .and_then(|n| n.checked_mul(unit))
            .ok_or_else(bad)?,
        Some(to) => {
            let (last, _) = units(to).filter(|(_, m)| *m == months).ok_or_else(bad)?;
            let scale: &[i64] = if months {
                &[12, 1]
            } else {
                &[86_400_000, 3_600_000, 60_000, 1000]
            };
            let wanted: Vec<i64> = scale
                .iter()
                .copied()
                .filter(|u| *u <= unit && *u >= last)
                .collect();
            let parts: Vec<&str> = digits.split([' ', ':', '-']).collect();
            if parts.len() != wanted.len() {
                return Err(bad());
            }
            let mut total = 0_i64;
            for (part, unit) in parts.iter().zip(wanted) {
                let (part, fraction) = part.split_once('.').unwrap_or((part, "0"));
                let fraction = format!("{fraction:0<3}");
                let millis = if unit == 1000 {
                    fraction.get(..3).and_then(whole).ok_or_else(bad)?
                } else {
                    0
                };
                total = whole(part)
                    .and_then(|n| n.checked_mul(unit)?.checked_add(millis)?.checked_add(total))
                    .ok_or_else(bad)?;
            }
            total
        }
    };
    literal(
        Value::Int(sign * size),
        &if months {
            Type::IntervalMonth
        } else {
            Type::IntervalDay
        },
    )
}
