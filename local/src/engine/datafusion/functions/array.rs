//! Functions on arrays. What counts as equal inside is what DISTINCT takes for equal.

use super::{
    super::{
        calendar::{self, DAY},
        text,
        types::Type,
        value::Value::{self, Bool, Int, List, Null, Text},
    },
    Line, bad_argument, misfit, time,
};
use crate::engine::SqlError;

type Out = Result<Value, SqlError>;

/// The most elements that `sequence` makes.
const LONGEST: usize = 10_000;

pub(super) const TABLE: &[Line] = &[
    ("cardinality", "array(e)->bigint", |v, _| match v {
        [List(list)] => Ok(size(list)),
        _ => Err(misfit()),
    }),
    ("contains", "array(e),e->boolean", |v, _| match v {
        [List(list), sought] => Ok(any_equal(list, sought).map_or(Null, Bool)),
        _ => Err(misfit()),
    }),
    ("element_at", "array(e),bigint->e", element_at),
    ("array_distinct", "array(e)->array(e)", |v, _| match v {
        [List(list)] => Ok(List(distinct(list))),
        _ => Err(misfit()),
    }),
    ("array_sort", "array(e)->array(e)", |v, _| match v {
        [List(list)] => {
            let mut list = list.clone();
            list.sort_by(Value::order);
            Ok(List(list))
        }
        _ => Err(misfit()),
    }),
    ("array_join", "array(e),varchar->varchar", join),
    ("array_join", "array(e),varchar,varchar->varchar", join),
    ("array_min", "array(e)->e", |v, _| best(v, false)),
    ("array_max", "array(e)->e", |v, _| best(v, true)),
    ("array_position", "array(e),e->bigint", |v, _| match v {
        [List(list), sought] => {
            let at = list.iter().position(|v| v.equals(sought) == Some(true));
            Ok(Int(at
                .and_then(|at| i64::try_from(at + 1).ok())
                .unwrap_or(0)))
        }
        _ => Err(misfit()),
    }),
    ("array_remove", "array(e),e->array(e)", |v, _| match v {
        [List(list), gone] => Ok(List(
            list.iter()
                .filter(|v| v.equals(gone) != Some(true))
                .cloned()
                .collect(),
        )),
        _ => Err(misfit()),
    }),
    ("array_union", "array(e),array(e)->array(e)", |v, _| {
        two(v, |a, b| {
            List(distinct(&a.iter().chain(b).cloned().collect::<Vec<_>>()))
        })
    }),
    ("array_intersect", "array(e),array(e)->array(e)", |v, _| {
        two(v, |a, b| {
            List(
                distinct(a)
                    .into_iter()
                    .filter(|v| b.iter().any(|w| v.same(w)))
                    .collect(),
            )
        })
    }),
    ("array_except", "array(e),array(e)->array(e)", |v, _| {
        two(v, |a, b| {
            List(
                distinct(a)
                    .into_iter()
                    .filter(|v| !b.iter().any(|w| v.same(w)))
                    .collect(),
            )
        })
    }),
    ("arrays_overlap", "array(e),array(e)->boolean", |v, _| {
        two(v, |a, b| {
            let nulls = a.iter().any(Value::is_null) && !b.is_empty()
                || b.iter().any(Value::is_null) && !a.is_empty();
            if a.iter()
                .any(|v| !v.is_null() && b.iter().any(|w| v.equals(w) == Some(true)))
            {
                Bool(true)
            } else if nulls {
                Null
            } else {
                Bool(false)
            }
        })
    }),
    ("concat", "array(e),array(e)..->array(e)", |v, _| {
        let mut all = Vec::new();
        for list in v {
            let List(list) = list else {
                return Err(misfit());
            };
            all.extend(list.iter().cloned());
        }
        Ok(List(all))
    }),
    ("flatten", "array(array(e))->array(e)", |v, _| match v {
        [List(lists)] => {
            let inner = lists
                .iter()
                .filter_map(|l| if let List(l) = l { Some(l) } else { None });
            Ok(List(inner.flatten().cloned().collect()))
        }
        _ => Err(misfit()),
    }),
    ("reverse", "array(e)->array(e)", |v, _| match v {
        [List(list)] => Ok(List(list.iter().rev().cloned().collect())),
        _ => Err(misfit()),
    }),
    ("repeat", "?e,bigint->array(e)", |v, _| match v {
        [_, Null] => Ok(Null),
        [_, Int(n)] if *n < 0 => Err(bad_argument(
            "count argument of repeat function must be greater than or equal to 0",
        )),
        [value, Int(n)] => match usize::try_from(*n) {
            Ok(n) if n <= LONGEST => Ok(List(vec![value.clone(); n])),
            _ => Err(bad_argument(
                "count argument of repeat function must be less than or equal to 10000",
            )),
        },
        _ => Err(misfit()),
    }),
    (
        "slice",
        "array(e),bigint,bigint->array(e)",
        |v, _| match v {
            [List(_), Int(0), Int(_)] => Err(bad_argument("SQL array indices start at 1")),
            [List(_), Int(_), Int(length)] if *length < 0 => {
                Err(bad_argument("length must be greater than or equal to 0"))
            }
            [List(list), Int(start), Int(length)] => {
                let count = i64::try_from(list.len()).unwrap_or(i64::MAX);
                let from = if *start > 0 { start - 1 } else { count + start };
                if from < 0 || from >= count {
                    return Ok(List(Vec::new()));
                }
                let (from, length) = (
                    usize::try_from(from).unwrap_or(0),
                    usize::try_from(*length).unwrap_or(usize::MAX),
                );
                Ok(List(list.iter().skip(from).take(length).cloned().collect()))
            }
            _ => Err(misfit()),
        },
    ),
    ("trim_array", "array(e),bigint->array(e)", |v, _| match v {
        [List(list), Int(n)] => {
            let keep = usize::try_from(*n)
                .ok()
                .and_then(|n| list.len().checked_sub(n));
            match keep.and_then(|keep| list.get(..keep)) {
                Some(kept) => Ok(List(kept.to_vec())),
                None if *n < 0 => Err(bad_argument(format!("size must not be negative: {n}"))),
                None => Err(bad_argument(format!(
                    "size must not exceed array cardinality {}: {n}",
                    list.len()
                ))),
            }
        }
        _ => Err(misfit()),
    }),
    ("zip", "?array(k),array(v)->array(row(k,v))", |v, _| zip(v)),
    (
        "zip",
        "?array(k),array(v),array(t)->array(row(k,v,t))",
        |v, _| zip(v),
    ),
    ("sequence", "bigint,bigint->array(bigint)", |v, _| {
        numbers(v)
    }),
    ("sequence", "bigint,bigint,bigint->array(bigint)", |v, _| {
        numbers(v)
    }),
    ("sequence", "date,date->array(date)", |v, _| numbers(v)),
    (
        "sequence",
        "date,date,interval day to second->array(date)",
        |v, t| moments(v, t),
    ),
    (
        "sequence",
        "date,date,interval year to month->array(date)",
        |v, t| moments(v, t),
    ),
];

