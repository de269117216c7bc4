//! The work of each aggregation.

use std::cmp::Ordering;

use super::{
    super::{
        functions::{build_map, misfit},
        types::Type,
        value::Value::{self, Bool, Double, Int, List, Null, Real, Text},
        wide,
    },
    Fold, Types, add, mean,
};
use crate::engine::SqlError;

type Done = Result<(), SqlError>;
type Out = Result<Value, SqlError>;

fn nothing() -> Vec<Value> {
    vec![Null]
}

fn first(state: &[Value]) -> Value {
    state.first().cloned().unwrap_or(Null)
}

fn only(state: &[Value], _: &Types) -> Out {
    Ok(first(state))
}

fn of_output(types: &Types) -> Vec<Type> {
    vec![types.output.clone()]
}

/// A fold whose state is one value of the answer's type, and that merges as it steps.
const fn running(step: fn(&mut Vec<Value>, &[Value], &Types) -> Done) -> Fold {
    Fold {
        start: nothing,
        step,
        merge: step,
        end: only,
        state: of_output,
    }
}

pub(super) const SUM: Fold = running(|state, row, _| {
    let sum = add(&first(state), &first(row))?;
    *state = vec![sum];
    Ok(())
});

/// The sum of integers of 256 bits.
pub(super) const WIDE_SUM: Fold = running(|state, row, types| {
    let sum = match (first(state), first(row)) {
        (sum, Null) => sum,
        (Null, value) => value,
        (sum, value) => wide::arithmetic('+', &sum, &value, &types.output)?,
    };
    *state = vec![sum];
    Ok(())
});

pub(super) const COUNT_IF: Fold = Fold {
    start: || vec![Int(0)],
    step: |state, row, _| {
        if row.first() == Some(&Bool(true)) {
            *state = vec![add(&first(state), &Int(1))?];
        }
        Ok(())
    },
    merge: |state, other, _| {
        *state = vec![add(&first(state), &first(other))?];
        Ok(())
    },
    end: only,
    state: of_output,
};

/// The sum and the count. Reals are summed as doubles.
pub(super) const AVG: Fold = Fold {
    start: || vec![Null, Int(0)],
    step: |state, row, _| {
        let value = match row.first() {
            None | Some(Null) => return Ok(()),
            Some(Real(v)) => Double(f64::from(*v)),
            Some(value) => value.clone(),
        };
        let [sum, count] = state.as_slice() else {
            return Err(misfit());
        };
        *state = vec![add(sum, &value)?, add(count, &Int(1))?];
        Ok(())
    },
    merge: |state, other, _| {
        let ([sum, count], [more, n]) = (state.as_slice(), other) else {
            return Err(misfit());
        };
        *state = vec![add(sum, more)?, add(count, n)?];
        Ok(())
    },
    end: |state, types| match state {
        [Null, _] => Ok(Null),
        [sum, Int(count)] => mean(sum, *count, &types.output),
        _ => Err(misfit()),
    },
    state: |types| {
        let sum = match types.inputs.first() {
            Some(Type::Real) => Type::Double,
            Some(Type::Decimal(_, s)) => Type::Decimal(38, *s),
            Some(ty) => ty.clone(),
            None => Type::Bigint,
        };
        vec![sum, Type::Bigint]
    },
};

fn is_nan(value: &Value) -> bool {
    matches!(value, Double(v) if v.is_nan()) || matches!(value, Real(v) if v.is_nan())
}

/// Whether `a` takes the place of `b` as the least or the greatest. NaN only stands where nothing else is.
fn beats(a: &Value, b: &Value, wanted: Ordering) -> bool {
    b.is_null() || (is_nan(b) && !is_nan(a)) || (!is_nan(b) && !is_nan(a) && a.order(b) == wanted)
}

