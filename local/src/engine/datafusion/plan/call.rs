//! Calls: functions, and the constructors and special forms that work like them.

use std::sync::Arc;

use datafusion::common::ScalarValue;
use datafusion::logical_expr::{Expr as PlanExpr, Operator};
use datafusion::sql::sqlparser::ast::{
    self, DateTimeField, DuplicateTreatment, Expr, Function, FunctionArg, FunctionArgExpr,
    FunctionArguments,
};

use super::{
    Planner, Result, Typed, aggregate, at,
    expr::{Env, as_condition, place},
    lambda, literal, operator, unsupported, window,
};
use crate::engine::{
    SqlError,
    datafusion::{
        calendar, functions,
        native::{self, Body},
        types::{Type, common},
        value::{self, Value},
    },
};

/// The arguments of a call, if they are a plain list.
pub(super) fn arguments(function: &Function) -> Option<Vec<&Expr>> {
    match &function.args {
        FunctionArguments::None => Some(Vec::new()),
        FunctionArguments::Subquery(_) => None,
        FunctionArguments::List(list) => list
            .args
            .iter()
            .map(|arg| match arg {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr),
                _ => None,
            })
            .collect(),
    }
}

/// The name of a function in lower case.
pub(super) fn function_name(function: &Function) -> String {
    function
        .name
        .0
        .last()
        .and_then(|part| part.as_ident())
        .map(|ident| ident.value.to_lowercase())
        .unwrap_or_default()
}

