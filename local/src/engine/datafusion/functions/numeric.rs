//! Arithmetic whose types depend on its operands' types: the five operators, and the functions that keep a decimal's size.

use std::sync::Arc;

use datafusion::arrow::datatypes::i256;

use super::{
    super::{
        cast::{divide_round, fits},
        native::Body,
        types::{Type, common},
        value::Value,
    },
    Resolved, Run, bad_argument, misfit,
};
use crate::engine::SqlError;

/// The names that [`resolve`] knows.
pub(super) const NAMES: &[&str] = &[
    "bitwise_left_shift",
    "abs",
    "ceil",
    "ceiling",
    "floor",
    "mod",
    "round",
    "sign",
    "truncate",
];

/// An operator on numbers: the types its operands are coerced to, its type, and its work.
pub(crate) fn arithmetic(
    op: char,
    a: &Type,
    b: &Type,
) -> Result<Option<(Type, Type, Type, Body)>, SqlError> {
    let Some(both) = common(a, b).filter(Type::is_number) else {
        return Ok(None);
    };
    if both.is_integer() {
        let ty = both.clone();
        let body: Body = Arc::new(move |values| match values {
            [Value::Int(a), Value::Int(b)] => integers(op, *a, *b, &ty).map(Value::Int),
            _ => Err(misfit()),
        });
        return Ok(Some((both.clone(), both.clone(), both, body)));
    }
    if both.is_float() {
        let body: Body = Arc::new(move |values| match values {
            [Value::Double(a), Value::Double(b)] => Ok(Value::Double(doubles(op, *a, *b))),
            #[expect(clippy::cast_possible_truncation, reason = "the nearest real")]
            [Value::Real(a), Value::Real(b)] => {
                Ok(Value::Real(doubles(op, f64::from(*a), f64::from(*b)) as f32))
            }
            _ => Err(misfit()),
        });
        return Ok(Some((both.clone(), both.clone(), both, body)));
    }
    let (Some((p1, s1)), Some((p2, s2))) = (a.as_decimal(), b.as_decimal()) else {
        return Ok(None);
    };
    let (w1, w2, scale) = (p1 - s1, p2 - s2, s1.max(s2));
    let (precision, scale) = match op {
        '+' | '-' => (w1.max(w2) + scale + 1, scale),
        '*' if s1 + s2 > 38 => {
            let message = format!(
                "DECIMAL scale must be in range [0, precision (38)]: {}",
                s1 + s2
            );
            return Err(bad_argument(message));
        }
        '*' => (p1 + p2, s1 + s2),
        '/' => (p1 + s2 + s2.saturating_sub(s1), scale),
        _ => (w1.min(w2) + scale, scale),
    };
    let output = Type::Decimal(precision.min(38), scale);
    let body: Body = Arc::new(move |values| match values {
        [Value::Decimal(a), Value::Decimal(b)] => {
            decimals(op, (*a, s1), (*b, s2), scale).map(Value::Decimal)
        }
        _ => Err(misfit()),
    });
    Ok(Some((
        Type::Decimal(p1, s1),
        Type::Decimal(p2, s2),
        output,
        body,
    )))
}

fn integers(op: char, a: i64, b: i64, ty: &Type) -> Result<i64, SqlError> {
    if b == 0 && matches!(op, '/' | '%') {
        return Err(by_zero());
    }
    let (result, name) = match op {
        '+' => (a.checked_add(b), "addition"),
        '-' => (a.checked_sub(b), "subtraction"),
        '*' => (a.checked_mul(b), "multiplication"),
        '/' => (a.checked_div(b), "division"),
        // The least number modulo -1 is 0.
        _ => (Some(a.checked_rem(b).unwrap_or(0)), "modulus"),
    };
    result.filter(|v| fits(*v, ty)).ok_or_else(|| {
        SqlError::new(
            "NUMERIC_VALUE_OUT_OF_RANGE",
            format!("{ty} {name} overflow: {a} {op} {b}"),
        )
    })
}