fn keep(state: &mut Vec<Value>, row: &[Value], wanted: Ordering) -> Done {
    let value = first(row);
    if !value.is_null() && beats(&value, &first(state), wanted) {
        *state = vec![value];
    }
    Ok(())
}

pub(super) const MIN: Fold = running(|state, row, _| keep(state, row, Ordering::Less));
pub(super) const MAX: Fold = running(|state, row, _| keep(state, row, Ordering::Greater));

pub(super) const ANY: Fold = running(|state, row, _| {
    if first(state).is_null() {
        *state = vec![first(row)];
    }
    Ok(())
});

fn booleans(state: &mut Vec<Value>, row: &[Value], decides: bool) -> Done {
    match (first(state), first(row)) {
        (_, Null) => {}
        (Bool(v), _) if v == decides => {}
        (_, value) => *state = vec![value],
    }
    Ok(())
}

pub(super) const BOOL_AND: Fold = running(|state, row, _| booleans(state, row, false));
pub(super) const BOOL_OR: Fold = running(|state, row, _| booleans(state, row, true));

fn bits(state: &mut Vec<Value>, row: &[Value], work: fn(i64, i64) -> i64) -> Done {
    match (first(state), first(row)) {
        (Int(a), Int(b)) => *state = vec![Int(work(a, b))],
        (Null, value) => *state = vec![value],
        _ => {}
    }
    Ok(())
}

pub(super) const BIT_AND: Fold = running(|state, row, _| bits(state, row, |a, b| a & b));
pub(super) const BIT_OR: Fold = running(|state, row, _| bits(state, row, |a, b| a | b));

/// The value and the key of the best key so far; the key is NULL for none.
const fn by(step: fn(&mut Vec<Value>, &[Value], &Types) -> Done) -> Fold {
    Fold {
        start: || vec![Null, Null],
        step,
        merge: step,
        end: only,
        state: |types| types.inputs.clone(),
    }
}

fn keep_by(state: &mut Vec<Value>, row: &[Value], wanted: Ordering) -> Done {
    let ([value, key], [_, best]) = (row, state.as_slice()) else {
        return Err(misfit());
    };
    if !key.is_null() && beats(key, best, wanted) {
        *state = vec![value.clone(), key.clone()];
    }
    Ok(())
}

pub(super) const MIN_BY: Fold = by(|state, row, _| keep_by(state, row, Ordering::Less));
pub(super) const MAX_BY: Fold = by(|state, row, _| keep_by(state, row, Ordering::Greater));

/// A fold that keeps all rows in a list, for what needs them all.
const fn collecting(end: fn(&[Value], &Types) -> Out) -> Fold {
    Fold {
        start: || vec![List(Vec::new())],
        step: |state, row, _| {
            if let Some(List(rows)) = state.first_mut() {
                rows.push(List(row.to_vec()));
            }
            Ok(())
        },
        merge: |state, other, _| {
            if let (Some(List(rows)), Some(List(more))) = (state.first_mut(), other.first()) {
                rows.extend(more.iter().cloned());
            }
            Ok(())
        },
        end,
        state: |types| {
            vec![Type::array(Type::Row(
                types.inputs.iter().map(|ty| (None, ty.clone())).collect(),
            ))]
        },
    }
}

