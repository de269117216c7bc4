//! GROUP BY: what is grouped by, and the aggregations that a query holds.

use std::sync::Arc;

use datafusion::functions_aggregate as native;
use datafusion::logical_expr::{AggregateUDF, Expr as PlanExpr, expr::AggregateFunction, lit};
use datafusion::sql::sqlparser::ast::{
    DuplicateTreatment, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentClause,
    FunctionArguments, GroupByExpr, OrderByExpr, Value as Literal,
};

use super::{
    Planner, Result, Typed, at, call,
    expr::{Env, place},
    grouping::{Grouping, Key, has_many_forms},
    operator, unsupported,
};
use crate::engine::{
    SqlError,
    datafusion::{
        aggregates::{self, Aggregation, Order, Work},
        types::Type,
    },
};

pub(super) use crate::engine::datafusion::aggregates::is_aggregate;

/// The order and the distinctness that a call asks for.
pub(super) struct Asked<'f> {
    pub(super) distinct: bool,
    order: Vec<&'f OrderByExpr>,
}

impl Planner<'_> {
    /// What GROUP BY says. `outputs` are the expressions of the SELECT list, for its ordinals.
    pub(super) fn grouping(
        &mut self,
        group_by: &GroupByExpr,
        outputs: &[Option<&Expr>],
        env: &Env,
    ) -> Result<Grouping> {
        let GroupByExpr::Expressions(exprs, modifiers) = group_by else {
            return Err(SqlError::new("SYNTAX_ERROR", "mismatched input 'ALL'"));
        };
        if !modifiers.is_empty() {
            return Err(SqlError::new("SYNTAX_ERROR", "mismatched input 'WITH'"));
        }
        let mut grouping = Grouping::default();
        // The sets so far; each further element multiplies them.
        let mut sets: Vec<Vec<usize>> = vec![Vec::new()];
        let mut plain = true;
        for expr in exprs {
            let parts: Vec<Vec<&Expr>> = match expr {
                Expr::Rollup(columns) => (0..=columns.len())
                    .rev()
                    .map(|n| columns.iter().take(n).flatten().collect())
                    .collect(),
                Expr::Cube(columns) => (0..1_usize << columns.len().min(16))
                    .rev()
                    .map(|bits| {
                        columns
                            .iter()
                            .enumerate()
                            .filter(|(i, _)| bits >> (columns.len() - 1 - i) & 1 == 1)
                            .flat_map(|(_, c)| c)
                            .collect()
                    })
                    .collect(),
                Expr::GroupingSets(columns) => {
                    columns.iter().map(|set| set.iter().collect()).collect()
                }
                Expr::Tuple(all) if all.is_empty() => continue,
                Expr::Tuple(all) => vec![all.iter().collect()],
                one => vec![vec![one]],
            };
            let simple = !matches!(
                expr,
                Expr::Rollup(_) | Expr::Cube(_) | Expr::GroupingSets(_)
            );
            plain &= simple;
            let mut next = Vec::new();
            for part in &parts {
                let keys = part
                    .iter()
                    .map(|key| self.key(key, simple, outputs, env, &mut grouping))
                    .collect::<Result<Vec<_>>>()?;
                for set in &sets {
                    let mut both = set.clone();
                    both.extend(keys.iter().filter(|key| !set.contains(key)));
                    next.push(both);
                }
            }
            sets = next;
        }
        if !plain {
            grouping.sets = Some(sets);
        }
        Ok(grouping)
    }

    fn key(
        &mut self,
        ast: &Expr,
        simple: bool,
        outputs: &[Option<&Expr>],
        env: &Env,
        grouping: &mut Grouping,
    ) -> Result<usize> {
        let mut source = ast;
        if let Expr::Value(value) = ast
            && let Literal::Number(digits, _) = &value.value
            && simple
        {
            let position: Option<usize> = digits.parse().ok();
            let output = position
                .and_then(|n| n.checked_sub(1))
                .and_then(|n| outputs.get(n).copied());
            source = output.flatten().ok_or_else(|| {
                at(
                    "INVALID_COLUMN_REFERENCE",
                    ast,
                    format!("GROUP BY position {digits} is not in select list"),
                )
            })?;
        }
        if !simple && !matches!(ast, Expr::Identifier(_) | Expr::CompoundIdentifier(_)) {
            return Err(at(
                "INVALID_COLUMN_REFERENCE",
                ast,
                format!("GROUP BY expression must be a column reference: {ast}"),
            ));
        }
        let mut inner = Env {
            fields: env.fields.clone(),
            clause: "GROUP BY clause",
            ..Env::default()
        };
        let key = self.expr(source, &mut inner)?;
        if key.ty == Type::Unknown || has_many_forms(&key.ty) {
            return Err(unsupported(ast, format!("grouping by a {}", key.ty)));
        }
        if let Some(known) = grouping
            .keys
            .iter()
            .position(|known| known.source == key.expr)
        {
            return Ok(known);
        }
        let id = self.id();
        grouping.keys.push(Key {
            source: key.expr,
            id,
            ty: key.ty,
        });
        Ok(grouping.keys.len() - 1)
    }

    /// A call of an aggregation without OVER.
    pub(super) fn aggregate_call(
        &mut self,
        name: &str,
        function: &Function,
        ast: &Expr,
        env: &mut Env,
    ) -> Result<Typed> {
        if env.grouping.is_none() {
            if env.clause == "aggregation" {
                return Err(at(
                    "NESTED_AGGREGATION",
                    ast,
                    format!("Cannot nest aggregations inside aggregation: [{ast}]"),
                ));
            }
            return Err(at(
                "EXPRESSION_NOT_SCALAR",
                ast,
                format!(
                    "{} cannot contain aggregations, window functions or grouping operations: [{ast}]",
                    env.clause
                ),
            ));
        }
        if function.null_treatment.is_some() {
            return Err(at(
                "NULL_TREATMENT_NOT_ALLOWED",
                ast,
                "Cannot specify null treatment clause for an aggregation",
            ));
        }
        let mut inner = Env {
            fields: env.fields.clone(),
            locals: env.locals.clone(),
            clause: "aggregation",
            ..Env::default()
        };
        let (udaf, args, asked, ty) = self.aggregation(name, function, ast, false, &mut inner)?;
        let filter = match &function.filter {
            Some(filter) => Some(self.condition(filter, "Filter expression", &mut inner)?),
            None => None,
        };
        let Some(grouping) = env.grouping.as_mut() else {
            return Err(unsupported(ast, name));
        };
        let args = args
            .into_iter()
            .map(|arg| grouping.prepare(arg, &mut self.ids))
            .collect();
        let filter = filter.map(|filter| Box::new(grouping.prepare(filter, &mut self.ids)));
        let expr = PlanExpr::AggregateFunction(AggregateFunction::new_udf(
            udaf,
            args,
            asked.distinct,
            filter,
            Vec::new(),
            None,
        ));
        if let Some((_, id, _)) = grouping
            .aggregates
            .iter()
            .find(|(known, ..)| *known == expr)
        {
            return Ok(Typed::column(id, ty));
        }
        self.ids += 1;
        let id = format!("c{}", self.ids);
        grouping.aggregates.push((expr, id.clone(), ty.clone()));
        Ok(Typed::column(&id, ty))
    }

    /// The aggregation that a call means, and its arguments.
    pub(super) fn aggregation<'f>(
        &mut self,
        name: &str,
        function: &'f Function,
        ast: &Expr,
        slides: bool,
        env: &mut Env,
    ) -> Result<(Arc<AggregateUDF>, Vec<PlanExpr>, Asked<'f>, Type)> {
        let asked = asked(function, ast)?;
        if name == "listagg" && function.within_group.is_empty() {
            return Err(at(
                "SYNTAX_ERROR",
                ast,
                "mismatched input. Expecting: 'WITHIN'",
            ));
        }
        let star = matches!(&function.args, FunctionArguments::List(list)
            if matches!(list.args.as_slice(), [FunctionArg::Unnamed(FunctionArgExpr::Wildcard)]));
        let asts = if star {
            Vec::new()
        } else {
            call::arguments(function)
                .ok_or_else(|| unsupported(ast, format!("such a call of {name}")))?
        };
        if star && name != "count" {
            return Err(at(
                "FUNCTION_NOT_FOUND",
                ast,
                format!("Unexpected parameters () for function {name}."),
            ));
        }
        let values = asts
            .iter()
            .map(|arg| self.expr(arg, env))
            .collect::<Result<Vec<_>>>()?;
        let types: Vec<Type> = values.iter().map(|value| value.ty.clone()).collect();
        let Aggregation {
            types,
            work,
            ignores_order,
            ignores_duplicates,
        } = aggregates::resolve(name, &types).map_err(|e| place(e, ast))?;
        let sources: Vec<PlanExpr> = values.iter().map(|value| value.expr.clone()).collect();
        let mut args = values
            .into_iter()
            .zip(&types.inputs)
            .map(|(v, ty)| operator::coerce(v, ty))
            .collect::<Result<Vec<_>>>()?;
        let mut order = Vec::new();
        for item in &asked.order {
            let key = self.expr(&item.expr, env)?;
            if !key.ty.is_orderable() {
                return Err(at(
                    "TYPE_MISMATCH",
                    &item.expr,
                    format!(
                        "ORDER BY can only be applied to orderable types (actual: {})",
                        key.ty
                    ),
                ));
            }
            if asked.distinct && !sources.contains(&key.expr) {
                return Err(at(
                    "EXPRESSION_NOT_IN_DISTINCT",
                    &item.expr,
                    "For aggregate function with DISTINCT, ORDER BY expressions must appear in arguments",
                ));
            }
            if !ignores_order {
                order.push(Order {
                    ty: key.ty,
                    ascending: item.options.asc.unwrap_or(true),
                    nulls_first: item.options.nulls_first.unwrap_or(false),
                });
                args.push(key.expr);
            }
        }
        let distinct = asked.distinct && !ignores_duplicates;
        let output = types.output.clone();
        // DataFusion takes back what leaves a window, which doubles do not forgive.
        let work = match work {
            Work::Native(native) if slides => aggregates::sliding(native).map_or(work, Work::Fold),
            work => work,
        };
        match work {
            Work::Fold(fold) => {
                let udaf = aggregates::aggregation(name, types, fold, distinct, order);
                Ok((
                    udaf,
                    args,
                    Asked {
                        distinct: false,
                        order: Vec::new(),
                    },
                    output,
                ))
            }
            // The order of a sum of doubles is not the user's to choose.
            Work::Native(native) => {
                args.truncate(types.inputs.len());
                if args.is_empty() {
                    args.push(lit(1_i64));
                }
                let udaf = native_function(native).ok_or_else(|| unsupported(ast, name))?;
                Ok((
                    udaf,
                    args,
                    Asked {
                        distinct,
                        order: Vec::new(),
                    },
                    output,
                ))
            }
        }
    }

    /// `grouping(a, b)`.
    pub(super) fn grouping_call(
        &mut self,
        args: &[&Expr],
        ast: &Expr,
        env: &mut Env,
    ) -> Result<Typed> {
        if env.grouping.is_none() {
            return Err(at(
                "EXPRESSION_NOT_SCALAR",
                ast,
                format!(
                    "{} cannot contain aggregations, window functions or grouping operations: [{ast}]",
                    env.clause
                ),
            ));
        }
        let mut plain = Env {
            fields: env.fields.clone(),
            ..Env::default()
        };
        let mut keys = Vec::new();
        for arg in args {
            let source = self.expr(arg, &mut plain)?;
            let key = env
                .grouping
                .as_ref()
                .and_then(|g| g.keys.iter().position(|key| key.source == source.expr));
            keys.push(key.ok_or_else(|| {
                at("INVALID_ARGUMENTS", *arg, "The arguments to GROUPING() must be expressions referenced by the GROUP BY at the associated query level")
            })?);
        }
        env.grouping
            .as_ref()
            .map(|grouping| grouping.bits(&keys))
            .ok_or_else(|| unsupported(ast, "grouping()"))
    }
}

