//! Values out of values: arrays, rows, subscripts, concatenation.

use std::sync::Arc;

use datafusion::common::ScalarValue;
use datafusion::logical_expr::Expr as PlanExpr;

use super::{Result, Typed, literal, operator};
use crate::engine::{
    SqlError,
    datafusion::{
        functions,
        native::{self, Body},
        text,
        types::{Type, common},
        value::Value,
    },
};

/// The type that all of these coerce to.
pub(super) fn common_type(values: &[Typed], what: &str) -> Result<Type> {
    let mut all = Type::Unknown;
    for value in values {
        all = common(&all, &value.ty).ok_or_else(|| {
            let message = format!("{what} must be the same type or coercible to a common type. Cannot find common type between {all} and {}", value.ty);
            SqlError::new("TYPE_MISMATCH", message)
        })?;
    }
    Ok(all)
}

/// `array[..]`.
pub(super) fn array(values: Vec<Typed>) -> Result<Typed> {
    let element = common_type(&values, "All ARRAY elements")?;
    let args = values
        .into_iter()
        .map(|v| operator::coerce(v, &element))
        .collect::<Result<Vec<_>>>()?;
    let ty = Type::array(element);
    let body: Body = Arc::new(|values| Ok(Value::List(values.to_vec())));
    Ok(Typed {
        expr: native::call_with_nulls(format!("{ty:?}[{}]", args.len()), &ty, args, body),
        ty,
    })
}

/// `row(..)`.
pub(super) fn row(values: Vec<Typed>) -> Typed {
    let ty = Type::Row(
        values
            .iter()
            .map(|value| (None, value.ty.clone()))
            .collect(),
    );
    let args = values.into_iter().map(|value| value.expr).collect();
    let body: Body = Arc::new(|values| Ok(Value::List(values.to_vec())));
    Typed {
        expr: native::call_with_nulls(format!("{ty:?}"), &ty, args, body),
        ty,
    }
}

/// The field of a row at an index from 0.
pub(super) fn field(value: Typed, index: usize) -> Typed {
    let ty = match &value.ty {
        Type::Row(fields) => fields
            .get(index)
            .map_or(Type::Unknown, |(_, ty)| ty.clone()),
        _ => Type::Unknown,
    };
    let body: Body = Arc::new(move |values| match values {
        [Value::List(row)] => Ok(row.get(index).cloned().unwrap_or(Value::Null)),
        _ => Err(functions::misfit()),
    });
    Typed {
        expr: native::call(
            format!("{:?}.{index}", value.ty),
            &ty,
            vec![value.expr],
            body,
        ),
        ty,
    }
}

/// `value[key]`.
pub(super) fn subscript(value: Typed, key: Typed) -> Result<Typed> {
    let refused = || {
        SqlError::new(
            "TYPE_MISMATCH",
            format!("Cannot use {} for subscript of {}", key.ty, value.ty),
        )
    };
    match value.ty.clone() {
        Type::Array(element) => {
            if !(key.ty.is_integer() || key.ty == Type::Unknown) {
                return Err(refused());
            }
            let body: Body = Arc::new(|values| {
                let [Value::List(list), Value::Int(index)] = values else {
                    return Err(functions::misfit());
                };
                let message = match usize::try_from(*index) {
                    Ok(0) => "SQL array indices start at 1".to_owned(),
                    Err(_) => format!("Array subscript is negative: {index}"),
                    Ok(at) => match list.get(at - 1) {
                        Some(value) => return Ok(value.clone()),
                        None => format!(
                            "Array subscript must be less than or equal to array length: {index} > {}",
                            list.len()
                        ),
                    },
                };
                Err(SqlError::new("INVALID_FUNCTION_ARGUMENT", message))
            });
            let args = vec![value.expr, operator::coerce(key, &Type::Bigint)?];
            Ok(Typed {
                expr: native::call(format!("{:?}[]", value.ty), &element, args, body),
                ty: *element,
            })
        }
        Type::Map(key_type, inner) => {
            if common(&key.ty, &key_type)
                .as_ref()
                .is_none_or(|ty| ty != key_type.as_ref() && !key_type.is_text())
            {
                return Err(refused());
            }
            let shown = key_type.clone();
            let body: Body = Arc::new(move |values| {
                let [Value::List(entries), key] = values else {
                    return Err(functions::misfit());
                };
                functions::find(entries, key).ok_or_else(|| {
                    let key = text::print(key, &shown).unwrap_or_default();
                    SqlError::new(
                        "INVALID_FUNCTION_ARGUMENT",
                        format!("Key not present in map: {key}"),
                    )
                })
            });
            let wanted = if key_type.is_text() {
                Type::VARCHAR
            } else {
                *key_type
            };
            let args = vec![value.expr, operator::coerce(key, &wanted)?];
            Ok(Typed {
                expr: native::call(format!("{:?}[]", value.ty), &inner, args, body),
                ty: *inner,
            })
        }
        Type::Row(fields) => {
            let PlanExpr::Literal(ScalarValue::Int32(Some(index)), _) = key.expr else {
                return Err(SqlError::new(
                    "TYPE_MISMATCH",
                    "Subscript expression on ROW requires a constant index",
                ));
            };
            let count = fields.len();
            match usize::try_from(index) {
                Ok(at) if (1..=count).contains(&at) => Ok(field(value, at - 1)),
                Ok(0) | Err(_) => Err(SqlError::new(
                    "INVALID_FUNCTION_ARGUMENT",
                    format!("Invalid subscript index: {index}. ROW indices start at 1"),
                )),
                Ok(_) => Err(SqlError::new(
                    "INVALID_FUNCTION_ARGUMENT",
                    format!("Subscript index out of bounds: {index}, max value is {count}"),
                )),
            }
        }
        _ => Err(refused()),
    }
}

