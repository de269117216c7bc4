//! Functions on numbers.

use super::{
    super::{
        types::Type,
        value::Value::{self, Bool, Double, Int, Null, Text},
    },
    Line, bad_argument, misfit,
};
use crate::engine::SqlError;

type Out = Result<Value, SqlError>;

pub(super) const TABLE: &[Line] = &[
    ("acos", "double->double", |v, _| one(v, f64::acos)),
    ("asin", "double->double", |v, _| one(v, f64::asin)),
    ("atan", "double->double", |v, _| one(v, f64::atan)),
    ("cbrt", "double->double", |v, _| one(v, f64::cbrt)),
    ("cos", "double->double", |v, _| one(v, f64::cos)),
    ("cosh", "double->double", |v, _| one(v, f64::cosh)),
    ("degrees", "double->double", |v, _| one(v, f64::to_degrees)),
    ("exp", "double->double", |v, _| one(v, f64::exp)),
    ("ln", "double->double", |v, _| one(v, f64::ln)),
    ("log10", "double->double", |v, _| one(v, f64::log10)),
    ("log2", "double->double", |v, _| one(v, f64::log2)),
    ("radians", "double->double", |v, _| one(v, f64::to_radians)),
    ("sin", "double->double", |v, _| one(v, f64::sin)),
    ("sinh", "double->double", |v, _| one(v, f64::sinh)),
    ("sqrt", "double->double", |v, _| one(v, f64::sqrt)),
    ("tan", "double->double", |v, _| one(v, f64::tan)),
    ("tanh", "double->double", |v, _| one(v, f64::tanh)),
    ("atan2", "double,double->double", |v, _| two(v, f64::atan2)),
    ("log", "double,double->double", |v, _| {
        two(v, |base, x| x.ln() / base.ln())
    }),
    ("pow", "double,double->double", |v, _| two(v, power)),
    ("power", "double,double->double", |v, _| two(v, power)),
    ("e", "->double", |_, _| Ok(Double(std::f64::consts::E))),
    ("pi", "->double", |_, _| Ok(Double(std::f64::consts::PI))),
    ("nan", "->double", |_, _| Ok(Double(f64::NAN))),
    ("infinity", "->double", |_, _| Ok(Double(f64::INFINITY))),
    ("is_nan", "double->boolean", |v, _| test(v, f64::is_nan)),
    ("is_finite", "double->boolean", |v, _| {
        test(v, f64::is_finite)
    }),
    ("is_infinite", "double->boolean", |v, _| {
        test(v, f64::is_infinite)
    }),
    ("bitwise_and", "bigint,bigint->bigint", |v, _| {
        bits(v, |a, b| a & b)
    }),
    ("bitwise_or", "bigint,bigint->bigint", |v, _| {
        bits(v, |a, b| a | b)
    }),
    ("bitwise_xor", "bigint,bigint->bigint", |v, _| {
        bits(v, |a, b| a ^ b)
    }),
    ("bitwise_not", "bigint->bigint", |v, _| match v {
        [Int(a)] => Ok(Int(!a)),
        _ => Err(misfit()),
    }),
    ("greatest", "e,e..->e", |v, _| Ok(best(v, true))),
    ("least", "e,e..->e", |v, _| Ok(best(v, false))),
    (
        "width_bucket",
        "double,double,double,bigint->bigint",
        width_bucket,
    ),
    ("to_base", "bigint,bigint->varchar", to_base),
    ("from_base", "varchar,bigint->bigint", |v, _| match v {
        [Text(s), Int(radix)] if (2..=36).contains(radix) => {
            i64::from_str_radix(s, u32::try_from(*radix).unwrap_or(10))
                .map(Int)
                .map_err(|_| bad_argument(format!("Not a valid base-{radix} number: {s}")))
        }
        [Text(_), Int(_)] => Err(bad_argument("Radix must be between 2 and 36")),
        _ => Err(misfit()),
    }),
    ("typeof", "?e->varchar", |_, types| {
        Ok(types.first().map_or(Null, |ty| Value::text(ty.to_string())))
    }),
];

