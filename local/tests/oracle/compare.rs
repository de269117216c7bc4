//! When two answers are the same: see the rules in each function.

use serde_json::{Value as Json, json};

/// What is different, or `None`.
pub(crate) fn difference(
    columns: &[(String, String)],
    rows: Vec<Vec<Json>>,
    case: &Json,
) -> Option<String> {
    let wanted = case["columns"].as_array().unwrap();
    let name_of = |c: &Json| {
        (
            c["name"].as_str().unwrap().to_owned(),
            c["type"].as_str().unwrap().to_owned(),
        )
    };
    let wanted_columns: Vec<_> = wanted.iter().map(name_of).collect();
    let names =
        |all: &[(String, String)]| all.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    if names(columns) != names(&wanted_columns) {
        return Some(format!(
            "columns {:?}, Trino {:?}",
            names(columns),
            names(&wanted_columns)
        ));
    }
    for ((name, given), (_, wanted)) in columns.iter().zip(&wanted_columns) {
        if plain(given) != plain(wanted) {
            return Some(format!("{name} is {given}, in Trino {wanted}"));
        }
    }
    let types: Vec<&str> = wanted_columns.iter().map(|(_, ty)| ty.as_str()).collect();
    let mut wanted: Vec<Vec<Json>> = case["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r.as_array().unwrap().clone())
        .collect();
    let mut given: Vec<Vec<Json>> = rows;
    for row in wanted.iter_mut() {
        row.iter_mut()
            .zip(&types)
            .for_each(|(value, ty)| *value = as_dune(value, ty));
    }
    if wanted.len() != given.len() {
        return Some(format!("{} rows, Trino {}", given.len(), wanted.len()));
    }
    if case["any_order_arrays"] == true {
        for value in wanted.iter_mut().chain(given.iter_mut()).flatten() {
            sort_arrays(value);
        }
    }
    if case["ordered"] != true {
        let key = |row: &Vec<Json>| json!(row.iter().map(rounded).collect::<Vec<_>>()).to_string();
        wanted.sort_by_key(key);
        given.sort_by_key(key);
    }
    let tolerance = case["rel_tol"].as_f64().unwrap_or(1e-9);
    let off = given
        .iter()
        .zip(&wanted)
        .find(|(a, b)| !a.iter().zip(b.iter()).all(|(a, b)| same(a, b, tolerance)));
    off.map(|(given, wanted)| format!("row {}, Trino {}", json!(given), json!(wanted)))
}

/// Types without lengths of varchar.
fn plain(ty: &str) -> String {
    let mut out = String::new();
    let mut rest = ty;
    while let Some(at) = rest.find("varchar(") {
        let (before, after) = rest.split_at(at);
        out += before;
        out += "varchar";
        rest = after.split_once(')').map_or("", |(_, rest)| rest);
    }
    (out + rest).replace(", ", ",")
}

/// Trino's encoding of a value in Dune's: maps are objects.
fn as_dune(value: &Json, ty: &str) -> Json {
    let inner = |prefix: &str| ty.strip_prefix(prefix).and_then(|t| t.strip_suffix(')'));
    match value {
        Json::Array(items) => {
            if let Some(element) = inner("array(") {
                items.iter().map(|item| as_dune(item, element)).collect()
            } else if let Some(parts) = inner("map(") {
                let parts = split(parts);
                let mut entries = serde_json::Map::new();
                for pair in items {
                    let key = match &pair[0] {
                        Json::String(text) => text.clone(),
                        Json::Number(n) if parts[0] == "double" => scientific(n.as_f64().unwrap()),
                        other => other.to_string(),
                    };
                    entries.insert(key, as_dune(&pair[1], &parts[1]));
                }
                Json::Object(entries)
            } else if let Some(parts) = inner("row(") {
                let parts = split(parts);
                items
                    .iter()
                    .zip(parts)
                    .map(|(item, part)| as_dune(item, &field(&part)))
                    .collect()
            } else {
                value.clone()
            }
        }
        other => other.clone(),
    }
}

fn scientific(v: f64) -> String {
    let text = format!("{v:e}").replace('e', "E");
    let (mantissa, exponent) = text.split_once('E').unwrap();
    if mantissa.contains('.') {
        text
    } else {
        format!("{mantissa}.0E{exponent}")
    }
}

/// The parts of a type between commas outside brackets.
fn split(parts: &str) -> Vec<String> {
    let (mut all, mut depth) = (vec![String::new()], 0);
    for c in parts.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                all.push(String::new());
                continue;
            }
            _ => {}
        }
        all.last_mut().unwrap().push(c);
    }
    all.iter().map(|part| part.trim().to_owned()).collect()
}

/// A row's field without its name.
fn field(part: &str) -> String {
    let head = part.split(['(', ' ']).next().unwrap();
    let types = [
        "timestamp",
        "time",
        "interval",
        "double",
        "array",
        "map",
        "row",
        "decimal",
        "varchar",
        "char",
    ];
    if types.contains(&head) || !part.contains(' ') {
        part.to_owned()
    } else {
        part.split_once(' ').unwrap().1.to_owned()
    }
}

fn sort_arrays(value: &mut Json) {
    match value {
        Json::Array(items) => {
            items.iter_mut().for_each(sort_arrays);
            items.sort_by_key(ToString::to_string);
        }
        Json::Object(fields) => fields.values_mut().for_each(sort_arrays),
        _ => {}
    }
}

/// Doubles in few digits, so that rows sort alike.
fn rounded(value: &Json) -> Json {
    match value {
        Json::Number(n) if n.is_f64() => json!(format!("{:.6e}", n.as_f64().unwrap() + 0.0)),
        Json::Array(items) => items.iter().map(rounded).collect(),
        other => other.clone(),
    }
}

fn same(a: &Json, b: &Json, tolerance: f64) -> bool {
    match (a, b) {
        (Json::Number(a), Json::Number(b)) if a.is_f64() || b.is_f64() => {
            let (a, b) = (a.as_f64().unwrap(), b.as_f64().unwrap());
            a == b || (a - b).abs() <= tolerance * a.abs().max(b.abs())
        }
        (Json::Array(a), Json::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b, tolerance))
        }
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(key, a)| b.get(key).is_some_and(|b| same(a, b, tolerance)))
        }
        _ => a == b,
    }
}
