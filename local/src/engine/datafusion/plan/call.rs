//! Calls: functions, and the constructors and special forms that work like them.

use std::sync::Arc;

use datafusion::logical_expr::Operator;
use datafusion::sql::sqlparser::ast::{
    DuplicateTreatment, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments,
};

use super::{
    Planner, Result, Typed, aggregate, at, build_value, compiled,
    expr::{Env, as_condition, place},
    lambda, moments, operator, unsupported, window,
};
use crate::engine::{
    SqlError,
    datafusion::{
        functions,
        native::{self, Body},
        types::{Type, common},
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
                return compiled::attempt(value, env);
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
                let ty = build_value::common_type(&values, "All COALESCE operands")
                    .map_err(|e| place(e, ast))?;
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
            ("row", 1..) => Ok(build_value::row(values)),
            ("concat", 1) => Err(SqlError::new(
                "INVALID_FUNCTION_ARGUMENT",
                "There must be two or more concatenation arguments",
            )),
            ("concat", 2..) => build_value::concat(values).map_err(|e| place(e, ast)),
            ("at_timezone", 2) => {
                let mut values = values.into_iter();
                let (Some(value), Some(zone)) = (values.next(), values.next()) else {
                    return Err(functions::misfit());
                };
                moments::at_time_zone(value, &zone).map_err(|e| place(e, ast))
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
        let ty =
            build_value::common_type(&values, "Result types for IF").map_err(|e| place(e, yes))?;
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
