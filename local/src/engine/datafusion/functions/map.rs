//! Functions on maps.

use super::{
    super::{
        types::Type,
        value::Value::{self, Int, List, Null, Text},
    },
    Line, bad_argument, misfit,
};
use crate::engine::{SqlError, datafusion::text};

type Out = Result<Value, SqlError>;

pub(super) const TABLE: &[Line] = &[
    ("map", "->map(unknown,unknown)", |_, _| Ok(List(Vec::new()))),
    ("map", "array(k),array(v)->map(k,v)", |v, t| match v {
        [List(keys), List(values)] if keys.len() == values.len() => {
            let key = if let Some(Type::Array(key)) = t.first() {
                key
            } else {
                &Type::Unknown
            };
            build(keys.iter().cloned().zip(values.iter().cloned()), key)
        }
        [List(_), List(_)] => Err(bad_argument("Key and value arrays must be the same length")),
        _ => Err(misfit()),
    }),
    ("cardinality", "map(k,v)->bigint", |v, _| match v {
        [List(entries)] => Ok(Int(i64::try_from(entries.len()).unwrap_or(i64::MAX))),
        _ => Err(misfit()),
    }),
    ("element_at", "map(k,v),k->v", |v, _| match v {
        [List(entries), key] => Ok(find(entries, key).unwrap_or(Null)),
        _ => Err(misfit()),
    }),
    ("map_keys", "map(k,v)->array(k)", |v, _| sides(v, 0)),
    ("map_values", "map(k,v)->array(v)", |v, _| sides(v, 1)),
    ("map_entries", "map(k,v)->array(row(k,v))", |v, _| {
        v.first().cloned().ok_or_else(misfit)
    }),
    (
        "map_from_entries",
        "array(row(k,v))->map(k,v)",
        |v, t| match (v, t.first()) {
            ([List(entries)], Some(Type::Array(row))) => {
                let Type::Row(fields) = row.as_ref() else {
                    return Err(misfit());
                };
                let key = fields.first().map_or(&Type::Unknown, |(_, ty)| ty);
                if entries.iter().any(Value::is_null) {
                    return Err(bad_argument("map entry cannot be null"));
                }
                build(entries.iter().filter_map(pair), key)
            }
            _ => Err(misfit()),
        },
    ),
    ("map_concat", "map(k,v),map(k,v)..->map(k,v)", |v, _| {
        let mut all: Vec<Value> = Vec::new();
        for map in v {
            let List(entries) = map else {
                return Err(misfit());
            };
            for entry in entries {
                let Some((key, _)) = pair(entry) else {
                    return Err(misfit());
                };
                match all
                    .iter_mut()
                    .find(|e| pair(e).is_some_and(|(k, _)| k.same(&key)))
                {
                    Some(old) => *old = entry.clone(),
                    None => all.push(entry.clone()),
                }
            }
        }
        Ok(List(all))
    }),
    (
        "split_to_map",
        "varchar,varchar,varchar->map(varchar,varchar)",
        |v, _| {
            let [Text(s), Text(between), Text(within)] = v else {
                return Err(misfit());
            };
            if between.is_empty() || within.is_empty() || between == within {
                return Err(bad_argument(
                    "entryDelimiter and keyValueDelimiter must not be empty and must not be the same",
                ));
            }
            let mut entries = Vec::new();
            for entry in s.split(between.as_ref()).filter(|e| !e.is_empty()) {
                match entry.split_once(within.as_ref()) {
                    Some((key, value)) if !value.contains(within.as_ref()) => {
                        entries.push((Value::text(key), Value::text(value)))
                    }
                    _ => {
                        return Err(bad_argument(format!(
                            "Key-value delimiter must appear exactly once in each entry. Bad input: '{entry}'"
                        )));
                    }
                }
            }
            build(entries, &Type::VARCHAR)
        },
    ),
];

/// The key and the value of an entry.
pub(super) fn pair(entry: &Value) -> Option<(Value, Value)> {
    match entry {
        List(pair) => Some((pair.first()?.clone(), pair.get(1)?.clone())),
        _ => None,
    }
}

/// The value under a key.
pub(crate) fn find(entries: &[Value], key: &Value) -> Option<Value> {
    entries
        .iter()
        .filter_map(pair)
        .find(|(k, _)| k.equals(key) == Some(true))
        .map(|(_, value)| value)
}

/// A map of these entries.
pub(crate) fn build(entries: impl IntoIterator<Item = (Value, Value)>, key_type: &Type) -> Out {
    let mut all: Vec<(Value, Value)> = Vec::new();
    for (key, value) in entries {
        if key.is_null() {
            return Err(bad_argument("map key cannot be null"));
        }
        if all.iter().any(|(k, _)| k.same(&key)) {
            let shown = text::print(&key, key_type).unwrap_or_default();
            return Err(bad_argument(format!(
                "Duplicate map keys ({shown}) are not allowed"
            )));
        }
        all.push((key, value));
    }
    Ok(List(
        all.into_iter().map(|(k, v)| List(vec![k, v])).collect(),
    ))
}

fn sides(values: &[Value], side: usize) -> Out {
    let [List(entries)] = values else {
        return Err(misfit());
    };
    Ok(List(
        entries
            .iter()
            .map(|entry| match entry {
                List(pair) => pair.get(side).cloned().unwrap_or(Null),
                _ => Null,
            })
            .collect(),
    ))
}
