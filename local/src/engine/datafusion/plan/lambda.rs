//! Functions that take functions.

use std::{collections::HashSet, sync::Arc};

use datafusion::logical_expr::Expr as PlanExpr;
use datafusion::sql::sqlparser::ast::Expr;

use super::{
    Planner, Result, Typed, at, column,
    compiled::{Compiled, captures, compile},
    expr::Env,
    operator, unsupported,
};
use crate::engine::datafusion::{
    functions,
    native::{self, BatchBody},
    types::{Type, common},
    value::Value,
};

const NAMES: &[&str] = &[
    "transform",
    "filter",
    "any_match",
    "all_match",
    "none_match",
    "reduce",
    "map_filter",
    "transform_keys",
    "transform_values",
    "zip_with",
    "array_sort",
    "map_zip_with",
    "regexp_replace",
];

/// Whether the call is one of a function with a lambda among its arguments.
pub(super) fn takes_lambda(name: &str, args: &[&Expr]) -> bool {
    NAMES.contains(&name) && args.iter().any(|arg| matches!(arg, Expr::Lambda(_)))
        || (NAMES.contains(&name) && !matches!(name, "array_sort" | "regexp_replace"))
}

impl Planner<'_> {
    /// A lambda's body for parameters of these types, and the names of the parameters' columns.
    fn body(
        &mut self,
        ast: &Expr,
        types: &[Type],
        env: &mut Env,
    ) -> Result<(Typed, Vec<(String, Type)>)> {
        let Expr::Lambda(lambda) = ast else {
            return Err(at(
                "FUNCTION_NOT_FOUND",
                ast,
                "Unexpected parameters: a lambda is expected",
            ));
        };
        let names: Vec<String> = lambda
            .params
            .iter()
            .map(|param| param.name.value.clone())
            .collect();
        if names.len() != types.len() {
            return Err(at(
                "INVALID_PARAMETER_USAGE",
                ast,
                format!(
                    "Expected a lambda that takes {} argument(s) but got {}",
                    types.len(),
                    names.len()
                ),
            ));
        }
        let mark = env.locals.len();
        let mut params = Vec::new();
        for (name, ty) in names.into_iter().zip(types) {
            let id = self.id();
            env.locals.push((
                name,
                Typed {
                    expr: column(&id),
                    ty: ty.clone(),
                },
            ));
            params.push((id, ty.clone()));
        }
        let windows = env.windows.take();
        let body = self.expr(&lambda.body, env);
        env.windows = windows;
        env.locals.truncate(mark);
        Ok((body?, params))
    }

    pub(super) fn lambda_call(
        &mut self,
        name: &str,
        args: &[&Expr],
        ast: &Expr,
        env: &mut Env,
    ) -> Result<Typed> {
        let Some((first, rest)) = args.split_first() else {
            return Err(at(
                "FUNCTION_NOT_FOUND",
                ast,
                format!("Unexpected parameters () for function {name}."),
            ));
        };
        if matches!(first, Expr::Lambda(_)) {
            return Err(at(
                "FUNCTION_NOT_FOUND",
                ast,
                format!("Unexpected parameters for function {name}."),
            ));
        }
        let input = self.expr(first, env)?;
        let refused = |ty: &Type| {
            at(
                "FUNCTION_NOT_FOUND",
                ast,
                format!("Unexpected parameters ({ty}, <function>) for function {name}."),
            )
        };
        match (name, &input.ty, rest) {
            (
                "transform" | "filter" | "any_match" | "all_match" | "none_match",
                Type::Array(element),
                [lambda],
            ) => {
                let element = element.as_ref().clone();
                let (body, params) = self.body(lambda, std::slice::from_ref(&element), env)?;
                let body = match (name, &body.ty) {
                    ("transform", _) => body,
                    (_, Type::Boolean | Type::Unknown) => Typed {
                        expr: operator::coerce(body, &Type::Boolean)?,
                        ty: Type::Boolean,
                    },
                    _ => return Err(refused(&input.ty)),
                };
                let output = match name {
                    "transform" => Type::array(body.ty.clone()),
                    "filter" => Type::array(element),
                    _ => Type::Boolean,
                };
                each(name, input, body, &params, output, env)
            }
            (
                "map_filter" | "transform_values" | "transform_keys",
                Type::Map(key, inner),
                [lambda],
            ) => {
                let (key, inner) = (key.as_ref().clone(), inner.as_ref().clone());
                let (body, params) = self.body(lambda, &[key.clone(), inner.clone()], env)?;
                let output = match (name, &body.ty) {
                    ("map_filter", Type::Boolean) => Type::map(key, inner),
                    ("transform_values", ty) => Type::map(key, ty.clone()),
                    ("transform_keys", ty) if *ty != Type::Unknown => Type::map(ty.clone(), inner),
                    _ => return Err(refused(&input.ty)),
                };
                each(name, input, body, &params, output, env)
            }
            ("reduce", Type::Array(element), [start, step, end]) => {
                let start = self.expr(start, env)?;
                let state = start.ty.clone();
                let (step, step_params) =
                    self.body(step, &[state.clone(), element.as_ref().clone()], env)?;
                let state = if step.ty == state {
                    state
                } else {
                    common(&step.ty, &state)
                        .filter(|ty| *ty == state)
                        .ok_or_else(|| refused(&input.ty))?
                };
                let step = Typed {
                    expr: operator::coerce(step, &state)?,
                    ty: state.clone(),
                };
                let (end, end_params) = self.body(end, std::slice::from_ref(&state), env)?;
                reduce(input, start, (step, step_params), (end, end_params), env)
            }
            (
                "transform" | "filter" | "any_match" | "all_match" | "none_match" | "reduce"
                | "map_filter" | "transform_values" | "transform_keys",
                ty,
                _,
            ) => Err(refused(ty)),
            _ => Err(unsupported(ast, format!("function {name} with a lambda"))),
        }
    }
}