/// `a || b` and `concat(..)`: texts, bytes, or arrays and their elements.
pub(super) fn concat(values: Vec<Typed>) -> Result<Typed> {
    let types: Vec<String> = values.iter().map(|value| value.ty.to_string()).collect();
    let refused = || {
        let message = format!(
            "Unexpected parameters ({}) for function concat. Expected: concat(E, array(E)) E, concat(array(E)) E, concat(array(E), E) E, concat(char(x), char(y)), concat(varbinary), concat(varchar)",
            types.join(", ")
        );
        SqlError::new("FUNCTION_NOT_FOUND", message)
    };
    if values
        .iter()
        .any(|value| matches!(value.ty, Type::Array(_)))
    {
        if values.iter().any(|value| value.ty == Type::Unknown) {
            return Err(SqlError::new(
                "AMBIGUOUS_FUNCTION_CALL",
                "Could not choose a best candidate operator. Explicit type casts must be added.",
            ));
        }
        let single = values.len() == 2;
        let mut element = Type::Unknown;
        for value in &values {
            element = match &value.ty {
                Type::Array(inner) => common(&element, inner).ok_or_else(refused)?,
                inner if single => common(&element, inner).ok_or_else(refused)?,
                _ => return Err(refused()),
            };
        }
        let ty = Type::array(element.clone());
        let mut args = Vec::new();
        for value in values {
            args.push(match &value.ty {
                Type::Array(_) => operator::coerce(value, &ty)?,
                _ => {
                    let one = Typed {
                        expr: operator::coerce(value, &element)?,
                        ty: element.clone(),
                    };
                    let body: Body = Arc::new(|values| Ok(Value::List(values.to_vec())));
                    native::call(format!("{ty:?}[1 or null]"), &ty, vec![one.expr], body)
                }
            });
        }
        let body: Body = Arc::new(|values| {
            Ok(Value::List(
                values
                    .iter()
                    .flat_map(|v| {
                        if let Value::List(list) = v {
                            list.clone()
                        } else {
                            Vec::new()
                        }
                    })
                    .collect(),
            ))
        });
        return Ok(Typed {
            expr: native::call(format!("{ty:?}||"), &ty, args, body),
            ty,
        });
    }
    if values.iter().any(|value| matches!(value.ty, Type::Char(_))) {
        return Err(SqlError::new(
            "NOT_SUPPORTED",
            "concatenating a char(n) is not supported by the local engine yet",
        ));
    }
    if values.iter().any(|value| value.ty == Type::Unknown)
        && values
            .iter()
            .all(|v| v.ty == Type::Unknown || v.ty.is_text())
    {
        // An untyped NULL makes it the concatenation of arrays, to Trino.
        let ty = Type::array(common_type(&values, "concat")?);
        return literal(Value::Null, &ty);
    }
    let binary = values.iter().any(|value| value.ty == Type::Varbinary);
    let ty = if binary {
        Type::Varbinary
    } else {
        Type::VARCHAR
    };
    let fits = |value: &Typed| {
        value.ty == Type::Unknown
            || if binary {
                value.ty == Type::Varbinary
            } else {
                value.ty.is_text()
            }
    };
    if !values.iter().all(fits) {
        return Err(refused());
    }
    let args = values
        .into_iter()
        .map(|value| operator::coerce(value, &ty))
        .collect::<Result<Vec<_>>>()?;
    let body: Body = Arc::new(move |values| {
        if binary {
            let all = values.iter().flat_map(|v| {
                if let Value::Bytes(b) = v {
                    b.to_vec()
                } else {
                    Vec::new()
                }
            });
            return Ok(Value::Bytes(all.collect()));
        }
        Ok(Value::text(
            values
                .iter()
                .map(|v| {
                    if let Value::Text(s) = v {
                        s.as_ref()
                    } else {
                        ""
                    }
                })
                .collect::<String>(),
        ))
    });
    Ok(Typed {
        expr: native::call(format!("{ty}||"), &ty, args, body),
        ty,
    })
}