fn asked<'f>(function: &'f Function, ast: &Expr) -> Result<Asked<'f>> {
    let mut asked = Asked {
        distinct: false,
        order: function.within_group.iter().collect(),
    };
    if let FunctionArguments::List(list) = &function.args {
        asked.distinct = matches!(list.duplicate_treatment, Some(DuplicateTreatment::Distinct));
        for clause in &list.clauses {
            match clause {
                FunctionArgumentClause::OrderBy(order) => asked.order.extend(order),
                other => return Err(unsupported(ast, format!("`{other}`"))),
            }
        }
    }
    Ok(asked)
}

pub(super) fn native_function(name: &str) -> Option<Arc<AggregateUDF>> {
    Some(match name {
        "count" => native::count::count_udaf(),
        "sum" => native::sum::sum_udaf(),
        "avg" => native::average::avg_udaf(),
        "min" => native::min_max::min_udaf(),
        "max" => native::min_max::max_udaf(),
        "stddev" => native::stddev::stddev_udaf(),
        "stddev_pop" => native::stddev::stddev_pop_udaf(),
        "var_samp" => native::variance::var_samp_udaf(),
        "var_pop" => native::variance::var_pop_udaf(),
        "corr" => native::correlation::corr_udaf(),
        "covar_pop" => native::covariance::covar_pop_udaf(),
        "covar_samp" => native::covariance::covar_samp_udaf(),
        "regr_slope" => native::regr::regr_slope_udaf(),
        "regr_intercept" => native::regr::regr_intercept_udaf(),
        _ => return None,
    })
}
