//! Trino's aggregations: which there are, and their types. A [`Fold`] does the work.

use super::{
    cast,
    types::{Type, coerces},
    value::Value,
};
use crate::engine::SqlError;

mod folds;
mod udaf;

pub(crate) use self::{
    folds::{ARRAY_AGG, SINGLE},
    udaf::{Order, aggregation},
};

/// Takes a row, or another state, into a state.
pub(crate) type Step = fn(&mut Vec<Value>, &[Value], &Types) -> Result<(), SqlError>;

/// Work on the values of a group: a state that values go into, that merges with another, and that ends in the answer.
#[derive(Clone, Copy)]
pub(crate) struct Fold {
    /// The state before the first row.
    pub(crate) start: fn() -> Vec<Value>,
    pub(crate) step: Step,
    pub(crate) merge: Step,
    pub(crate) end: fn(&[Value], &Types) -> Result<Value, SqlError>,
    /// The types of the state's parts.
    pub(crate) state: fn(&Types) -> Vec<Type>,
}

/// The types of an aggregation's arguments and of its answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Types {
    pub(crate) inputs: Vec<Type>,
    pub(crate) output: Type,
}

/// Who aggregates.
pub(crate) enum Work {
    /// DataFusion's own function of this name, whose answers are Trino's.
    Native(&'static str),
    Fold(Fold),
}

/// An aggregation for arguments of certain types.
pub(crate) struct Aggregation {
    pub(crate) types: Types,
    pub(crate) work: Work,
    /// The answer does not change with the order of the rows, nor with doubles among them.
    pub(crate) ignores_order: bool,
    pub(crate) ignores_duplicates: bool,
}

const NAMES: &[&str] = &[
    "any_value",
    "approx_distinct",
    "approx_percentile",
    "arbitrary",
    "array_agg",
    "avg",
    "bitwise_and_agg",
    "bitwise_or_agg",
    "bool_and",
    "bool_or",
    "corr",
    "count",
    "count_if",
    "covar_pop",
    "covar_samp",
    "every",
    "geometric_mean",
    "histogram",
    "listagg",
    "map_agg",
    "max",
    "max_by",
    "min",
    "min_by",
    "multimap_agg",
    "regr_intercept",
    "regr_slope",
    "stddev",
    "stddev_pop",
    "stddev_samp",
    "sum",
    "var_pop",
    "var_samp",
    "variance",
];

/// Aggregations of Trino that are not here yet.
const COMING: &[&str] = &[
    "approx_most_frequent",
    "approx_set",
    "bitwise_xor_agg",
    "checksum",
    "kurtosis",
    "map_union",
    "merge",
    "numeric_histogram",
    "qdigest_agg",
    "reduce_agg",
    "regr_avgx",
    "regr_avgy",
    "regr_count",
    "regr_r2",
    "regr_sxx",
    "regr_sxy",
    "regr_syy",
    "skewness",
    "tdigest_agg",
];

/// Whether the name is that of an aggregation.
pub(crate) fn is_aggregate(name: &str) -> bool {
    NAMES.contains(&name) || COMING.contains(&name)
}

/// The aggregation that a call means.
pub(crate) fn resolve(name: &str, args: &[Type]) -> Result<Aggregation, SqlError> {
    if COMING.contains(&name) {
        return Err(SqlError::new(
            "NOT_SUPPORTED",
            format!("function {name} is not supported by the local engine yet"),
        ));
    }
    find(name, args).ok_or_else(|| {
        let given: Vec<String> = args.iter().map(ToString::to_string).collect();
        SqlError::new(
            "FUNCTION_NOT_FOUND",
            format!(
                "Unexpected parameters ({}) for function {name}.",
                given.join(", ")
            ),
        )
    })
}

fn find(name: &str, args: &[Type]) -> Option<Aggregation> {
    let make = |inputs: Vec<Type>, output: Type, work: Work| {
        Some(Aggregation {
            types: Types { inputs, output },
            work,
            ignores_order: false,
            ignores_duplicates: false,
        })
    };
    let fold = |inputs: Vec<Type>, output: Type, fold: Fold| make(inputs, output, Work::Fold(fold));
    let unordered = |found: Option<Aggregation>| {
        found.map(|a| Aggregation {
            ignores_order: true,
            ..a
        })
    };
    let idempotent = |found: Option<Aggregation>| {
        found.map(|a| Aggregation {
            ignores_order: true,
            ignores_duplicates: true,
            ..a
        })
    };
    let given = args.to_vec();
    let doubles = |n: usize| {
        (args.len() == n && args.iter().all(|a| coerces(a, &Type::Double)))
            .then(|| vec![Type::Double; n])
    };
    match (name, args) {
        ("count", []) => unordered(make(given, Type::Bigint, Work::Native("count"))),
        ("count", [_]) => unordered(make(given, Type::Bigint, Work::Native("count"))),
        ("count_if", [Type::Boolean | Type::Unknown]) => {
            unordered(fold(vec![Type::Boolean], Type::Bigint, folds::COUNT_IF))
        }
        ("sum", [ty]) if ty.is_integer() => {
            unordered(fold(vec![Type::Bigint], Type::Bigint, folds::SUM))
        }
        ("sum", [ty]) if ty.is_wide() => {
            unordered(fold(given.clone(), ty.clone(), folds::WIDE_SUM))
        }
        ("avg", [ty]) if ty.is_wide() => {
            make(vec![Type::Double], Type::Double, Work::Native("avg"))
        }
        ("sum", [Type::Decimal(p, s)]) => unordered(fold(
            vec![Type::Decimal(*p, *s)],
            Type::Decimal(38, *s),
            folds::SUM,
        )),
        ("sum", [Type::Double]) => make(given, Type::Double, Work::Native("sum")),
        ("sum", [Type::Real]) => fold(given, Type::Real, folds::SUM),
        ("sum", [ty @ (Type::IntervalDay | Type::IntervalMonth)]) => {
            unordered(fold(given.clone(), ty.clone(), folds::SUM))
        }
        ("avg", [ty]) if ty.is_integer() => {
            unordered(fold(vec![Type::Bigint], Type::Double, folds::AVG))
        }
        ("avg", [Type::Decimal(p, s)]) => unordered(fold(given, Type::Decimal(*p, *s), folds::AVG)),
        ("avg", [Type::Double]) => make(given, Type::Double, Work::Native("avg")),
        ("avg", [Type::Real]) => fold(given, Type::Real, folds::AVG),
        ("avg", [ty @ (Type::IntervalDay | Type::IntervalMonth)]) => {
            unordered(fold(given.clone(), ty.clone(), folds::AVG))
        }
        ("min" | "max", [ty]) if ty.is_orderable() => {
            let plain =
                !ty.is_float() && !ty.is_nested() && *ty != Type::Boolean && *ty != Type::Unknown;
            let own = if name == "min" {
                folds::MIN
            } else {
                folds::MAX
            };
            let native = if name == "min" { "min" } else { "max" };
            idempotent(make(
                given,
                ty.clone(),
                if plain {
                    Work::Native(native)
                } else {
                    Work::Fold(own)
                },
            ))
        }
        ("min" | "max", [ty, n]) if ty.is_orderable() && n.is_integer() => {
            let work = if name == "min" {
                folds::MIN_N
            } else {
                folds::MAX_N
            };
            fold(
                vec![ty.clone(), Type::Bigint],
                Type::array(ty.clone()),
                work,
            )
        }
        ("min_by" | "max_by", [value, key]) if key.is_orderable() => fold(
            given.clone(),
            value.clone(),
            if name == "min_by" {
                folds::MIN_BY
            } else {
                folds::MAX_BY
            },
        ),
        ("min_by" | "max_by", [value, key, n]) if key.is_orderable() && n.is_integer() => {
            let work = if name == "min_by" {
                folds::MIN_BY_N
            } else {
                folds::MAX_BY_N
            };
            fold(
                vec![value.clone(), key.clone(), Type::Bigint],
                Type::array(value.clone()),
                work,
            )
        }
        ("arbitrary" | "any_value", [ty]) => fold(given.clone(), ty.clone(), folds::ANY),
        ("bool_and" | "every", [Type::Boolean | Type::Unknown]) => {
            idempotent(fold(vec![Type::Boolean], Type::Boolean, folds::BOOL_AND))
        }
        ("bool_or", [Type::Boolean | Type::Unknown]) => {
            idempotent(fold(vec![Type::Boolean], Type::Boolean, folds::BOOL_OR))
        }
        ("bitwise_and_agg", [ty]) if ty.is_integer() => {
            idempotent(fold(vec![Type::Bigint], Type::Bigint, folds::BIT_AND))
        }
        ("bitwise_or_agg", [ty]) if ty.is_integer() => {
            idempotent(fold(vec![Type::Bigint], Type::Bigint, folds::BIT_OR))
        }
        ("array_agg", [ty]) => fold(given.clone(), Type::array(ty.clone()), folds::ARRAY_AGG),
        ("map_agg", [key, value]) => fold(
            given.clone(),
            Type::map(key.clone(), value.clone()),
            folds::MAP_AGG,
        ),
        ("multimap_agg", [key, value]) => fold(
            given.clone(),
            Type::map(key.clone(), Type::array(value.clone())),
            folds::MULTIMAP_AGG,
        ),
        ("histogram", [ty]) => fold(
            given.clone(),
            Type::map(ty.clone(), Type::Bigint),
            folds::HISTOGRAM,
        ),
        ("listagg", [Type::Varchar(_)]) => fold(given, Type::VARCHAR, folds::LISTAGG),
        ("listagg", [Type::Varchar(_), Type::Varchar(_)]) => {
            fold(given, Type::VARCHAR, folds::LISTAGG)
        }
        ("approx_distinct", [_]) => idempotent(fold(given, Type::Bigint, folds::COUNT_DISTINCT)),
        ("approx_distinct", [ty, error]) if coerces(error, &Type::Double) => idempotent(fold(
            vec![ty.clone(), Type::Double],
            Type::Bigint,
            folds::COUNT_DISTINCT,
        )),
        ("approx_percentile", [ty, p]) if coerces(p, &Type::Double) => fold(
            vec![percentile_of(ty)?, Type::Double],
            percentile_of(ty)?,
            folds::PERCENTILE,
        ),
        ("approx_percentile", [ty, Type::Array(p)]) if coerces(p, &Type::Double) => {
            let ty = percentile_of(ty)?;
            fold(
                vec![ty.clone(), Type::array(Type::Double)],
                Type::array(ty),
                folds::PERCENTILE,
            )
        }
        ("stddev" | "stddev_samp", _) => make(doubles(1)?, Type::Double, Work::Native("stddev")),
        ("stddev_pop", _) => make(doubles(1)?, Type::Double, Work::Native("stddev_pop")),
        ("variance" | "var_samp", _) => make(doubles(1)?, Type::Double, Work::Native("var_samp")),
        ("var_pop", _) => make(doubles(1)?, Type::Double, Work::Native("var_pop")),
        ("corr", _) => make(doubles(2)?, Type::Double, Work::Native("corr")),
        ("covar_pop", _) => make(doubles(2)?, Type::Double, Work::Native("covar_pop")),
        ("covar_samp", _) => make(doubles(2)?, Type::Double, Work::Native("covar_samp")),
        ("regr_slope", _) => make(doubles(2)?, Type::Double, Work::Native("regr_slope")),
        ("regr_intercept", _) => make(doubles(2)?, Type::Double, Work::Native("regr_intercept")),
        ("geometric_mean", _) => fold(doubles(1)?, Type::Double, folds::GEOMETRIC_MEAN),
        _ => None,
    }
}

/// The fold that does in a window what DataFusion's function of this name does not do exactly there.
pub(crate) fn sliding(native: &str) -> Option<Fold> {
    match native {
        "sum" => Some(folds::SUM),
        "avg" => Some(folds::AVG),
        _ => None,
    }
}

/// Percentiles are taken of bigints, reals and doubles.
fn percentile_of(ty: &Type) -> Option<Type> {
    match ty {
        ty if ty.is_integer() => Some(Type::Bigint),
        Type::Real => Some(Type::Real),
        ty if coerces(ty, &Type::Double) => Some(Type::Double),
        _ => None,
    }
}

/// The sum of two values of a type that can be summed.
fn add(a: &Value, b: &Value) -> Result<Value, SqlError> {
    Ok(match (a, b) {
        (Value::Null, x) | (x, Value::Null) => x.clone(),
        (Value::Int(a), Value::Int(b)) => Value::Int(a.checked_add(*b).ok_or_else(|| {
            SqlError::new(
                "NUMERIC_VALUE_OUT_OF_RANGE",
                format!("bigint addition overflow: {a} + {b}"),
            )
        })?),
        (Value::Double(a), Value::Double(b)) => Value::Double(a + b),
        (Value::Real(a), Value::Real(b)) => Value::Real(a + b),
        (Value::Decimal(a), Value::Decimal(b)) => {
            let sum = a
                .checked_add(*b)
                .filter(|v| v.unsigned_abs() < 10_u128.pow(38));
            Value::Decimal(
                sum.ok_or_else(|| SqlError::new("NUMERIC_VALUE_OUT_OF_RANGE", "Decimal overflow"))?,
            )
        }
        _ => return Err(super::functions::misfit()),
    })
}

/// The mean of a sum and a count.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "what a mean is"
)]
fn mean(sum: &Value, count: i64, output: &Type) -> Result<Value, SqlError> {
    use datafusion::arrow::datatypes::i256;
    Ok(match (sum, output) {
        (Value::Int(sum), Type::Double) => Value::Double(*sum as f64 / count as f64),
        (Value::Double(sum), Type::Double) => Value::Double(sum / count as f64),
        (Value::Double(sum), Type::Real) => Value::Real((sum / count as f64) as f32),
        (Value::Int(sum), _) => Value::Int((*sum as f64 / count as f64).round() as i64),
        (Value::Decimal(sum), _) => {
            let mean = cast::divide_round(i256::from_i128(*sum), i256::from_i128(count.into()));
            Value::Decimal(mean.ok_or_else(super::functions::misfit)?)
        }
        _ => return Err(super::functions::misfit()),
    })
}
