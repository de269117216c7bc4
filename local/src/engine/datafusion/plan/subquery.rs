//! Queries inside expressions: scalar ones, IN, EXISTS, ANY and ALL.

use std::sync::Arc;

use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::logical_expr::{
    Expr as PlanExpr, LogicalPlan, LogicalPlanBuilder, Operator, expr::AggregateFunction,
    scalar_subquery,
};
use datafusion::sql::sqlparser::ast::{BinaryOperator, Expr, Query};

use super::{
    Planner, Relation, Result, Typed, at, build, checked, column, expr::Env, operator, unsupported,
};
use crate::engine::datafusion::{aggregates, types::Type};

/// Whether the plan reads a query around it.
pub(super) fn is_correlated(plan: &LogicalPlan) -> Result<bool> {
    let mut found = false;
    checked(plan.apply_with_subqueries(|node| {
        checked_visit(node, &mut found);
        Ok(if found {
            TreeNodeRecursion::Stop
        } else {
            TreeNodeRecursion::Continue
        })
    }))?;
    Ok(found)
}

fn checked_visit(node: &LogicalPlan, found: &mut bool) {
    for expr in node.expressions() {
        *found |= expr
            .exists(|e| Ok(matches!(e, PlanExpr::OuterReferenceColumn(..))))
            .unwrap_or(true);
    }
}

/// Whether the plan gives one row, whatever it reads, and what a missing group would make of it is NULL too.
fn gives_one_row(plan: &LogicalPlan) -> bool {
    match plan {
        LogicalPlan::Projection(projection) => gives_one_row(&projection.input),
        LogicalPlan::Aggregate(aggregate) => aggregate.group_expr.is_empty(),
        LogicalPlan::EmptyRelation(empty) => empty.produce_one_row,
        LogicalPlan::Values(values) => values.values.len() == 1,
        _ => false,
    }
}

/// Whether an aggregation is among those that are NULL where there is no row, or DataFusion's own count.
fn only_known_aggregates(plan: &LogicalPlan) -> bool {
    match plan {
        LogicalPlan::Projection(projection) => only_known_aggregates(&projection.input),
        LogicalPlan::Aggregate(aggregate) => aggregate.aggr_expr.iter().all(|expr| {
            let inner = if let PlanExpr::Alias(alias) = expr {
                alias.expr.as_ref()
            } else {
                expr
            };
            match inner {
                PlanExpr::AggregateFunction(f) => !["count_if", "approx_distinct"]
                    .iter()
                    .any(|name| f.func.name().starts_with(name)),
                _ => false,
            }
        }),
        _ => true,
    }
}