fn size(list: &[Value]) -> Value {
    Int(i64::try_from(list.len()).unwrap_or(i64::MAX))
}

fn two(values: &[Value], work: impl Fn(&[Value], &[Value]) -> Value) -> Out {
    match values {
        [List(a), List(b)] => Ok(work(a, b)),
        _ => Err(misfit()),
    }
}

fn distinct(list: &[Value]) -> Vec<Value> {
    let mut kept: Vec<Value> = Vec::new();
    for value in list {
        if !kept.iter().any(|k| k.same(value)) {
            kept.push(value.clone());
        }
    }
    kept
}

/// Whether an element equals; unknown if none does and one is NULL.
fn any_equal(list: &[Value], sought: &Value) -> Option<bool> {
    let mut answer = Some(false);
    for value in list {
        match value.equals(sought) {
            Some(true) => return Some(true),
            Some(false) => {}
            None => answer = None,
        }
    }
    answer
}

fn element_at(values: &[Value], _: &[Type]) -> Out {
    let [List(list), Int(index)] = values else {
        return Err(misfit());
    };
    if *index == 0 {
        return Err(bad_argument("SQL array indices start at 1"));
    }
    let at = usize::try_from(index.unsigned_abs() - 1).unwrap_or(usize::MAX);
    let found = if *index > 0 {
        list.get(at)
    } else {
        list.iter().rev().nth(at)
    };
    Ok(found.cloned().unwrap_or(Null))
}

