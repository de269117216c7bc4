//! Operators: which types they take, what both sides are coerced to, and what does the work.

use std::sync::Arc;

use datafusion::common::ScalarValue;
use datafusion::logical_expr::{BinaryExpr, Cast, Expr, Operator, when};

use super::{Result, Typed, checked, literal};
use crate::engine::{
    SqlError,
    datafusion::{
        cast, functions, json_cast,
        native::{self, Body},
        types::{Type, common},
        value::Value,
        wide,
    },
};

/// The value as one of `to`, to which its type coerces or is cast.
pub(crate) fn coerce(value: Typed, to: &Type) -> Result<Expr> {
    if let Expr::Literal(ScalarValue::Boolean(None), _) = &value.expr
        && value.ty == Type::Unknown
    {
        return Ok(literal(Value::Null, to)?.expr);
    }
    if same_shape(&value.ty, to) {
        return Ok(value.expr);
    }
    if cast::is_widening(&value.ty, to) {
        return Ok(Expr::Cast(Cast::new(Box::new(value.expr), to.arrow())));
    }
    Ok(convert(value, to, false))
}

/// Whether values of both types are kept the same way and every value of the one is one of the other.
fn same_shape(from: &Type, to: &Type) -> bool {
    match (from, to) {
        (Type::Varchar(_), Type::Varchar(None)) => true,
        (Type::Varchar(Some(a)), Type::Varchar(Some(b))) => a <= b,
        (Type::Timestamp(a), Type::Timestamp(b))
        | (Type::TimestampTz(a, _), Type::TimestampTz(b, _)) => a <= b,
        (Type::Array(a), Type::Array(b)) => same_shape(a, b),
        (Type::Map(k, v), Type::Map(l, w)) => same_shape(k, l) && same_shape(v, w),
        (Type::Row(a), Type::Row(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|((_, a), (_, b))| same_shape(a, b))
        }
        _ => from == to,
    }
}

/// `cast(value as to)`, or `try_cast`.
pub(crate) fn convert(value: Typed, to: &Type, attempt: bool) -> Expr {
    let (from, target) = (value.ty.clone(), to.clone());
    let zone = |ty: &Type| {
        if let Type::TimestampTz(_, zone) = ty {
            zone.to_string()
        } else {
            String::new()
        }
    };
    let key = format!(
        "{}({} {} as {to} {})",
        if attempt { "try_cast" } else { "cast" },
        value.ty,
        zone(&value.ty),
        zone(to)
    );
    let body: Body = Arc::new(move |values| {
        let [value] = values else {
            return Err(functions::misfit());
        };
        let cast = if from == Type::Json || target == Type::Json {
            json_cast::cast
        } else {
            cast::cast
        };
        match cast(value, &from, &target) {
            Err(error) if attempt && error.name != "NOT_SUPPORTED" => Ok(Value::Null),
            other => other,
        }
    });
    native::call(key, to, vec![value.expr], body)
}

/// Whether both sides of a comparison can be brought to one type, and which.
pub(crate) fn comparable(op: &str, a: &Type, b: &Type) -> std::result::Result<Type, String> {
    let refused = || format!("Cannot apply operator: {a} {op} {b}");
    let both = common(a, b).ok_or_else(refused)?;
    if matches!(op, "<" | "<=") && !both.is_orderable() {
        return Err(refused());
    }
    Ok(both)
}

/// `a op b` for two values of types that [`comparable`] accepted.
pub(crate) fn compare(op: Operator, a: Typed, b: Typed, both: &Type) -> Result<Typed> {
    let (left, right) = (coerce(a, both)?, coerce(b, both)?);
    if *both == Type::Unknown {
        return literal(Value::Null, &Type::Boolean);
    }
    if !both.is_float() && !both.is_nested() {
        let expr = Expr::BinaryExpr(BinaryExpr::new(Box::new(left), op, Box::new(right)));
        return Ok(Typed {
            expr,
            ty: Type::Boolean,
        });
    }
    let nested = both.is_nested();
    let body: Body = Arc::new(move |values| {
        let [a, b] = values else {
            return Err(functions::misfit());
        };
        let nan = |v: &Value| {
            matches!(v, Value::Double(x) if x.is_nan()) || matches!(v, Value::Real(x) if x.is_nan())
        };
        if matches!(op, Operator::IsDistinctFrom | Operator::IsNotDistinctFrom) {
            return Ok(Value::Bool(
                a.same(b) == (op == Operator::IsNotDistinctFrom),
            ));
        }
        let holds = match op {
            Operator::Eq => a.equals(b),
            Operator::NotEq => a.equals(b).map(|equal| !equal),
            _ if nan(a) || nan(b) => Some(false),
            _ => {
                if nested && (has_null(a) || has_null(b)) {
                    return Err(SqlError::new(
                        "NOT_SUPPORTED",
                        "comparison not supported for arrays and rows with null elements",
                    ));
                }
                let order = a.order(b);
                Some(match op {
                    Operator::Lt => order.is_lt(),
                    Operator::LtEq => order.is_le(),
                    Operator::Gt => order.is_gt(),
                    _ => order.is_ge(),
                })
            }
        };
        Ok(holds.map_or(Value::Null, Value::Bool))
    });
    let distinct = matches!(op, Operator::IsDistinctFrom | Operator::IsNotDistinctFrom);
    let sorted = matches!(both, Type::Map(..));
    let body = if sorted { entries_sorted(body) } else { body };
    let key = format!("{op}({both})");
    let args = vec![left, right];
    let expr = if distinct {
        native::call_with_nulls(key, &Type::Boolean, args, body)
    } else {
        native::call(key, &Type::Boolean, args, body)
    };
    Ok(Typed {
        expr,
        ty: Type::Boolean,
    })
}