fn doubles(op: char, a: f64, b: f64) -> f64 {
    match op {
        '+' => a + b,
        '-' => a - b,
        '*' => a * b,
        '/' => a / b,
        _ => a % b,
    }
}

fn decimals(
    op: char,
    (a, s1): (i128, u8),
    (b, s2): (i128, u8),
    scale: u8,
) -> Result<i128, SqlError> {
    if b == 0 && matches!(op, '/' | '%') {
        return Err(by_zero());
    }
    let (wide_a, wide_b) = (i256::from_i128(a), i256::from_i128(b));
    let aligned = || {
        Some((
            wide_a.checked_mul(power(scale - s1)?)?,
            wide_b.checked_mul(power(scale - s2)?)?,
        ))
    };
    let result = match op {
        '+' => aligned()
            .and_then(|(a, b)| a.checked_add(b))
            .and_then(i256::to_i128),
        '-' => aligned()
            .and_then(|(a, b)| a.checked_sub(b))
            .and_then(i256::to_i128),
        '*' => a.checked_mul(b),
        '/' => power(scale + s2 - s1).and_then(|up| divide_round(wide_a.checked_mul(up)?, wide_b)),
        _ => aligned()
            .and_then(|(a, b)| a.checked_rem(b))
            .and_then(i256::to_i128),
    };
    result
        .filter(|v| v.unsigned_abs() < 10_u128.pow(38))
        .ok_or_else(overflow)
}

fn power(exponent: u8) -> Option<i256> {
    i256::from_i128(10).checked_pow(exponent.into())
}

fn overflow() -> SqlError {
    SqlError::new("NUMERIC_VALUE_OUT_OF_RANGE", "Decimal overflow")
}

pub(crate) fn by_zero() -> SqlError {
    SqlError::new("DIVISION_BY_ZERO", "Division by zero")
}

/// Functions that keep the type of a number.
pub(super) fn resolve(name: &str, args: &[Type]) -> Option<Resolved> {
    let take = |params: Vec<Type>, output: Type, run: Run| {
        Some(Resolved {
            params,
            output,
            run,
            sees_nulls: false,
        })
    };
    match (name, args) {
        ("abs", [ty]) if ty.is_number() => take(vec![ty.clone()], ty.clone(), abs),
        ("sign", [Type::Decimal(p, s)]) => {
            take(vec![Type::Decimal(*p, *s)], Type::Decimal(1, 0), sign)
        }
        ("sign", [ty]) if ty.is_number() => take(vec![ty.clone()], ty.clone(), sign),
        ("ceil" | "ceiling" | "floor", [Type::Decimal(p, s)]) => {
            let output = Type::Decimal((p - s + u8::from(*s > 0)).clamp(1, 38), 0);
            take(
                args.to_vec(),
                output,
                if name == "floor" { floor } else { ceiling },
            )
        }
        ("ceil" | "ceiling" | "floor", [ty]) if ty.is_number() => take(
            args.to_vec(),
            ty.clone(),
            if name == "floor" { floor } else { ceiling },
        ),
        ("round", [Type::Decimal(p, s)]) => {
            let output = Type::Decimal((p - s + u8::from(*s > 0)).clamp(1, 38), 0);
            take(args.to_vec(), output, round)
        }
        ("round", [ty]) if ty.is_number() => take(args.to_vec(), ty.clone(), round),
        ("round", [Type::Decimal(p, s), digits]) if small(digits) => take(
            vec![args.first()?.clone(), Type::Integer],
            Type::Decimal((p + 1).min(38), *s),
            round,
        ),
        ("round", [ty, digits]) if ty.is_number() && small(digits) => {
            take(vec![ty.clone(), Type::Integer], ty.clone(), round)
        }
        ("truncate", [Type::Decimal(p, s)]) => {
            take(args.to_vec(), Type::Decimal((p - s).max(1), 0), truncate)
        }
        ("truncate", [ty]) if ty.is_float() => take(args.to_vec(), ty.clone(), truncate),
        ("truncate", [ty]) if ty.is_integer() => take(vec![Type::Double], Type::Double, truncate),
        ("truncate", [Type::Decimal(p, s), digits]) if small(digits) => take(
            vec![Type::Decimal(*p, *s), Type::Integer],
            Type::Decimal(*p, *s),
            truncate_to,
        ),
        ("bitwise_left_shift", [ty, n]) if ty.is_integer() && n.is_integer() => {
            take(vec![ty.clone(), Type::Bigint], ty.clone(), shift_left)
        }
        ("mod", [a, b]) => {
            let (a, b, output, _) = arithmetic('%', a, b).ok()??;
            take(vec![a, b], output, modulo)
        }
        _ => None,
    }
}

