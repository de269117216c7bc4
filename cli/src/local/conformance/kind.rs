//! Trino's types, as far as values are encoded differently for them.
//! Dune writes a map as a JSON object; the records write it as pairs, whose keys have the type that the map's type says.

use serde_json::Value;

/// What a type's values look like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    Integer,
    Float,
    Boolean,
    Array(Box<Kind>),
    Map(Box<Kind>, Box<Kind>),
    Row(Vec<Kind>),
    /// Everything that is written as text: varchar, decimal, varbinary, times, json, ..
    Text,
}

impl Kind {
    /// Reads a type as `typeof()` spells it. What it does not know is text.
    pub(crate) fn parse(spelled: &str) -> Kind {
        let spelled = spelled.trim();
        match (head(spelled), arguments(spelled).as_slice()) {
            ("tinyint" | "smallint" | "integer" | "bigint", _) => Kind::Integer,
            ("real" | "double", _) => Kind::Float,
            ("boolean", _) => Kind::Boolean,
            ("array", [element]) => Kind::Array(Box::new(Kind::parse(element))),
            ("map", [key, value]) => {
                Kind::Map(Box::new(Kind::parse(key)), Box::new(Kind::parse(value)))
            }
            ("row", fields) => Kind::Row(
                fields
                    .iter()
                    .map(|field| Kind::parse(field_kind(field)))
                    .collect(),
            ),
            _ => Kind::Text,
        }
    }

    /// A value in the encoding of the records: maps as pairs, sorted by the JSON text of their keys.
    pub(crate) fn encode(&self, value: Value) -> Value {
        match (self, value) {
            (Kind::Array(element), Value::Array(values)) => values
                .into_iter()
                .map(|value| element.encode(value))
                .collect(),
            (Kind::Row(fields), Value::Array(values)) if fields.len() == values.len() => fields
                .iter()
                .zip(values)
                .map(|(field, value)| field.encode(value))
                .collect(),
            (Kind::Map(key, inner), Value::Object(entries)) => {
                let pair = |(text, value): (String, Value)| (key.key(text), inner.encode(value));
                let mut pairs: Vec<(Value, Value)> = entries.into_iter().map(pair).collect();
                pairs.sort_by_cached_key(|(key, _)| key.to_string());
                pairs
                    .into_iter()
                    .map(|(key, value)| Value::Array(vec![key, value]))
                    .collect()
            }
            (_, value) => value,
        }
    }

    /// A key of a map, which JSON objects have as text only.
    fn key(&self, text: String) -> Value {
        let read = match self {
            Kind::Integer => text.parse::<i64>().ok().map(Value::from),
            Kind::Float => text
                .parse::<f64>()
                .ok()
                .and_then(serde_json::Number::from_f64)
                .map(Value::Number),
            Kind::Boolean => text.parse::<bool>().ok().map(Value::Bool),
            Kind::Array(_) | Kind::Map(..) | Kind::Row(_) => serde_json::from_str(&text)
                .ok()
                .map(|value| self.encode(value)),
            Kind::Text => None,
        };
        read.unwrap_or(Value::String(text))
    }
}

/// Whether two types are the same but for the lengths of varchars: Trino derives those, and they say nothing about values.
pub(crate) fn same_kind(one: &str, other: &str) -> bool {
    without_lengths(one) == without_lengths(other)
}

fn without_lengths(spelled: &str) -> String {
    let mut out = String::with_capacity(spelled.len());
    let mut rest = spelled;
    while let Some((before, after)) = rest.split_once("varchar(") {
        out.push_str(before);
        out.push_str("varchar");
        let digits = after.trim_start_matches(|c: char| c.is_ascii_digit());
        rest = digits.strip_prefix(')').unwrap_or(digits);
    }
    out.push_str(rest);
    out.replace(", ", ",")
}

fn head(spelled: &str) -> &str {
    spelled.split(['(', ' ']).next().unwrap_or_default()
}

