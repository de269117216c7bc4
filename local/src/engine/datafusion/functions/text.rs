//! Functions on text. Positions and lengths count characters.

use super::{
    super::{
        text,
        types::Type,
        value::Value::{self, Bool, Bytes, Int, List, Null, Text},
    },
    Line, bad_argument, misfit,
};
use crate::engine::SqlError;

type Out = Result<Value, SqlError>;

pub(super) const TABLE: &[Line] = &[
    ("length", "varchar->bigint", |v, t| {
        with(v, t, |s| Int(count(s)))
    }),
    ("lower", "varchar->varchar", |v, t| {
        with(v, t, |s| {
            Value::text(s.chars().map(one_lower).collect::<String>())
        })
    }),
    ("upper", "varchar->varchar", |v, t| {
        with(v, t, |s| {
            Value::text(s.chars().map(one_upper).collect::<String>())
        })
    }),
    ("reverse", "varchar->varchar", |v, t| {
        with(v, t, |s| Value::text(s.chars().rev().collect::<String>()))
    }),
    ("trim", "varchar->varchar", |v, t| {
        with(v, t, |s| Value::text(s.trim_matches(blank)))
    }),
    ("ltrim", "varchar->varchar", |v, t| {
        with(v, t, |s| Value::text(s.trim_start_matches(blank)))
    }),
    ("rtrim", "varchar->varchar", |v, t| {
        with(v, t, |s| Value::text(s.trim_end_matches(blank)))
    }),
    ("trim", "varchar,varchar->varchar", |v, _| {
        two(v, |s, set| Value::text(s.trim_matches(|c| set.contains(c))))
    }),
    ("ltrim", "varchar,varchar->varchar", |v, _| {
        two(v, |s, set| {
            Value::text(s.trim_start_matches(|c| set.contains(c)))
        })
    }),
    ("rtrim", "varchar,varchar->varchar", |v, _| {
        two(v, |s, set| {
            Value::text(s.trim_end_matches(|c| set.contains(c)))
        })
    }),
    ("starts_with", "varchar,varchar->boolean", |v, _| {
        two(v, |s, start| Bool(s.starts_with(start)))
    }),
    ("strpos", "varchar,varchar->bigint", |v, _| {
        two(v, |s, part| Int(find(s, part, 1)))
    }),
    ("strpos", "varchar,varchar,bigint->bigint", |v, _| match v {
        [Text(_), Text(_), Int(0)] => Err(bad_argument(
            "'instance' must be a positive or negative number.",
        )),
        [Text(s), Text(part), Int(n)] => Ok(Int(find(s, part, *n))),
        _ => Err(misfit()),
    }),
    ("substr", "varchar,bigint->varchar", substr),
    ("substr", "varchar,bigint,bigint->varchar", substr),
    ("substring", "varchar,bigint->varchar", substr),
    ("substring", "varchar,bigint,bigint->varchar", substr),
    ("replace", "varchar,varchar->varchar", |v, _| {
        two(v, |s, old| Value::text(replace(s, old, "")))
    }),
    (
        "replace",
        "varchar,varchar,varchar->varchar",
        |v, _| match v {
            [Text(s), Text(old), Text(new)] => Ok(Value::text(replace(s, old, new))),
            _ => Err(misfit()),
        },
    ),
    (
        "translate",
        "varchar,varchar,varchar->varchar",
        |v, _| match v {
            [Text(s), Text(from), Text(to)] => {
                let (from, to): (Vec<char>, Vec<char>) =
                    (from.chars().collect(), to.chars().collect());
                let swap = |c| {
                    from.iter()
                        .position(|f| *f == c)
                        .map_or(Some(c), |at| to.get(at).copied())
                };
                Ok(Value::text(s.chars().filter_map(swap).collect::<String>()))
            }
            _ => Err(misfit()),
        },
    ),
    ("split", "varchar,varchar->array(varchar)", |v, _| split(v)),
    ("split", "varchar,varchar,bigint->array(varchar)", |v, _| {
        split(v)
    }),
    ("split_part", "varchar,varchar,bigint->varchar", split_part),
    ("lpad", "varchar,bigint,varchar->varchar", |v, _| {
        pad(v, true)
    }),
    ("rpad", "varchar,bigint,varchar->varchar", |v, _| {
        pad(v, false)
    }),
    ("chr", "bigint->varchar", |v, _| match v {
        [Int(code)] => u32::try_from(*code)
            .ok()
            .and_then(char::from_u32)
            .map(|c| Value::text(c.to_string()))
            .ok_or_else(|| bad_argument(format!("Not a valid Unicode code point: {code}"))),
        _ => Err(misfit()),
    }),
    ("concat", "varchar,varchar..->varchar", |v, _| {
        let mut all = String::new();
        for part in v {
            let Text(part) = part else {
                return Err(misfit());
            };
            all.push_str(part);
        }
        Ok(Value::text(all))
    }),
    ("concat_ws", "?varchar,varchar..->varchar", |v, _| match v {
        [Text(between), parts @ ..] => {
            let parts: Vec<&str> = parts
                .iter()
                .filter_map(|p| {
                    if let Text(p) = p {
                        Some(p.as_ref())
                    } else {
                        None
                    }
                })
                .collect();
            Ok(Value::text(parts.join(between)))
        }
        [Null, ..] => Ok(Null),
        _ => Err(misfit()),
    }),
    ("levenshtein_distance", "varchar,varchar->bigint", |v, _| {
        two(v, |a, b| Int(levenshtein(a, b)))
    }),
    (
        "hamming_distance",
        "varchar,varchar->bigint",
        |v, _| match v {
            [Text(a), Text(b)] if count(a) == count(b) => Ok(Int(a
                .chars()
                .zip(b.chars())
                .filter(|(a, b)| a != b)
                .map(|_| 1)
                .sum())),
            [Text(_), Text(_)] => Err(bad_argument(
                "The input strings to hamming_distance function must have the same length",
            )),
            _ => Err(misfit()),
        },
    ),
    ("codepoint", "varchar(1)->integer", |v, t| {
        with(v, t, |s| {
            Int(s.chars().next().map_or(0, |c| i64::from(u32::from(c))))
        })
    }),
    ("to_utf8", "varchar->varbinary", |v, t| {
        with(v, t, |s| Bytes(s.as_bytes().into()))
    }),
];