impl Planner<'_> {
    /// Plans a query that may read the columns of this place.
    pub(super) fn inner(&mut self, query: &Query, env: &Env) -> Result<Relation> {
        self.outer.push(env.visible());
        let planned = self.query(query);
        self.outer.pop();
        planned
    }

    /// A query of one column: its plan, the column and its type.
    pub(super) fn inner_column(
        &mut self,
        query: &Query,
        ast: &Expr,
        env: &Env,
    ) -> Result<(LogicalPlan, String, Type)> {
        let relation = self.inner(query, env)?;
        match relation.fields.as_slice() {
            [field] => {
                let plan =
                    build(LogicalPlanBuilder::from(relation.plan).project([column(&field.id)]))?;
                Ok((plan, field.id.clone(), field.ty.clone()))
            }
            fields => Err(at(
                "TYPE_MISMATCH",
                ast,
                format!(
                    "Multiple columns returned by subquery are not yet supported. Found {}",
                    fields.len()
                ),
            )),
        }
    }

    pub(super) fn scalar_subquery(
        &mut self,
        query: &Query,
        ast: &Expr,
        env: &Env,
    ) -> Result<Typed> {
        let (plan, id, ty) = self.inner_column(query, ast, env)?;
        let correlated = is_correlated(&plan)?;
        if gives_one_row(&plan) {
            if correlated && !only_known_aggregates(&plan) {
                return Err(at(
                    "NOT_SUPPORTED",
                    ast,
                    "Given correlated subquery is not supported",
                ));
            }
            return Ok(Typed {
                expr: scalar_subquery(Arc::new(plan)),
                ty,
            });
        }
        if correlated {
            return Err(at(
                "NOT_SUPPORTED",
                ast,
                "Given correlated subquery is not supported",
            ));
        }
        // More than one row is an error, none is NULL.
        let types = aggregates::Types {
            inputs: vec![ty.clone()],
            output: ty.clone(),
        };
        let single =
            aggregates::aggregation("single row", types, aggregates::SINGLE, false, Vec::new());
        let call = PlanExpr::AggregateFunction(AggregateFunction::new_udf(
            single,
            vec![column(&id)],
            false,
            None,
            Vec::new(),
            None,
        ));
        let only = self.id();
        let plan = build(
            LogicalPlanBuilder::from(plan).aggregate(Vec::<PlanExpr>::new(), [call.alias(only)]),
        )?;
        Ok(Typed {
            expr: scalar_subquery(Arc::new(plan)),
            ty,
        })
    }

    /// `x = ANY (query)` and its like.
    pub(super) fn quantified(
        &mut self,
        value: &Expr,
        op: &BinaryOperator,
        right: &Expr,
        any: bool,
        ast: &Expr,
        env: &mut Env,
    ) -> Result<Typed> {
        let Expr::Subquery(query) = right else {
            return Err(at(
                "FUNCTION_NOT_FOUND",
                ast,
                format!(
                    "Function '{}' not registered",
                    if any { "any" } else { "all" }
                ),
            ));
        };
        match (op, any) {
            (BinaryOperator::Eq, true) => self.in_value(value, query, false, ast, env),
            (BinaryOperator::NotEq, false) => self.in_value(value, query, true, ast, env),
            (
                BinaryOperator::Lt
                | BinaryOperator::LtEq
                | BinaryOperator::Gt
                | BinaryOperator::GtEq,
                _,
            ) => self.ordered(value, op, query, any, ast, env),
            _ => Err(unsupported(ast, format!("{op} with ANY or ALL"))),
        }
    }

    /// `x < ANY (query)`: by the least or greatest row, with what NULLs among the rows leave unknown.
    fn ordered(
        &mut self,
        value: &Expr,
        op: &BinaryOperator,
        query: &Query,
        any: bool,
        ast: &Expr,
        env: &mut Env,
    ) -> Result<Typed> {
        let value = self.expr(value, env)?;
        let (plan, id, ty) = self.inner_column(query, ast, env)?;
        if is_correlated(&plan)? {
            return Err(at(
                "NOT_SUPPORTED",
                ast,
                "Given correlated subquery is not supported",
            ));
        }
        let both = operator::comparable("<", &value.ty, &ty)
            .map_err(|why| at("TYPE_MISMATCH", ast, why))?;
        if both.is_float() || both.is_nested() || both == Type::Unknown {
            return Err(unsupported(
                ast,
                format!("{op} with ANY or ALL over {both}"),
            ));
        }
        let item = operator::coerce(Typed::column(&id, ty), &both)?;
        let less = matches!(op, BinaryOperator::Lt | BinaryOperator::LtEq);
        let name = if less == any { "max" } else { "min" };
        let mut single = |name: &str, arg: PlanExpr, output: &Type| -> Result<Typed> {
            let found = aggregates::resolve(name, std::slice::from_ref(output))?;
            let function =
                super::aggregate::native_function(name).ok_or_else(|| unsupported(ast, name))?;
            let call = PlanExpr::AggregateFunction(AggregateFunction::new_udf(
                function,
                vec![arg],
                false,
                None,
                Vec::new(),
                None,
            ));
            self.ids += 1;
            let plan = LogicalPlanBuilder::from(plan.clone()).aggregate(
                Vec::<PlanExpr>::new(),
                [call.alias(format!("c{}", self.ids))],
            );
            Ok(Typed {
                expr: scalar_subquery(Arc::new(build(plan)?)),
                ty: found.types.output,
            })
        };
        let bound = single(name, item.clone(), &both)?;
        let known = single("count", item, &both)?;
        let all = single("count", datafusion::logical_expr::lit(1_i64), &Type::Bigint)?;
        let op = match op {
            BinaryOperator::Lt => Operator::Lt,
            BinaryOperator::LtEq => Operator::LtEq,
            BinaryOperator::Gt => Operator::Gt,
            _ => Operator::GtEq,
        };
        let holds = operator::compare(
            op,
            Typed {
                expr: operator::coerce(value, &both)?,
                ty: both.clone(),
            },
            bound,
            &both,
        )?
        .expr;
        let constant =
            |v: bool| PlanExpr::Literal(datafusion::common::ScalarValue::Boolean(Some(v)), None);
        let unknown = PlanExpr::Literal(datafusion::common::ScalarValue::Boolean(None), None);
        let decided = if any {
            holds.clone()
        } else {
            PlanExpr::IsFalse(Box::new(holds.clone()))
        };
        let answer = if any { constant(true) } else { constant(false) };
        let branches = vec![
            (
                all.expr.clone().eq(datafusion::logical_expr::lit(0_i64)),
                constant(!any),
            ),
            (decided, answer),
            (known.expr.lt(all.expr), unknown),
        ];
        Ok(Typed {
            expr: operator::choose(branches, holds)?,
            ty: Type::Boolean,
        })
    }
}