/// What stands between a type's parentheses, split at the commas outside of inner ones.
fn arguments(spelled: &str) -> Vec<&str> {
    let inner = spelled
        .split_once('(')
        .and_then(|(_, rest)| rest.strip_suffix(')'));
    let (mut depth, mut quoted) = (0i32, false);
    let outer_comma = |c: char| {
        quoted ^= c == '"';
        if !quoted {
            depth += i32::from(c == '(') - i32::from(c == ')');
        }
        c == ',' && depth == 0 && !quoted
    };
    inner
        .map(|inner| inner.split(outer_comma).map(str::trim).collect())
        .unwrap_or_default()
}

/// The type of a row's field, which may have a name before it: `amount bigint`, `"a b" bigint`, `bigint`. Of types with blanks of
/// their own, such as `timestamp(3) with time zone`, this takes the first word for a name; what is left is text as well.
fn field_kind(field: &str) -> &str {
    let named = match field.strip_prefix('"') {
        Some(quoted) => quoted.split_once("\" "),
        None => field.split_once(' '),
    };
    named.map_or(field, |(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn encode(kind: &str, value: Value) -> Value {
        Kind::parse(kind).encode(value)
    }

    #[test]
    fn the_keys_of_a_map_have_its_type() {
        assert_eq!(
            encode("map(integer, varchar(1))", json!({"10": "a", "9": "b"})),
            json!([[10, "a"], [9, "b"]])
        );
        assert_eq!(
            encode("map(boolean, double)", json!({"true": 1.5, "false": null})),
            json!([[false, null], [true, 1.5]])
        );
        assert_eq!(
            encode("map(varchar, bigint)", json!({"b": 1, "a": 2})),
            json!([["a", 2], ["b", 1]])
        );
        assert_eq!(
            encode("map(double, bigint)", json!({"1.5": 1, "NaN": 2})),
            json!([["NaN", 2], [1.5, 1]])
        );
        assert_eq!(
            encode("map(date, decimal(2,1))", json!({"2024-01-01": "1.5"})),
            json!([["2024-01-01", "1.5"]])
        );
    }

    #[test]
    fn maps_are_found_inside_of_arrays_rows_and_maps() {
        let inner = json!([[1, [2.5, [["k", 1]]]]]);
        assert_eq!(
            encode(
                "array(row(a integer, b row(c double, d map(varchar, integer))))",
                json!([[1, [2.5, {"k": 1}]]])
            ),
            inner
        );
        let nested = json!([["a", [["b", 1]]]]);
        assert_eq!(
            encode(
                "map(varchar, map(varchar, integer))",
                json!({"a": {"b": 1}})
            ),
            nested
        );
    }

    #[test]
    fn rows_may_name_their_fields_or_not() {
        let kinds = |spelled: &str| Kind::parse(spelled);
        let expected = Kind::Row(vec![Kind::Text, Kind::Integer, Kind::Float]);
        assert_eq!(
            kinds("row(timestamp(3) with time zone, bigint, real)"),
            expected
        );
        assert_eq!(
            kinds("row(\"a, (b\" timestamp(3) with time zone, c bigint, d real)"),
            expected
        );
        assert_eq!(kinds("row(interval day to second, bigint, real)"), expected);
        assert_eq!(kinds("row(date date, bigint bigint, x double)"), expected);
    }

    #[test]
    fn values_that_do_not_fit_their_type_stay_as_they_are() {
        assert_eq!(encode("row(integer, integer)", json!([1])), json!([1]));
        assert_eq!(
            encode("map(varchar, integer)", json!("text")),
            json!("text")
        );
        assert_eq!(encode("integer", Value::Null), Value::Null);
    }

    #[test]
    fn types_are_the_same_whatever_the_lengths_of_their_varchars() {
        assert!(same_kind("varchar(7)", "varchar"));
        assert!(same_kind(
            "map(varchar(1), array(varchar))",
            "map(varchar,array(varchar(20)))"
        ));
        assert!(!same_kind("char(5)", "char(6)"));
        assert!(!same_kind("decimal(2,1)", "decimal(3,1)"));
        assert!(!same_kind("bigint", "integer"));
    }
}