fn with(values: &[Value], types: &[Type], work: impl Fn(&str) -> Value) -> Out {
    match (values, types) {
        // The blanks of a char(n) count.
        ([value @ Text(_)], [ty @ Type::Char(_)]) => {
            Ok(work(&text::print(value, ty).unwrap_or_default()))
        }
        ([Text(s)], _) => Ok(work(s)),
        _ => Err(misfit()),
    }
}

fn two(values: &[Value], work: impl Fn(&str, &str) -> Value) -> Out {
    match values {
        [Text(a), Text(b)] => Ok(work(a, b)),
        _ => Err(misfit()),
    }
}

pub(super) fn count(s: &str) -> i64 {
    i64::try_from(s.chars().count()).unwrap_or(i64::MAX)
}

fn blank(c: char) -> bool {
    c.is_whitespace() && c != '\u{a0}'
}

/// Trino changes one character into one: `ß` stays.
fn one_upper(c: char) -> char {
    let mut upper = c.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(up), None) => up,
        _ => c,
    }
}

fn one_lower(c: char) -> char {
    if c == 'İ' {
        return 'i';
    }
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(low), None) => low,
        _ => c,
    }
}

/// The place of the n-th `part`, from the end where n is negative; 0 for none.
fn find(s: &str, part: &str, n: i64) -> i64 {
    if part.is_empty() {
        return 1;
    }
    let starts: Vec<usize> = s
        .char_indices()
        .map(|(at, _)| at)
        .filter(|at| s.get(*at..).is_some_and(|rest| rest.starts_with(part)))
        .collect();
    let index = usize::try_from(n.unsigned_abs() - 1).unwrap_or(usize::MAX);
    let at = if n > 0 {
        starts.get(index)
    } else {
        starts.iter().rev().nth(index)
    };
    at.and_then(|at| s.get(..*at))
        .map_or(0, |before| count(before) + 1)
}