fn small(ty: &Type) -> bool {
    matches!(
        ty,
        Type::Tinyint | Type::Smallint | Type::Integer | Type::Unknown
    )
}

fn scale(ty: Option<&Type>) -> u8 {
    match ty {
        Some(Type::Decimal(_, scale)) => *scale,
        _ => 0,
    }
}

fn modulo(values: &[Value], types: &[Type]) -> Result<Value, SqlError> {
    let [a, b] = types else { return Err(misfit()) };
    match arithmetic('%', a, b)? {
        Some((.., body)) => body(values),
        None => Err(misfit()),
    }
}

fn abs(values: &[Value], types: &[Type]) -> Result<Value, SqlError> {
    match values {
        [Value::Int(v)] => {
            let ty = types.first().unwrap_or(&Type::Bigint);
            v.checked_abs()
                .filter(|v| fits(*v, ty))
                .map(Value::Int)
                .ok_or_else(|| {
                    SqlError::new(
                        "NUMERIC_VALUE_OUT_OF_RANGE",
                        format!("Value {v} is out of range for abs({ty})"),
                    )
                })
        }
        [Value::Double(v)] => Ok(Value::Double(v.abs())),
        [Value::Real(v)] => Ok(Value::Real(v.abs())),
        [Value::Decimal(v)] => Ok(Value::Decimal(v.abs())),
        _ => Err(misfit()),
    }
}

fn sign(values: &[Value], _: &[Type]) -> Result<Value, SqlError> {
    Ok(match values {
        [Value::Int(v)] => Value::Int(v.signum()),
        [Value::Double(v)] => Value::Double(if *v == 0.0 || v.is_nan() {
            *v
        } else {
            v.signum()
        }),
        [Value::Real(v)] => Value::Real(if *v == 0.0 || v.is_nan() {
            *v
        } else {
            v.signum()
        }),
        [Value::Decimal(v)] => Value::Decimal(v.signum()),
        _ => return Err(misfit()),
    })
}

fn floor(values: &[Value], types: &[Type]) -> Result<Value, SqlError> {
    Ok(match values {
        [Value::Int(v)] => Value::Int(*v),
        [Value::Double(v)] => Value::Double(v.floor()),
        [Value::Real(v)] => Value::Real(v.floor()),
        [Value::Decimal(v)] => {
            Value::Decimal(v.div_euclid(10_i128.pow(scale(types.first()).into())))
        }
        _ => return Err(misfit()),
    })
}

fn ceiling(values: &[Value], types: &[Type]) -> Result<Value, SqlError> {
    Ok(match values {
        [Value::Int(v)] => Value::Int(*v),
        [Value::Double(v)] => Value::Double(v.ceil()),
        [Value::Real(v)] => Value::Real(v.ceil()),
        [Value::Decimal(v)] => {
            Value::Decimal(-(-v).div_euclid(10_i128.pow(scale(types.first()).into())))
        }
        _ => return Err(misfit()),
    })
}