/// Maps are equal whatever order their entries are in.
fn entries_sorted(body: Body) -> Body {
    Arc::new(move |values| {
        let sorted: Vec<Value> = values
            .iter()
            .map(|value| match value {
                Value::List(entries) => {
                    let mut entries = entries.clone();
                    entries.sort_by(Value::order);
                    Value::List(entries)
                }
                other => other.clone(),
            })
            .collect();
        body(&sorted)
    })
}

fn has_null(value: &Value) -> bool {
    match value {
        Value::List(list) => list.iter().any(|v| v.is_null() || has_null(v)),
        _ => false,
    }
}

/// `a + b` and its like; `None` where there is no such operator.
pub(crate) fn arithmetic(op: char, a: Typed, b: Typed) -> Result<Option<Typed>> {
    use Type::{Date, IntervalDay, IntervalMonth, Timestamp, TimestampTz};
    if a.ty.is_wide() || b.ty.is_wide() {
        return wide_arithmetic(op, a, b);
    }
    if (a.ty == Type::Unknown) != (b.ty == Type::Unknown) || (a.ty.is_number() && b.ty.is_number())
    {
        let known = if a.ty == Type::Unknown { &b.ty } else { &a.ty };
        if known.is_number() {
            let known = known.clone();
            let of = |ty: &Type| {
                if *ty == Type::Unknown {
                    known.clone()
                } else {
                    ty.clone()
                }
            };
            let Some((left, right, output, body)) =
                functions::arithmetic(op, &of(&a.ty), &of(&b.ty))?
            else {
                return Ok(None);
            };
            let key = format!("{left}{op}{right}");
            let args = vec![coerce(a, &left)?, coerce(b, &right)?];
            return Ok(Some(Typed {
                expr: native::call(key, &output, args, body),
                ty: output,
            }));
        }
    }
    let interval = |ty: &Type| matches!(ty, IntervalDay | IntervalMonth);
    match (op, &a.ty, &b.ty) {
        ('+', x, y) if interval(x) && y.is_time() => shift(b, a, 1).map(Some),
        ('+' | '-', x, y) if x.is_time() && interval(y) => {
            shift(a, b, if op == '+' { 1 } else { -1 }).map(Some)
        }
        ('+' | '-', x, y) if interval(x) && x == y => {
            let ty = x.clone();
            let sign = if op == '+' { 1 } else { -1 };
            let body: Body = Arc::new(move |values| match values {
                [Value::Int(a), Value::Int(b)] => Ok(Value::Int(a + sign * b)),
                _ => Err(functions::misfit()),
            });
            Ok(Some(Typed {
                expr: native::call(format!("{ty}{op}{ty}"), &ty, vec![a.expr, b.expr], body),
                ty,
            }))
        }
        ('*', x, y) if interval(y) && (x.is_number()) => scale(op, b, a).map(Some),
        ('*' | '/', x, y) if interval(x) && y.is_number() => scale(op, a, b).map(Some),
        ('-', Date | Timestamp(_) | TimestampTz(..), Date | Timestamp(_) | TimestampTz(..)) => {
            let Some(both) = common(&a.ty, &b.ty) else {
                return Ok(None);
            };
            let unit = if both == Date { 86_400_000 } else { 1 };
            let body: Body = Arc::new(move |values| match values {
                [Value::Int(a), Value::Int(b)] if unit == 1 => {
                    Ok(Value::Int(a.div_euclid(1000) - b.div_euclid(1000)))
                }
                [Value::Int(a), Value::Int(b)] => Ok(Value::Int((a - b) * unit)),
                _ => Err(functions::misfit()),
            });
            let args = vec![coerce(a, &both)?, coerce(b, &both)?];
            Ok(Some(Typed {
                expr: native::call(format!("{both}-{both}"), &IntervalDay, args, body),
                ty: IntervalDay,
            }))
        }
        _ => Ok(None),
    }
}