impl Planner<'_> {
    pub(super) fn function(
        &mut self,
        function: &Function,
        ast: &Expr,
        env: &mut Env,
    ) -> Result<Typed> {
        let name = function_name(function);
        if function.name.0.len() != 1
            || function.uses_odbc_syntax
            || !matches!(function.parameters, FunctionArguments::None)
        {
            return Err(at(
                "FUNCTION_NOT_FOUND",
                ast,
                format!("Function '{}' not registered", function.name),
            ));
        }
        if function.over.is_some() {
            return self.window_call(&name, function, ast, env);
        }
        if aggregate::is_aggregate(&name) {
            return self.aggregate_call(&name, function, ast, env);
        }
        if window::is_window(&name) {
            return Err(at(
                "MISSING_OVER",
                ast,
                format!("Window function {name} requires an OVER clause"),
            ));
        }
        if function.filter.is_some()
            || function.null_treatment.is_some()
            || !function.within_group.is_empty()
        {
            return Err(at(
                "FUNCTION_NOT_AGGREGATE",
                ast,
                format!(
                    "Filter, null treatment or ordering is only for aggregations, and {name} is none"
                ),
            ));
        }
        if let FunctionArguments::List(list) = &function.args
            && (matches!(list.duplicate_treatment, Some(DuplicateTreatment::Distinct))
                || !list.clauses.is_empty())
        {
            return Err(at(
                "FUNCTION_NOT_AGGREGATE",
                ast,
                format!("DISTINCT and ORDER BY are only for aggregations, and {name} is none"),
            ));
        }
        let Some(args) = arguments(function) else {
            return Err(unsupported(ast, format!("such a call of {name}")));
        };
        match (name.as_str(), args.as_slice()) {
            ("now", []) => return self.moment("now", ast),
            ("current_date" | "current_timestamp" | "localtimestamp", [])
                if matches!(function.args, FunctionArguments::None) =>
            {
                return self.moment(&name, ast);
            }
            ("if", [condition, yes]) => return self.if_else(condition, yes, None, env),
            ("if", [condition, yes, no]) => return self.if_else(condition, yes, Some(no), env),
            ("coalesce", [_]) => {
                return Err(at(
                    "SYNTAX_ERROR",
                    ast,
                    "The 'coalesce' function must have at least two arguments",
                ));
            }
            ("try", [inner]) => {
                let value = self.expr(inner, env)?;
                return lambda::attempt(value, env);
            }
            ("grouping", _) => return self.grouping_call(&args, ast, env),
            _ if lambda::takes_lambda(&name, &args) => {
                return self.lambda_call(&name, &args, ast, env);
            }
            _ => {}
        }
        let values = args
            .iter()
            .map(|arg| self.expr(arg, env))
            .collect::<Result<Vec<_>>>()?;
        match (name.as_str(), values.len()) {
            ("coalesce", 2..) => {
                let ty =
                    common_type(&values, "All COALESCE operands").map_err(|e| place(e, ast))?;
                let mut values = values
                    .into_iter()
                    .map(|v| operator::coerce(v, &ty))
                    .collect::<Result<Vec<_>>>()?;
                let last = values.pop().unwrap_or(Typed::null().expr);
                let branches = values
                    .into_iter()
                    .map(|v| (v.clone().is_not_null(), v))
                    .collect();
                Ok(Typed {
                    expr: operator::choose(branches, last)?,
                    ty,
                })
            }
            ("nullif", 2) => {
                let mut values = values.into_iter();
                let (Some(a), Some(b)) = (values.next(), values.next()) else {
                    return Err(functions::misfit());
                };
                let both = common(&a.ty, &b.ty).ok_or_else(|| {
                    at(
                        "TYPE_MISMATCH",
                        ast,
                        format!("Types are not comparable with NULLIF: {} vs {}", a.ty, b.ty),
                    )
                })?;
                let same = operator::compare(Operator::Eq, a.clone(), b, &both)?;
                let null = operator::coerce(Typed::null(), &a.ty)?;
                Ok(Typed {
                    expr: operator::choose(vec![(same.expr, null)], a.expr)?,
                    ty: a.ty,
                })
            }
            ("row", 1..) => Ok(row(values)),
            ("concat", 1) => Err(SqlError::new(
                "INVALID_FUNCTION_ARGUMENT",
                "There must be two or more concatenation arguments",
            )),
            ("concat", 2..) => concat(values).map_err(|e| place(e, ast)),
            ("at_timezone", 2) => {
                let mut values = values.into_iter();
                let (Some(value), Some(zone)) = (values.next(), values.next()) else {
                    return Err(functions::misfit());
                };
                at_time_zone(value, &zone).map_err(|e| place(e, ast))
            }
            _ => self.scalar_call(&name, values, ast),
        }
    }

    /// A call of a function of the tables.
    pub(super) fn scalar_call(
        &mut self,
        name: &str,
        values: Vec<Typed>,
        ast: &Expr,
    ) -> Result<Typed> {
        let types: Vec<Type> = values.iter().map(|value| value.ty.clone()).collect();
        if types.iter().any(|ty| matches!(ty, Type::Char(_)))
            && !matches!(name, "length" | "typeof")
        {
            return Err(unsupported(ast, format!("{name} of a char(n)")));
        }
        if matches!(name, "json_extract" | "json_extract_scalar")
            && types.first() == Some(&Type::Unknown)
        {
            return Err(at(
                "AMBIGUOUS_FUNCTION_CALL",
                ast,
                "Could not choose a best candidate operator. Explicit type casts must be added.",
            ));
        }
        let resolved = functions::resolve(name, &types).map_err(|e| place(e, ast))?;
        let output = match (name, types.first()) {
            // These give back no more characters than they get.
            (
                "lower" | "upper" | "trim" | "ltrim" | "rtrim" | "reverse" | "substr" | "substring",
                Some(ty @ Type::Varchar(_)),
            ) => ty.clone(),
            ("date_trunc", _) if is_null_literal(values.first()) => resolved.output.clone(),
            _ => resolved.output.clone(),
        };
        let args = values
            .into_iter()
            .zip(&resolved.params)
            .map(|(v, ty)| operator::coerce(v, ty))
            .collect::<Result<Vec<_>>>()?;
        let key = format!(
            "{name}({})",
            resolved
                .params
                .iter()
                .map(tag)
                .collect::<Vec<_>>()
                .join(", ")
        );
        let (run, params) = (resolved.run, resolved.params);
        let types = if name == "typeof" { types } else { params };
        let key = if name == "typeof" {
            format!("typeof({})", types.iter().map(tag).collect::<String>())
        } else {
            key
        };
        let body: Body = Arc::new(move |values| run(values, &types));
        let expr = if resolved.sees_nulls {
            native::call_with_nulls(key, &output, args, body)
        } else {
            native::call(key, &output, args, body)
        };
        Ok(Typed { expr, ty: output })
    }

    fn if_else(
        &mut self,
        condition: &Expr,
        yes: &Expr,
        no: Option<&Expr>,
        env: &mut Env,
    ) -> Result<Typed> {
        let test = self.expr(condition, env)?;
        let test = as_condition(test, "IF condition").map_err(|e| place(e, condition))?;
        let yes_value = self.expr(yes, env)?;
        let no_value = match no {
            Some(no) => self.expr(no, env)?,
            None => Typed::null(),
        };
        let values = [yes_value, no_value];
        let ty = common_type(&values, "Result types for IF").map_err(|e| place(e, yes))?;
        let [yes, no] = values;
        Ok(Typed {
            expr: operator::choose(
                vec![(test, operator::coerce(yes, &ty)?)],
                operator::coerce(no, &ty)?,
            )?,
            ty,
        })
    }
}

