//! Window functions: OVER, frames, named windows.

use datafusion::common::ScalarValue;
use datafusion::functions_window as native;
use datafusion::logical_expr::{
    Expr as PlanExpr, LogicalPlan, LogicalPlanBuilder, WindowFunctionDefinition,
    expr::{NullTreatment, Sort, WindowFunction},
};
use datafusion::sql::sqlparser::ast::{self, Expr, Function, WindowSpec, WindowType};

use super::{Planner, Result, Typed, aggregate, at, build, call, expr::Env, operator, unsupported};
use crate::engine::{
    SqlError,
    datafusion::{types::Type, value},
};

/// A window function and the column that it gives.
#[derive(Clone, Debug)]
pub(super) struct Window {
    expr: PlanExpr,
    pub(super) id: String,
    pub(super) ty: Type,
}

const RANKS: &[&str] = &[
    "row_number",
    "rank",
    "dense_rank",
    "percent_rank",
    "cume_dist",
    "ntile",
];
const VALUES: &[&str] = &["lag", "lead", "first_value", "last_value", "nth_value"];

pub(super) fn is_window(name: &str) -> bool {
    RANKS.contains(&name) || VALUES.contains(&name)
}

/// The plan with a column for each window function.
pub(super) fn apply(mut plan: LogicalPlan, windows: Vec<Window>) -> Result<LogicalPlan> {
    for window in windows {
        let before: Vec<PlanExpr> = plan
            .schema()
            .columns()
            .into_iter()
            .map(PlanExpr::Column)
            .collect();
        plan = build(LogicalPlanBuilder::from(plan).window([window.expr]))?;
        let Some(added) = plan.schema().columns().into_iter().last() else {
            continue;
        };
        let columns = before
            .into_iter()
            .chain([PlanExpr::Column(added).alias(window.id)]);
        plan = build(LogicalPlanBuilder::from(plan).project(columns))?;
    }
    Ok(plan)
}