fn substr(values: &[Value], types: &[Type]) -> Out {
    let (s, start, length) = match values {
        [Text(_), Int(start)] => (values.first(), *start, i64::MAX),
        [Text(_), Int(start), Int(length)] => (values.first(), *start, *length),
        _ => return Err(misfit()),
    };
    let padded = s
        .zip(types.first())
        .and_then(|(s, ty)| text::print(s, ty))
        .unwrap_or_default();
    let (from, size) = match window(count(&padded), start, length) {
        Some(window) => window,
        None => return Ok(Value::text("")),
    };
    Ok(Value::text(
        padded.chars().skip(from).take(size).collect::<String>(),
    ))
}

/// What `substr` takes: how many to skip and how many to keep. Nothing for a start of 0 or beyond an end.
pub(super) fn window(count: i64, start: i64, length: i64) -> Option<(usize, usize)> {
    let start = match start {
        0 => return None,
        s if s > 0 => s - 1,
        s => count.checked_add(s)?,
    };
    if start < 0 || start >= count || length <= 0 {
        return None;
    }
    Some((
        usize::try_from(start).ok()?,
        usize::try_from(length.min(count - start)).ok()?,
    ))
}

fn replace(s: &str, old: &str, new: &str) -> String {
    if old.is_empty() && s.is_empty() {
        new.to_owned()
    } else {
        s.replace(old, new)
    }
}

fn split(values: &[Value]) -> Out {
    let (s, by, limit) = match values {
        [Text(s), Text(by)] => (s, by, i64::from(i32::MAX)),
        [Text(s), Text(by), Int(limit)] => (s, by, *limit),
        _ => return Err(misfit()),
    };
    if limit <= 0 {
        return Err(bad_argument("Limit must be positive"));
    }
    if by.is_empty() {
        return Err(bad_argument("The delimiter may not be the empty string"));
    }
    Ok(List(
        s.splitn(usize::try_from(limit).unwrap_or(usize::MAX), by.as_ref())
            .map(Value::text)
            .collect(),
    ))
}

fn split_part(values: &[Value], _: &[Type]) -> Out {
    let [Text(s), Text(by), Int(index)] = values else {
        return Err(misfit());
    };
    let Some(index) = usize::try_from(*index).ok().and_then(|i| i.checked_sub(1)) else {
        return Err(bad_argument("Index must be greater than zero"));
    };
    if by.is_empty() {
        return Ok(s
            .chars()
            .nth(index)
            .map_or(Null, |c| Value::text(c.to_string())));
    }
    Ok(s.split(by.as_ref()).nth(index).map_or(Null, Value::text))
}

fn pad(values: &[Value], left: bool) -> Out {
    let [Text(s), Int(length), Text(with)] = values else {
        return Err(misfit());
    };
    if !(0..=i64::from(i32::MAX)).contains(length) {
        return Err(bad_argument(
            "Target length must be in the range [0..2147483647]",
        ));
    }
    if with.is_empty() {
        return Err(bad_argument("Padding string must not be empty"));
    }
    if *length > 10_000_000 {
        return Err(bad_argument(
            "the local engine pads to at most 10000000 characters",
        ));
    }
    let (have, want) = (count(s), usize::try_from(*length).unwrap_or(0));
    if have >= *length {
        return Ok(Value::text(s.chars().take(want).collect::<String>()));
    }
    let fill: String = with
        .chars()
        .cycle()
        .take(usize::try_from(*length - have).unwrap_or(0))
        .collect();
    Ok(Value::text(if left {
        format!("{fill}{s}")
    } else {
        format!("{s}{fill}")
    }))
}

fn levenshtein(a: &str, b: &str) -> i64 {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<i64> = (0..).take(b.len() + 1).collect();
    for (i, ca) in (1..).zip(a.chars()) {
        let mut diagonal = i - 1;
        let mut left = i;
        let mut next = vec![i];
        for (above, cb) in row.iter().skip(1).zip(&b) {
            let cost = (diagonal + i64::from(ca != *cb))
                .min(left + 1)
                .min(above + 1);
            diagonal = *above;
            left = cost;
            next.push(cost);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}