fn join(values: &[Value], types: &[Type]) -> Out {
    let (list, between, absent) = match values {
        [List(list), Text(between)] => (list, between, None),
        [List(list), Text(between), Text(absent)] => (list, between, Some(absent.to_string())),
        _ => return Err(misfit()),
    };
    let Some(Type::Array(element)) = types.first() else {
        return Err(misfit());
    };
    if element.is_nested() || matches!(**element, Type::Varbinary) {
        return Err(bad_argument(format!("Input type {element} not supported")));
    }
    let parts: Vec<String> = list
        .iter()
        .filter_map(|v| text::print(v, element).or_else(|| absent.clone()))
        .collect();
    Ok(Value::text(parts.join(between)))
}

fn best(values: &[Value], greatest: bool) -> Out {
    let [List(list)] = values else {
        return Err(misfit());
    };
    if list.iter().any(Value::is_null) || list.is_empty() {
        return Ok(Null);
    }
    let nan = |v: &&Value| matches!(v, Value::Double(x) if x.is_nan());
    let usual: Vec<&Value> = list.iter().filter(|v| !nan(v)).collect();
    let pick = if greatest {
        usual.iter().max_by(|a, b| a.order(b))
    } else {
        usual.iter().min_by(|a, b| a.order(b))
    };
    Ok(pick.copied().or(list.first()).cloned().unwrap_or(Null))
}

fn numbers(values: &[Value]) -> Out {
    let (start, stop, step) = match values {
        [Int(start), Int(stop)] => (*start, *stop, if stop < start { -1 } else { 1 }),
        [Int(start), Int(stop), Int(step)] => (*start, *stop, *step),
        _ => return Err(misfit()),
    };
    collect(start, stop, step, |value| value.checked_add(step))
}

fn collect(start: i64, stop: i64, step: i64, next: impl Fn(i64) -> Option<i64>) -> Out {
    if step == 0 {
        return Err(bad_argument("step must not be zero"));
    }
    if (step > 0) != (stop >= start) && start != stop {
        let message = "sequence stop value should be greater than or equal to start value if step is greater than zero otherwise stop should be less than or equal to start";
        return Err(bad_argument(message));
    }
    let (mut all, mut at) = (Vec::new(), Some(start));
    while let Some(value) = at.filter(|v| if step > 0 { *v <= stop } else { *v >= stop }) {
        if all.len() == LONGEST {
            return Err(bad_argument(
                "result of sequence function must not have more than 10000 entries",
            ));
        }
        all.push(Int(value));
        at = next(value);
    }
    Ok(List(all))
}

/// Dates or timestamps an interval apart.
pub(super) fn moments(values: &[Value], types: &[Type]) -> Out {
    let ([Int(start), Int(stop), step @ Int(size)], [ty, _, kind]) = (values, types) else {
        return Err(misfit());
    };
    if *kind == Type::IntervalMonth {
        // Each is so many months after the first, so that the 31st comes back.
        let clock = text::local(*start, ty).ok_or_else(misfit)?;
        let mut all = Vec::new();
        if (*size > 0) != (stop >= start) && start != stop {
            return collect(*start, *stop, *size, |_| None);
        }
        for n in 0.. {
            let moment = size
                .checked_mul(n)
                .and_then(|m| calendar::add_months(clock, m))
                .map(calendar::micros);
            let Some(value) = moment.map(|m| {
                if *ty == Type::Date {
                    m.div_euclid(DAY)
                } else {
                    m
                }
            }) else {
                break;
            };
            if *size == 0
                || if *size > 0 {
                    value > *stop
                } else {
                    value < *stop
                }
            {
                break;
            }
            if all.len() == LONGEST {
                return Err(bad_argument(
                    "result of sequence function must not have more than 10000 entries",
                ));
            }
            all.push(Int(value));
        }
        return Ok(List(all));
    }
    if *ty == Type::Date && size % 86_400_000 != 0 {
        return Err(bad_argument(
            "sequence step must be a day interval if start and end values are dates",
        ));
    }
    collect(*start, *stop, *size, |value| {
        match time::shift(&Int(value), ty, step, kind, 1) {
            Ok(Int(next)) => Some(next),
            _ => None,
        }
    })
}

fn zip(v: &[Value]) -> Out {
    let lists: Vec<&[Value]> = v
        .iter()
        .map(|l| if let List(l) = l { l.as_slice() } else { &[] })
        .collect();
    if v.iter().any(Value::is_null) {
        return Ok(Null);
    }
    let longest = lists.iter().map(|l| l.len()).max().unwrap_or(0);
    Ok(List(
        (0..longest)
            .map(|i| {
                List(
                    lists
                        .iter()
                        .map(|l| l.get(i).cloned().unwrap_or(Null))
                        .collect(),
                )
            })
            .collect(),
    ))
}