/// A function that asks its lambda once for each element or entry.
fn each(
    name: &str,
    input: Typed,
    body: Typed,
    params: &[(String, Type)],
    output: Type,
    env: &Env,
) -> Result<Typed> {
    let ids: HashSet<String> = params.iter().map(|(id, _)| id.clone()).collect();
    let captured = captures(&[&body], &ids, env)?;
    let compiled = compile(body, &captured, params)?;
    let mut args = vec![input.expr];
    args.extend(
        captured
            .iter()
            .map(|(column, _)| PlanExpr::Column(column.clone())),
    );
    let key = format!("{name}({:?}, {})", input.ty, compiled.shown);
    let (what, key_type) = (
        name.to_owned(),
        if let Type::Map(key, _) = &output {
            key.as_ref().clone()
        } else {
            Type::Unknown
        },
    );
    let arity = params.len();
    let run: BatchBody = Arc::new(move |columns, _| {
        let Some((lists, captured)) = columns.split_first() else {
            return Err(functions::misfit());
        };
        let mut flat: Vec<Vec<Value>> = vec![Vec::new(); captured.len() + arity];
        for (i, list) in lists.iter().enumerate() {
            let Value::List(list) = list else { continue };
            for element in list {
                let given: Vec<Value> = match element {
                    Value::List(pair) if arity == 2 => pair.clone(),
                    element => vec![element.clone()],
                };
                let around = captured
                    .iter()
                    .map(|column| column.get(i).cloned().unwrap_or(Value::Null));
                flat.iter_mut()
                    .zip(around.chain(given))
                    .for_each(|(column, value)| column.push(value));
            }
        }
        let rows = flat.last().map_or(0, Vec::len);
        let mut answers = compiled.run(&flat, rows)?.into_iter();
        lists
            .iter()
            .map(|list| {
                let Value::List(list) = list else {
                    return Ok(Value::Null);
                };
                let answers: Vec<Value> = answers.by_ref().take(list.len()).collect();
                finish(&what, list, answers, &key_type)
            })
            .collect()
    });
    Ok(Typed {
        expr: native::call_on_batches(key, &output, args, run),
        ty: output,
    })
}