fn is_null_literal(value: Option<&Typed>) -> bool {
    value.is_some_and(|value| value.ty == Type::Unknown)
}

/// The type with all that tells it apart.
fn tag(ty: &Type) -> String {
    format!("{ty:?}")
}

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
                    let key =
                        crate::engine::datafusion::text::print(key, &shown).unwrap_or_default();
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

/// `x at time zone 'zone'`: the zone must be a constant, for it is part of the type here.
pub(super) fn at_time_zone(value: Typed, zone: &Typed) -> Result<Typed> {
    let (PlanExpr::Literal(scalar, _), Type::Varchar(_)) = (&zone.expr, &zone.ty) else {
        return Err(SqlError::new(
            "NOT_SUPPORTED",
            "a time zone that is no constant text is not supported by the local engine yet",
        ));
    };
    let array = scalar
        .to_array()
        .map_err(|error| native::sql_error(&error))?;
    let values = value::from_array(&array).map_err(|error| native::sql_error(&error))?;
    let Some(Value::Text(name)) = values.first() else {
        return Ok(Typed::null());
    };
    let zone = calendar::zone(name).ok_or_else(|| {
        SqlError::new(
            "INVALID_FUNCTION_ARGUMENT",
            format!("'{name}' is not a valid time zone"),
        )
    })?;
    match &value.ty {
        Type::TimestampTz(p, _) => Ok(Typed {
            ty: Type::TimestampTz(*p, zone),
            expr: value.expr,
        }),
        Type::Timestamp(p) => {
            let ty = Type::timestamp_tz(*p);
            Ok(Typed {
                expr: operator::convert(value.clone(), &ty, false),
                ty: Type::TimestampTz(*p, zone),
            })
        }
        other => Err(SqlError::new(
            "TYPE_MISMATCH",
            format!(
                "Type of value must be a time or timestamp with or without time zone (actual {other})"
            ),
        )),
    }
}

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
fn parts(pattern: &str, escape: Option<char>) -> Result<Vec<Option<Option<char>>>> {
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

fn matches(text: &[char], pattern: &[Option<Option<char>>]) -> bool {
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

/// `INTERVAL '2' DAY`.
pub(super) fn interval(interval: &ast::Interval) -> Result<Typed> {
    let unknown = || SqlError::new("TYPE_NOT_FOUND", "Unknown resolvedType: interval");
    let (negative, text) = match interval.value.as_ref() {
        Expr::Value(v) => match &v.value {
            ast::Value::SingleQuotedString(text) => (false, text.as_str()),
            _ => {
                return Err(SqlError::new(
                    "SYNTAX_ERROR",
                    format!("mismatched input '{}'", interval.value),
                ));
            }
        },
        Expr::UnaryOp {
            op: ast::UnaryOperator::Minus,
            expr,
        } => match expr.as_ref() {
            Expr::Value(v) => match &v.value {
                ast::Value::SingleQuotedString(text) => (true, text.as_str()),
                _ => {
                    return Err(SqlError::new(
                        "SYNTAX_ERROR",
                        format!("mismatched input '{}'", interval.value),
                    ));
                }
            },
            _ => {
                return Err(SqlError::new(
                    "SYNTAX_ERROR",
                    format!("mismatched input '{}'", interval.value),
                ));
            }
        },
        other => {
            return Err(SqlError::new(
                "SYNTAX_ERROR",
                format!("mismatched input '{other}'"),
            ));
        }
    };
    let from = interval.leading_field.as_ref().ok_or_else(unknown)?;
    let bad = || {
        SqlError::new(
            "INVALID_LITERAL",
            format!("Invalid INTERVAL {from} value: {text}"),
        )
    };
    let (minus, digits) = text
        .strip_prefix('-')
        .map_or((false, text), |rest| (true, rest));
    let sign = if negative == minus { 1 } else { -1 };
    let units = |field: &DateTimeField| match field {
        DateTimeField::Year => Some((12, true)),
        DateTimeField::Month => Some((1, true)),
        DateTimeField::Day => Some((86_400_000, false)),
        DateTimeField::Hour => Some((3_600_000, false)),
        DateTimeField::Minute => Some((60_000, false)),
        DateTimeField::Second => Some((1000, false)),
        _ => None,
    };
    let (unit, months) = units(from).ok_or_else(unknown)?;
    let whole = |digits: &str| {
        digits
            .parse::<i64>()
            .ok()
            .filter(|_| digits.bytes().all(|b| b.is_ascii_digit()))
    };
    let size = match &interval.last_field {
        None if unit == 1000 => {
            let (seconds, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
            let fraction = format!("{fraction:0<3}");
            let millis = fraction.get(..3).and_then(whole).ok_or_else(bad)?;
            whole(seconds)
                .and_then(|s| s.checked_mul(1000)?.checked_add(millis))
                .ok_or_else(bad)?
        }
        None => whole(digits)
            .and_then(|n| n.checked_mul(unit))
            .ok_or_else(bad)?,
        Some(to) => {
            let (last, _) = units(to).filter(|(_, m)| *m == months).ok_or_else(bad)?;
            let scale: &[i64] = if months {
                &[12, 1]
            } else {
                &[86_400_000, 3_600_000, 60_000, 1000]
            };
            let wanted: Vec<i64> = scale
                .iter()
                .copied()
                .filter(|u| *u <= unit && *u >= last)
                .collect();
            let parts: Vec<&str> = digits.split([' ', ':', '-']).collect();
            if parts.len() != wanted.len() {
                return Err(bad());
            }
            let mut total = 0_i64;
            for (part, unit) in parts.iter().zip(wanted) {
                let (part, fraction) = part.split_once('.').unwrap_or((part, "0"));
                let fraction = format!("{fraction:0<3}");
                let millis = if unit == 1000 {
                    fraction.get(..3).and_then(whole).ok_or_else(bad)?
                } else {
                    0
                };
                total = whole(part)
                    .and_then(|n| n.checked_mul(unit)?.checked_add(millis)?.checked_add(total))
                    .ok_or_else(bad)?;
            }
            total
        }
    };
    literal(
        Value::Int(sign * size),
        &if months {
            Type::IntervalMonth
        } else {
            Type::IntervalDay
        },
    )
}