fn one(values: &[Value], work: fn(f64) -> f64) -> Out {
    match values {
        [Double(x)] => Ok(Double(work(*x))),
        _ => Err(misfit()),
    }
}

fn two(values: &[Value], work: fn(f64, f64) -> f64) -> Out {
    match values {
        [Double(a), Double(b)] => Ok(Double(work(*a, *b))),
        _ => Err(misfit()),
    }
}

/// Java's power: one to the NaN is NaN.
fn power(a: f64, b: f64) -> f64 {
    if b.is_nan() || (a.abs() == 1.0 && b.is_infinite()) {
        f64::NAN
    } else {
        a.powf(b)
    }
}

fn test(values: &[Value], work: fn(f64) -> bool) -> Out {
    match values {
        [Double(x)] => Ok(Bool(work(*x))),
        _ => Err(misfit()),
    }
}

fn bits(values: &[Value], work: fn(i64, i64) -> i64) -> Out {
    match values {
        [Int(a), Int(b)] => Ok(Int(work(*a, *b))),
        _ => Err(misfit()),
    }
}

/// The greatest or least; NaN only where there is nothing else.
fn best(values: &[Value], greatest: bool) -> Value {
    let nan = |v: &Value| {
        matches!(v, Double(v) if v.is_nan()) || matches!(v, Value::Real(v) if v.is_nan())
    };
    let mut found: Option<&Value> = None;
    for value in values {
        let better = found.is_none_or(|f| {
            let order = value.order(f);
            nan(f)
                || (!nan(value)
                    && if greatest {
                        order.is_gt()
                    } else {
                        order.is_lt()
                    })
        });
        if better {
            found = Some(value);
        }
    }
    found.cloned().unwrap_or(Null)
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "bucket numbers are small"
)]
fn width_bucket(values: &[Value], _: &[Type]) -> Out {
    let [Double(x), Double(a), Double(b), Int(buckets)] = values else {
        return Err(misfit());
    };
    if *buckets <= 0 {
        return Err(bad_argument("bucketCount must be greater than 0"));
    }
    if x.is_nan() {
        return Err(bad_argument("operand must not be NaN"));
    }
    if !a.is_finite() || !b.is_finite() {
        return Err(bad_argument(format!(
            "{} bound must be finite",
            if a.is_finite() { "second" } else { "first" }
        )));
    }
    if a == b {
        return Err(bad_argument("bounds cannot equal each other"));
    }
    let (low, high) = (a.min(*b), a.max(*b));
    let bucket = if *x < low {
        0
    } else if *x >= high {
        buckets.checked_add(1).ok_or_else(|| {
            SqlError::new(
                "NUMERIC_VALUE_OUT_OF_RANGE",
                "Bucket for value is out of range",
            )
        })?
    } else {
        (*buckets as f64 * (x - low) / (high - low) + 1.0) as i64
    };
    Ok(Int(if a > b { buckets - bucket + 1 } else { bucket }))
}

fn to_base(values: &[Value], _: &[Type]) -> Out {
    let [Int(n), Int(radix)] = values else {
        return Err(misfit());
    };
    let radix = u32::try_from(*radix)
        .ok()
        .filter(|r| (2..=36).contains(r))
        .ok_or_else(|| bad_argument("Radix must be between 2 and 36"))?;
    let mut rest = n.unsigned_abs();
    let mut digits = Vec::new();
    loop {
        digits.extend(
            u32::try_from(rest % u64::from(radix))
                .ok()
                .and_then(|d| char::from_digit(d, radix)),
        );
        rest /= u64::from(radix);
        if rest == 0 {
            break;
        }
    }
    if *n < 0 {
        digits.push('-');
    }
    Ok(Value::text(digits.iter().rev().collect::<String>()))
}