/// The rows that were collected.
fn rows(state: &[Value]) -> Vec<&[Value]> {
    match state.first() {
        Some(List(rows)) => rows
            .iter()
            .filter_map(|row| {
                if let List(row) = row {
                    Some(row.as_slice())
                } else {
                    None
                }
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// The values of the first argument that are not NULL.
fn values(state: &[Value]) -> Vec<Value> {
    rows(state)
        .into_iter()
        .filter_map(<[Value]>::first)
        .filter(|v| !v.is_null())
        .cloned()
        .collect()
}

pub(crate) const ARRAY_AGG: Fold = collecting(|state, _| {
    let rows = rows(state);
    Ok(if rows.is_empty() {
        Null
    } else {
        List(rows.into_iter().map(first).collect())
    })
});

pub(super) const LISTAGG: Fold = collecting(|state, _| {
    let rows = rows(state);
    let between = rows.first().and_then(|row| row.get(1)).cloned();
    let texts: Vec<&str> = rows
        .iter()
        .filter_map(|row| {
            if let Some(Text(s)) = row.first() {
                Some(s.as_ref())
            } else {
                None
            }
        })
        .collect();
    if texts.is_empty() {
        return Ok(Null);
    }
    let all = texts.join(if let Some(Text(s)) = &between { s } else { "" });
    if all.len() > 1 << 20 {
        let message = "Concatenated string has the length in bytes larger than the maximum output length 1048576";
        return Err(SqlError::new("EXCEEDED_FUNCTION_MEMORY_LIMIT", message));
    }
    Ok(Value::text(all))
});

pub(super) const MAP_AGG: Fold = collecting(|state, _| {
    let mut entries: Vec<(Value, Value)> = Vec::new();
    for row in rows(state) {
        let [key, value] = row else {
            return Err(misfit());
        };
        if !key.is_null() && !entries.iter().any(|(k, _)| k.same(key)) {
            entries.push((key.clone(), value.clone()));
        }
    }
    if entries.is_empty() {
        Ok(Null)
    } else {
        build_map(entries, &Type::VARCHAR)
    }
});

pub(super) const MULTIMAP_AGG: Fold = collecting(|state, _| {
    let mut entries: Vec<(Value, Vec<Value>)> = Vec::new();
    for row in rows(state) {
        let [key, value] = row else {
            return Err(misfit());
        };
        match entries.iter_mut().find(|(k, _)| k.same(key)) {
            _ if key.is_null() => {}
            Some((_, list)) => list.push(value.clone()),
            None => entries.push((key.clone(), vec![value.clone()])),
        }
    }
    if entries.is_empty() {
        Ok(Null)
    } else {
        build_map(
            entries.into_iter().map(|(k, v)| (k, List(v))),
            &Type::VARCHAR,
        )
    }
});

pub(super) const HISTOGRAM: Fold = collecting(|state, _| {
    let mut values = values(state);
    values.sort_by(Value::order);
    let mut entries: Vec<(Value, i64)> = Vec::new();
    for value in values {
        match entries.last_mut() {
            Some((last, count)) if last.same(&value) => *count += 1,
            _ => entries.push((value, 1)),
        }
    }
    if entries.is_empty() {
        Ok(Null)
    } else {
        build_map(
            entries.into_iter().map(|(k, n)| (k, Int(n))),
            &Type::VARCHAR,
        )
    }
});

/// Exact: a sketch's error would be another one than Trino's.
pub(super) const COUNT_DISTINCT: Fold = collecting(|state, _| {
    if let Some(Some(Double(error))) = rows(state).first().map(|row| row.get(1))
        && !(0.004_062_5..=0.26).contains(error)
    {
        return Err(super::super::functions::bad_argument(format!(
            "Max standard error must be in [0.0040625, 0.26]: {error}"
        )));
    }
    let mut values = values(state);
    values.sort_by(Value::order);
    values.dedup_by(|a, b| a.same(b));
    Ok(Int(i64::try_from(values.len()).unwrap_or(i64::MAX)))
});

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a rank among rows in memory"
)]
pub(super) const PERCENTILE: Fold = collecting(|state, _| {
    let asked = rows(state).iter().rev().find_map(|row| row.get(1).cloned());
    let mut values = values(state);
    if let Some(odd) = values
        .iter()
        .find(|v| matches!(v, Double(x) if !x.is_finite()))
    {
        return Err(super::super::functions::bad_argument(format!(
            "value must be finite; was {}",
            if is_nan(odd) { "NaN" } else { "Infinity" }
        )));
    }
    values.sort_by(Value::order);
    let pick = |p: &Value| match p {
        Double(p) if !(0.0..=1.0).contains(p) => Err(super::super::functions::bad_argument(
            "Percentile must be between 0 and 1",
        )),
        Double(p) => {
            let rank = (p * values.len() as f64).floor() as usize;
            Ok(values
                .get(rank.min(values.len().saturating_sub(1)))
                .cloned()
                .unwrap_or(Null))
        }
        _ => Ok(Null),
    };
    match asked {
        Some(List(all)) if !values.is_empty() => {
            Ok(List(all.iter().map(pick).collect::<Result<_, _>>()?))
        }
        Some(p @ Double(_)) => pick(&p),
        _ => Ok(Null),
    }
});

#[expect(clippy::cast_precision_loss, reason = "a count of rows in memory")]
pub(super) const GEOMETRIC_MEAN: Fold = collecting(|state, _| {
    let values = values(state);
    let logs: f64 = values
        .iter()
        .map(|v| if let Double(v) = v { v.ln() } else { 0.0 })
        .sum();
    Ok(if values.is_empty() {
        Null
    } else {
        Double((logs / values.len() as f64).exp())
    })
});

/// The n least or greatest, best first.
fn best(state: &[Value], keyed: bool, wanted: Ordering) -> Out {
    let mut rows = rows(state);
    let Some(n) = rows.first().and_then(|row| row.last()).cloned() else {
        return Ok(Null);
    };
    let name = if wanted == Ordering::Less {
        "min"
    } else {
        "max"
    };
    let Int(n) = n else { return Ok(Null) };
    if n <= 0 {
        let by = if keyed { "_by" } else { "" };
        let place = if keyed { "third" } else { "second" };
        return Err(super::super::functions::bad_argument(format!(
            "{place} argument of {name}{by}_n must be positive"
        )));
    }
    let key = usize::from(keyed);
    rows.retain(|row| row.get(key).is_some_and(|key| !key.is_null()));
    let order = |a: &&[Value], b: &&[Value]| {
        a.get(key)
            .zip(b.get(key))
            .map_or(Ordering::Equal, |(a, b)| a.order(b))
    };
    rows.sort_by(|a, b| {
        if wanted == Ordering::Less {
            order(a, b)
        } else {
            order(b, a)
        }
    });
    let kept: Vec<Value> = rows
        .into_iter()
        .take(usize::try_from(n).unwrap_or(0))
        .map(first)
        .collect();
    Ok(if kept.is_empty() { Null } else { List(kept) })
}

pub(super) const MIN_N: Fold = collecting(|state, _| best(state, false, Ordering::Less));
pub(super) const MAX_N: Fold = collecting(|state, _| best(state, false, Ordering::Greater));
pub(super) const MIN_BY_N: Fold = collecting(|state, _| best(state, true, Ordering::Less));
pub(super) const MAX_BY_N: Fold = collecting(|state, _| best(state, true, Ordering::Greater));

/// The one row of a scalar subquery.
pub(crate) const SINGLE: Fold = collecting(|state, _| match rows(state).as_slice() {
    [] => Ok(Null),
    [row] => Ok(first(row)),
    _ => Err(SqlError::new(
        "SUBQUERY_MULTIPLE_ROWS",
        "Scalar sub-query has returned multiple rows",
    )),
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nan_is_the_least_only_where_nothing_else_is() {
        let types = Types {
            inputs: vec![Type::Double],
            output: Type::Double,
        };
        let run = |values: &[f64]| {
            let mut state = (MIN.start)();
            for v in values {
                (MIN.step)(&mut state, &[Double(*v)], &types).unwrap();
            }
            (MIN.end)(&state, &types).unwrap()
        };
        assert_eq!(run(&[f64::NAN, 2.0, 1.0]), Double(1.0));
        assert!(is_nan(&run(&[f64::NAN])));
        assert_eq!(run(&[]), Null);
    }
}
