//! LIKE.

use std::sync::Arc;

use super::{Result, Typed, operator};
use crate::engine::{
    SqlError,
    datafusion::{
        functions,
        native::{self, Body},
        types::Type,
        value::Value,
    },
};

/// `value like pattern escape '\'`.
pub(super) fn like(value: Typed, pattern: Typed, escape: Option<&str>) -> Result<Typed> {
    if !value.ty.is_text() && value.ty != Type::Unknown {
        return Err(SqlError::new(
            "TYPE_MISMATCH",
            format!(
                "Left side of LIKE expression must evaluate to a varchar (actual: {})",
                value.ty
            ),
        ));
    }
    if !pattern.ty.is_text() && pattern.ty != Type::Unknown {
        return Err(SqlError::new(
            "TYPE_MISMATCH",
            format!(
                "Pattern for LIKE expression must evaluate to a varchar (actual: {})",
                pattern.ty
            ),
        ));
    }
    let mut chars = escape.unwrap_or_default().chars();
    let escape = chars.next();
    if chars.next().is_some() {
        return Err(SqlError::new(
            "INVALID_FUNCTION_ARGUMENT",
            "Escape string must be a single character",
        ));
    }
    let body: Body = Arc::new(move |values| match values {
        [Value::Text(text), Value::Text(pattern)] => {
            let pattern = parts(pattern, escape)?;
            let text: Vec<char> = text.chars().collect();
            Ok(Value::Bool(matches(&text, &pattern)))
        }
        _ => Err(functions::misfit()),
    });
    let args = vec![
        operator::coerce(value, &Type::VARCHAR)?,
        operator::coerce(pattern, &Type::VARCHAR)?,
    ];
    Ok(Typed {
        expr: native::call(format!("like {escape:?}"), &Type::Boolean, args, body),
        ty: Type::Boolean,
    })
}

/// What a pattern asks for, one by one: `None` any run, `Some(None)` any character.
pub(super) fn parts(pattern: &str, escape: Option<char>) -> Result<Vec<Option<Option<char>>>> {
    let mut parts = Vec::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        if Some(c) == escape {
            match chars.next() {
                Some(next) if next == '%' || next == '_' || Some(next) == escape => {
                    parts.push(Some(Some(next)))
                }
                _ => {
                    let message = "Escape character must be followed by '%', '_' or the escape character itself";
                    return Err(SqlError::new("INVALID_FUNCTION_ARGUMENT", message));
                }
            }
            continue;
        }
        parts.push(match c {
            '%' => None,
            '_' => Some(None),
            c => Some(Some(c)),
        });
    }
    Ok(parts)
}

pub(super) fn matches(text: &[char], pattern: &[Option<Option<char>>]) -> bool {
    let (mut t, mut p) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(None) => {
                retry = Some((p, t));
                p += 1;
            }
            Some(Some(wanted)) if wanted.is_none() || wanted.as_ref() == text.get(t) => {
                t += 1;
                p += 1;
            }
            _ => match retry {
                Some((star, from)) => {
                    retry = Some((star, from + 1));
                    t = from + 1;
                    p = star + 1;
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(p).all(Option::is_none)
}