/// The answer for one array or map, from the lambda's answers.
fn finish(name: &str, list: &[Value], answers: Vec<Value>, key_type: &Type) -> Result<Value> {
    let yes = |v: &Value| *v == Value::Bool(true);
    let no = |v: &Value| *v == Value::Bool(false);
    let quantified = |decided: bool, otherwise: bool| {
        if decided {
            Value::Bool(!otherwise)
        } else if answers.iter().any(Value::is_null) {
            Value::Null
        } else {
            Value::Bool(otherwise)
        }
    };
    let pairs = |swap: bool| {
        list.iter().zip(&answers).map(move |(entry, answer)| {
            let (key, value) = match entry {
                Value::List(pair) => (
                    pair.first().cloned().unwrap_or(Value::Null),
                    pair.get(1).cloned().unwrap_or(Value::Null),
                ),
                _ => (Value::Null, Value::Null),
            };
            if swap {
                (answer.clone(), value)
            } else {
                (key, answer.clone())
            }
        })
    };
    Ok(match name {
        "filter" | "map_filter" => Value::List(
            list.iter()
                .zip(&answers)
                .filter(|(_, keep)| yes(keep))
                .map(|(v, _)| v.clone())
                .collect(),
        ),
        "any_match" => quantified(answers.iter().any(yes), false),
        "none_match" => quantified(answers.iter().any(yes), true),
        "all_match" => quantified(answers.iter().any(no), true),
        "transform_values" => functions::build_map(pairs(false), key_type)?,
        "transform_keys" => functions::build_map(pairs(true), key_type)?,
        _ => Value::List(answers),
    })
}

type Lambda = (Typed, Vec<(String, Type)>);

fn reduce(input: Typed, start: Typed, step: Lambda, end: Lambda, env: &Env) -> Result<Typed> {
    let ((step, step_params), (end, end_params)) = (step, end);
    let ids: HashSet<String> = step_params
        .iter()
        .chain(&end_params)
        .map(|(id, _)| id.clone())
        .collect();
    let captured = captures(&[&step, &end], &ids, env)?;
    let (step, end) = (
        compile(step, &captured, &step_params)?,
        compile(end, &captured, &end_params)?,
    );
    let mut args = vec![input.expr, start.expr];
    args.extend(
        captured
            .iter()
            .map(|(column, _)| PlanExpr::Column(column.clone())),
    );
    let key = format!("reduce({:?}, {}, {})", input.ty, step.shown, end.shown);
    let output = end.output.clone();
    let run: BatchBody = Arc::new(move |columns, rows| {
        let [lists, starts, captured @ ..] = columns else {
            return Err(functions::misfit());
        };
        (0..rows)
            .map(|i| {
                let cell = |column: &Vec<Value>| column.get(i).cloned().unwrap_or(Value::Null);
                let Value::List(list) = cell(lists) else {
                    return Ok(Value::Null);
                };
                let around: Vec<Vec<Value>> =
                    captured.iter().map(|column| vec![cell(column)]).collect();
                let one = |given: Vec<Value>, work: &Compiled| {
                    let mut row = around.clone();
                    row.extend(given.into_iter().map(|value| vec![value]));
                    work.run(&row, 1)
                        .map(|values| values.into_iter().next().unwrap_or(Value::Null))
                };
                let mut state = cell(starts);
                for element in list {
                    state = one(vec![state, element], &step)?;
                }
                one(vec![state], &end)
            })
            .collect()
    });
    Ok(Typed {
        expr: native::call_on_batches(key, &output, args, run),
        ty: output,
    })
}
