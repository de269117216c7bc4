//! Casts to and from JSON.

use serde_json::Value as Json;

use super::{cast, text, types::Type, value::Value};
use crate::engine::SqlError;

/// Whether there is such a cast.
pub(crate) fn exists(from: &Type, to: &Type) -> bool {
    match (from, to) {
        (Type::Json, ty) => from_json_to(ty),
        (ty, Type::Json) => to_json_from(ty),
        _ => false,
    }
}

fn from_json_to(ty: &Type) -> bool {
    match ty {
        Type::Boolean | Type::Varchar(None) | Type::Json => true,
        Type::Array(element) => from_json_to(element),
        Type::Map(key, value) => matches!(**key, Type::Varchar(None)) && from_json_to(value),
        Type::Row(fields) => fields.iter().all(|(_, ty)| from_json_to(ty)),
        ty => ty.is_number(),
    }
}

fn to_json_from(ty: &Type) -> bool {
    match ty {
        Type::Boolean | Type::Varchar(_) | Type::Json | Type::Date | Type::Timestamp(_) => true,
        Type::Array(element) => to_json_from(element),
        Type::Map(key, value) => {
            matches!(**key, Type::Varchar(_) | Type::Bigint | Type::Integer) && to_json_from(value)
        }
        // The fields of a row keep their order, which keys of ours do not.
        Type::Row(_) => false,
        // Decimals and reals print in ways of their own.
        ty => ty.is_integer() || *ty == Type::Double,
    }
}

/// Casts a json, or a value to one.
pub(crate) fn cast(value: &Value, from: &Type, to: &Type) -> Result<Value, SqlError> {
    match (value, from) {
        (Value::Null, _) => Ok(Value::Null),
        (Value::Text(json), Type::Json) => {
            let bad = || refused(json, to);
            let parsed: Json = serde_json::from_str(json).map_err(|_| bad())?;
            read(&parsed, to).ok_or_else(bad)
        }
        (value, from) => write(value, from)
            .map(|json| Value::text(json.to_string()))
            .ok_or_else(|| {
                SqlError::new(
                    "INVALID_CAST_ARGUMENT",
                    format!("Cannot cast {from} to json"),
                )
            }),
    }
}

fn refused(json: &str, to: &Type) -> SqlError {
    SqlError::new(
        "INVALID_CAST_ARGUMENT",
        format!("Cannot cast to {to}.\n{json}"),
    )
}

fn read(json: &Json, to: &Type) -> Option<Value> {
    match (json, to) {
        (json, Type::Json) => Some(Value::text(json.to_string())),
        (Json::Null, _) => Some(Value::Null),
        (Json::Array(items), Type::Array(element)) => Some(Value::List(
            items
                .iter()
                .map(|item| read(item, element))
                .collect::<Option<_>>()?,
        )),
        (Json::Object(fields), Type::Map(key, inner)) => {
            let entries = fields.iter().map(|(name, value)| {
                let name = cast::cast(&Value::text(name), &Type::VARCHAR, key).ok()?;
                Some(Value::List(vec![name, read(value, inner)?]))
            });
            Some(Value::List(entries.collect::<Option<_>>()?))
        }
        (Json::Array(items), Type::Row(fields)) if items.len() == fields.len() => {
            Some(Value::List(
                items
                    .iter()
                    .zip(fields)
                    .map(|(item, (_, ty))| read(item, ty))
                    .collect::<Option<_>>()?,
            ))
        }
        (Json::Object(given), Type::Row(fields)) => {
            let field = |(name, ty): &(Option<String>, Type)| {
                let found = name
                    .as_ref()
                    .and_then(|name| given.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)));
                found.map_or(Some(Value::Null), |(_, value)| read(value, ty))
            };
            Some(Value::List(
                fields.iter().map(field).collect::<Option<_>>()?,
            ))
        }
        (Json::Array(_) | Json::Object(_), _) => None,
        (Json::String(s), ty) => cast::cast(&Value::text(s), &Type::VARCHAR, ty).ok(),
        (Json::Bool(v), Type::Varchar(_)) => Some(Value::text(v.to_string())),
        (Json::Bool(v), ty) => cast::cast(&Value::Bool(*v), &Type::Boolean, ty).ok(),
        (Json::Number(v), Type::Varchar(_)) => match v.is_i64() || v.is_u64() {
            true => Some(Value::text(v.to_string())),
            false => text::print(&Value::Double(v.as_f64()?), &Type::Double).map(Value::text),
        },
        (Json::Number(v), Type::Decimal(p, s)) => {
            cast::decimal_of(&v.to_string(), *p, *s).map(Value::Decimal)
        }
        (Json::Number(v), ty) => match v.as_i64() {
            Some(v) => cast::cast(&Value::Int(v), &Type::Bigint, ty).ok(),
            None => cast::cast(&Value::Double(v.as_f64()?), &Type::Double, ty).ok(),
        },
    }
}

fn write(value: &Value, from: &Type) -> Option<Json> {
    match (value, from) {
        (Value::Null, _) => Some(Json::Null),
        (Value::Text(json), Type::Json) => serde_json::from_str(json).ok(),
        (Value::Double(v), _) if !v.is_finite() => Some(Json::String(text::print(value, from)?)),
        (Value::List(items), Type::Array(element)) => {
            items.iter().map(|item| write(item, element)).collect()
        }
        (Value::List(items), Type::Map(key, inner)) => {
            let mut object = serde_json::Map::new();
            for item in items {
                let Value::List(pair) = item else { return None };
                object.insert(
                    text::print(pair.first()?, key)?,
                    write(pair.get(1)?, inner)?,
                );
            }
            Some(Json::Object(object))
        }
        (Value::Bool(_) | Value::Int(_) | Value::Double(_), Type::Boolean | Type::Double) => {
            Some(text::json(value, from))
        }
        (Value::Int(_), ty) if ty.is_integer() => Some(text::json(value, from)),
        (value, from) => text::print(value, from).map(Json::String),
    }
}