/// The same where one of the operands is of 256 bits: with a whole number it stays so, with a float it becomes one.
fn wide_arithmetic(op: char, a: Typed, b: Typed) -> Result<Option<Typed>> {
    let Some(both) = common(&a.ty, &b.ty) else {
        return Ok(None);
    };
    let (left, right) = (coerce(a, &both)?, coerce(b, &both)?);
    if !both.is_wide() {
        let typed = |expr| Typed {
            expr,
            ty: both.clone(),
        };
        return arithmetic(op, typed(left), typed(right));
    }
    let ty = both.clone();
    let body: Body = Arc::new(move |values| match values {
        [a, b] => wide::arithmetic(op, a, b, &ty),
        _ => Err(functions::misfit()),
    });
    Ok(Some(Typed {
        expr: native::call(format!("{both}{op}{both}"), &both, vec![left, right], body),
        ty: both,
    }))
}

/// A date or timestamp moved by an interval.
fn shift(value: Typed, interval: Typed, sign: i64) -> Result<Typed> {
    let (from, kind) = (value.ty.clone(), interval.ty.clone());
    let output = match (&from, &kind) {
        (Type::Timestamp(p), Type::IntervalDay) => Type::Timestamp((*p).max(3)),
        (Type::TimestampTz(p, zone), Type::IntervalDay) => {
            Type::TimestampTz((*p).max(3), zone.clone())
        }
        _ => from.clone(),
    };
    let zone = if let Type::TimestampTz(_, zone) = &from {
        zone.to_string()
    } else {
        String::new()
    };
    let key = format!("{from} {zone}{}{kind}", if sign > 0 { '+' } else { '-' });
    let body: Body = Arc::new(move |values| match values {
        [value, interval] => functions::shift(value, &from, interval, &kind, sign),
        _ => Err(functions::misfit()),
    });
    Ok(Typed {
        expr: native::call(key, &output, vec![value.expr, interval.expr], body),
        ty: output,
    })
}

/// An interval times or divided by a number.
fn scale(op: char, interval: Typed, factor: Typed) -> Result<Typed> {
    let ty = interval.ty.clone();
    let number = if factor.ty.is_integer() {
        Type::Bigint
    } else {
        Type::Double
    };
    let body: Body = Arc::new(move |values| match values {
        [Value::Int(v), Value::Int(n)] if op == '*' => v
            .checked_mul(*n)
            .map(Value::Int)
            .ok_or_else(|| SqlError::new("NUMERIC_VALUE_OUT_OF_RANGE", "interval overflow")),
        [Value::Int(_), Value::Int(0)] => {
            Err(SqlError::new("DIVISION_BY_ZERO", "Division by zero"))
        }
        [Value::Int(v), Value::Int(n)] => Ok(Value::Int(v / n)),
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            reason = "what the operator means"
        )]
        [Value::Int(v), Value::Double(n)] => Ok(Value::Int(if op == '*' {
            *v as f64 * n
        } else {
            *v as f64 / n
        } as i64)),
        _ => Err(functions::misfit()),
    });
    let args = vec![interval.expr, coerce(factor, &number)?];
    Ok(Typed {
        expr: native::call(format!("{ty}{op}{number}"), &ty, args, body),
        ty,
    })
}

/// `-x`; `None` where there is no such operator.
pub(crate) fn negate(value: Typed) -> Result<Option<Typed>> {
    let ty = value.ty.clone();
    if ty == Type::Int256 {
        let body: Body = Arc::new(|values| match values {
            [value] => wide::negate(value, &Type::Int256),
            _ => Err(functions::misfit()),
        });
        let expr = native::call(format!("-{ty}"), &ty, vec![value.expr], body);
        return Ok(Some(Typed { expr, ty }));
    }
    if !ty.is_number() && !matches!(ty, Type::IntervalDay | Type::IntervalMonth) {
        return Ok(None);
    }
    let range = ty.clone();
    let body: Body = Arc::new(move |values| match values {
        [Value::Int(v)] => v
            .checked_neg()
            .filter(|v| cast::fits(*v, &range))
            .map(Value::Int)
            .ok_or_else(|| {
                SqlError::new(
                    "NUMERIC_VALUE_OUT_OF_RANGE",
                    format!("{range} negation overflow: {v}"),
                )
            }),
        [Value::Double(v)] => Ok(Value::Double(-v)),
        [Value::Real(v)] => Ok(Value::Real(-v)),
        [Value::Decimal(v)] => Ok(Value::Decimal(-v)),
        _ => Err(functions::misfit()),
    });
    Ok(Some(Typed {
        expr: native::call(format!("-{ty}"), &ty, vec![value.expr], body),
        ty,
    }))
}

/// The first of these conditions that holds decides; all results are of one type.
pub(crate) fn choose(branches: Vec<(Expr, Expr)>, otherwise: Expr) -> Result<Expr> {
    let mut branches = branches.into_iter();
    let Some((condition, result)) = branches.next() else {
        return Ok(otherwise);
    };
    let mut builder = when(condition, result);
    for (condition, result) in branches {
        builder = builder.when(condition, result);
    }
    checked(builder.otherwise(otherwise))
}