/// Halves go away from zero.
fn round(values: &[Value], types: &[Type]) -> Result<Value, SqlError> {
    let digits = match values.get(1) {
        None => 0,
        Some(Value::Int(digits)) => *digits,
        Some(_) => return Err(misfit()),
    };
    Ok(match values.first() {
        Some(Value::Int(v)) if digits >= 0 => Value::Int(*v),
        Some(Value::Int(v)) => {
            let Some(unit) = u32::try_from(-digits)
                .ok()
                .and_then(|d| 10_i128.checked_pow(d))
            else {
                return Ok(Value::Int(0));
            };
            let wide =
                divide_round(i256::from_i128((*v).into()), i256::from_i128(unit)).map(|v| v * unit);
            let ty = types.first().unwrap_or(&Type::Bigint);
            let fit = wide
                .and_then(|v| i64::try_from(v).ok())
                .filter(|v| fits(*v, ty));
            Value::Int(fit.ok_or_else(|| {
                SqlError::new(
                    "NUMERIC_VALUE_OUT_OF_RANGE",
                    format!("{ty} out of range: {v}"),
                )
            })?)
        }
        Some(Value::Double(v)) => Value::Double(round_double(*v, digits)),
        #[expect(clippy::cast_possible_truncation, reason = "the nearest real")]
        Some(Value::Real(v)) => Value::Real(round_double(f64::from(*v), digits) as f32),
        Some(Value::Decimal(v)) => {
            let scale = i64::from(scale(types.first()));
            let drop = scale - digits;
            if drop <= 0 {
                Value::Decimal(*v)
            } else {
                let Some(unit) = u32::try_from(drop)
                    .ok()
                    .and_then(|d| 10_i128.checked_pow(d))
                else {
                    return Ok(Value::Decimal(0));
                };
                let rounded = divide_round(i256::from_i128(*v), i256::from_i128(unit))
                    .ok_or_else(overflow)?;
                // `round(x)` has no digits after the point, `round(x, n)` keeps the scale.
                let back = if values.len() == 1 { 1 } else { unit };
                let result = rounded
                    .checked_mul(back)
                    .filter(|v| v.unsigned_abs() < 10_u128.pow(38));
                Value::Decimal(result.ok_or_else(overflow)?)
            }
        }
        _ => return Err(misfit()),
    })
}

/// What Trino does: exact decimal digits of the double, rounded half away from zero.
fn round_double(v: f64, digits: i64) -> f64 {
    if !v.is_finite() || v == 0.0 || digits > 308 {
        return v;
    }
    if digits == 0 {
        return v.round();
    }
    let Ok(places) = i32::try_from(digits) else {
        return 0.0;
    };
    let factor = 10_f64.powi(places.abs());
    if places < 0 {
        return (v / factor).round() * factor;
    }
    let scaled = v * factor;
    if !scaled.is_finite() {
        v
    } else {
        scaled.round() / factor
    }
}

fn truncate(values: &[Value], types: &[Type]) -> Result<Value, SqlError> {
    Ok(match values {
        [Value::Double(v)] => Value::Double(v.trunc()),
        [Value::Real(v)] => Value::Real(v.trunc()),
        [Value::Decimal(v)] => Value::Decimal(v / 10_i128.pow(scale(types.first()).into())),
        _ => return Err(misfit()),
    })
}

fn truncate_to(values: &[Value], types: &[Type]) -> Result<Value, SqlError> {
    let [Value::Decimal(v), Value::Int(digits)] = values else {
        return Err(misfit());
    };
    let drop = i64::from(scale(types.first())) - digits;
    if drop <= 0 {
        return Ok(Value::Decimal(*v));
    }
    let unit = u32::try_from(drop)
        .ok()
        .and_then(|d| 10_i128.checked_pow(d));
    Ok(Value::Decimal(unit.map_or(0, |unit| v / unit * unit)))
}

fn shift_left(values: &[Value], types: &[Type]) -> Result<Value, SqlError> {
    let [Value::Int(v), Value::Int(n)] = values else {
        return Err(misfit());
    };
    let width = match types.first() {
        Some(Type::Tinyint) => 8,
        Some(Type::Smallint) => 16,
        Some(Type::Integer) => 32,
        _ => 64,
    };
    if !(0..width).contains(n) {
        return Ok(Value::Int(0));
    }
    // The bits beyond the type's width are lost, its highest is the sign.
    Ok(Value::Int((v << n) << (64 - width) >> (64 - width)))
}