impl Planner<'_> {
    /// A call with OVER.
    pub(super) fn window_call(
        &mut self,
        name: &str,
        function: &Function,
        ast: &Expr,
        env: &mut Env,
    ) -> Result<Typed> {
        let Some(windows) = env.windows.take() else {
            return Err(match env.clause {
                "window" => at(
                    "NESTED_WINDOW",
                    ast,
                    "Cannot nest window functions or row pattern measures inside window function arguments",
                ),
                "HAVING clause" => at(
                    "NESTED_WINDOW",
                    ast,
                    "HAVING clause cannot contain window functions or row pattern measures",
                ),
                clause => at(
                    "EXPRESSION_NOT_SCALAR",
                    ast,
                    format!(
                        "{clause} cannot contain aggregations, window functions or grouping operations: [{ast}]"
                    ),
                ),
            });
        };
        let clause = std::mem::replace(&mut env.clause, "window");
        let planned = self.windowed(name, function, ast, env);
        env.clause = clause;
        let mut windows = windows;
        let planned =
            planned.map(
                |(expr, ty)| match windows.iter().find(|known| known.expr == expr) {
                    Some(known) => Typed::column(&known.id, known.ty.clone()),
                    None => {
                        self.ids += 1;
                        let id = format!("c{}", self.ids);
                        windows.push(Window {
                            expr,
                            id: id.clone(),
                            ty: ty.clone(),
                        });
                        Typed::column(&id, ty)
                    }
                },
            );
        env.windows = Some(windows);
        // DataFusion counts without signs.
        planned.map(|found| match (name, found) {
            ("row_number" | "rank" | "dense_rank" | "ntile", found) => {
                let expr = datafusion::logical_expr::cast(found.expr, Type::Bigint.arrow());
                Typed {
                    expr,
                    ty: Type::Bigint,
                }
            }
            (_, found) => found,
        })
    }

    fn windowed(
        &mut self,
        name: &str,
        function: &Function,
        ast: &Expr,
        env: &mut Env,
    ) -> Result<(PlanExpr, Type)> {
        if function.filter.is_some() {
            return Err(SqlError::at(
                "NOT_SUPPORTED",
                1,
                1,
                "FILTER is not yet supported for window functions",
            ));
        }
        let spec = self.spec(function.over.as_ref(), ast, env)?;
        let partition = spec
            .partition_by
            .iter()
            .map(|e| self.expr(e, env).map(|v| v.expr))
            .collect::<Result<Vec<_>>>()?;
        let mut order = Vec::new();
        let mut order_types = Vec::new();
        for item in &spec.order_by {
            let key = self.expr(&item.expr, env)?;
            if !key.ty.is_orderable() {
                return Err(at(
                    "TYPE_MISMATCH",
                    &item.expr,
                    format!(
                        "{} is not orderable, and therefore cannot be used in window function ORDER BY",
                        key.ty
                    ),
                ));
            }
            order.push(Sort::new(
                key.expr,
                item.options.asc.unwrap_or(true),
                item.options.nulls_first.unwrap_or(false),
            ));
            order_types.push(key.ty);
        }
        let ranks = RANKS.contains(&name);
        let needs_order = matches!(name, "lag" | "lead");
        if needs_order && order.is_empty() {
            return Err(at(
                "MISSING_ORDER_BY",
                ast,
                format!("{name} function requires an ORDER BY window clause"),
            ));
        }
        if spec.window_frame.is_some() && (ranks || needs_order) {
            return Err(at(
                "INVALID_WINDOW_FRAME",
                ast,
                format!("Cannot specify window frame for {name} function"),
            ));
        }
        let frame = self.frame(&spec, &order_types, ast, env)?;
        let nulls = match (function.null_treatment, VALUES.contains(&name)) {
            (None, _) => None,
            (Some(ast::NullTreatment::IgnoreNulls), true) => Some(NullTreatment::IgnoreNulls),
            (Some(ast::NullTreatment::RespectNulls), true) => Some(NullTreatment::RespectNulls),
            (Some(_), false) => {
                return Err(at(
                    "NULL_TREATMENT_NOT_ALLOWED",
                    ast,
                    format!("Cannot specify null treatment clause for {name} function"),
                ));
            }
        };
        let (fun, args, ty, distinct) = if is_window(name) {
            let (fun, args, ty) = self.window_function(name, function, ast, env)?;
            (fun, args, ty, false)
        } else if aggregate::is_aggregate(name) {
            let (udaf, args, asked, ty) = self.aggregation(name, function, ast, true, env)?;
            (
                WindowFunctionDefinition::AggregateUDF(udaf),
                args,
                ty,
                asked.distinct,
            )
        } else {
            return Err(at(
                "FUNCTION_NOT_WINDOW",
                ast,
                format!("Function {name} is no window function"),
            ));
        };
        let mut window = WindowFunction::new(fun, args);
        window.params.partition_by = partition;
        window.params.order_by = order;
        window.params.window_frame = frame;
        window.params.null_treatment = nulls;
        window.params.distinct = distinct;
        Ok((PlanExpr::WindowFunction(Box::new(window)), ty))
    }

    /// The window, with what a named one adds.
    fn spec(&mut self, over: Option<&WindowType>, ast: &Expr, env: &Env) -> Result<WindowSpec> {
        let named = |name: &ast::Ident| {
            env.named
                .iter()
                .find(|(known, _)| known.eq_ignore_ascii_case(&name.value))
                .map(|(_, spec)| spec.clone())
                .ok_or_else(|| {
                    at(
                        "INVALID_WINDOW_REFERENCE",
                        ast,
                        format!("Cannot resolve WINDOW name {}", name.value),
                    )
                })
        };
        let spec = match over {
            Some(WindowType::NamedWindow(name)) => named(name)?,
            Some(WindowType::WindowSpec(spec)) => spec.clone(),
            None => return Err(unsupported(ast, "a window function without OVER")),
        };
        let Some(base) = &spec.window_name else {
            return Ok(spec);
        };
        let base = named(base)?;
        if !spec.partition_by.is_empty()
            || (!base.order_by.is_empty() && !spec.order_by.is_empty())
            || base.window_frame.is_some()
        {
            return Err(at(
                "INVALID_WINDOW_REFERENCE",
                ast,
                "WINDOW specification cannot override its base",
            ));
        }
        let order_by = if spec.order_by.is_empty() {
            base.order_by
        } else {
            spec.order_by
        };
        Ok(WindowSpec {
            window_name: base.window_name,
            partition_by: base.partition_by,
            order_by,
            window_frame: spec.window_frame,
        })
    }

    fn window_function(
        &mut self,
        name: &str,
        function: &Function,
        ast: &Expr,
        env: &mut Env,
    ) -> Result<(WindowFunctionDefinition, Vec<PlanExpr>, Type)> {
        let asts = call::arguments(function)
            .ok_or_else(|| unsupported(ast, format!("such a call of {name}")))?;
        let values = asts
            .iter()
            .map(|arg| self.expr(arg, env))
            .collect::<Result<Vec<_>>>()?;
        let types: Vec<String> = values.iter().map(|value| value.ty.to_string()).collect();
        let refused = || {
            at(
                "FUNCTION_NOT_FOUND",
                ast,
                format!(
                    "Unexpected parameters ({}) for function {name}.",
                    types.join(", ")
                ),
            )
        };
        let whole =
            |value: &Typed, least: i64, message: &str| match super::frame::constant(&value.expr) {
                Some(value::Value::Int(n)) if n < least => Err(SqlError::new(
                    "INVALID_FUNCTION_ARGUMENT",
                    message.to_owned(),
                )),
                Some(value::Value::Int(n)) => {
                    Ok(PlanExpr::Literal(ScalarValue::Int64(Some(n)), None))
                }
                _ => Err(unsupported(
                    ast,
                    format!("{name} with an offset that is no constant"),
                )),
            };
        let udwf = match name {
            "row_number" => native::row_number::row_number_udwf(),
            "rank" => native::rank::rank_udwf(),
            "dense_rank" => native::rank::dense_rank_udwf(),
            "percent_rank" => native::rank::percent_rank_udwf(),
            "cume_dist" => native::cume_dist::cume_dist_udwf(),
            "ntile" => native::ntile::ntile_udwf(),
            "lag" => native::lead_lag::lag_udwf(),
            "lead" => native::lead_lag::lead_udwf(),
            "first_value" => native::nth_value::first_value_udwf(),
            "last_value" => native::nth_value::last_value_udwf(),
            _ => native::nth_value::nth_value_udwf(),
        };
        let (args, ty) = match (name, values.as_slice()) {
            ("row_number" | "rank" | "dense_rank", []) => (Vec::new(), Type::Bigint),
            ("percent_rank" | "cume_dist", []) => (Vec::new(), Type::Double),
            ("ntile", [n]) if n.ty.is_integer() => (
                vec![whole(n, 1, "Buckets must be greater than 0")?],
                Type::Bigint,
            ),
            ("lag" | "lead" | "first_value" | "last_value", [value]) => {
                (vec![value.expr.clone()], value.ty.clone())
            }
            ("lag" | "lead", [value, n]) if n.ty.is_integer() => (
                vec![
                    value.expr.clone(),
                    whole(n, 0, "Offset must be at least 0")?,
                ],
                value.ty.clone(),
            ),
            ("lag" | "lead", [value, n, default]) if n.ty.is_integer() => {
                let n = whole(n, 0, "Offset must be at least 0")?;
                let ty = crate::engine::datafusion::types::common(&value.ty, &default.ty)
                    .ok_or_else(refused)?;
                let value = operator::coerce(value.clone(), &ty)?;
                let default = operator::coerce(default.clone(), &ty)?;
                let Some(found) = super::frame::constant(&default) else {
                    return Err(unsupported(
                        ast,
                        format!("{name} with a default that is no constant"),
                    ));
                };
                (vec![value, n, super::literal(found, &ty)?.expr], ty)
            }
            ("nth_value", [value, n]) if n.ty.is_integer() => (
                vec![
                    value.expr.clone(),
                    whole(n, 1, "Offset must be at least 1")?,
                ],
                value.ty.clone(),
            ),
            _ => return Err(refused()),
        };
        Ok((WindowFunctionDefinition::WindowUDF(udwf), args, ty))
    }
}
