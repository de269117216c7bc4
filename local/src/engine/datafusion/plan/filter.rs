//! EXISTS and IN over queries: as conditions, which become joins, and as values.

use std::sync::Arc;

use datafusion::logical_expr::{
    Expr as PlanExpr, LogicalPlan, LogicalPlanBuilder, exists, expr::AggregateFunction,
    in_subquery, lit, not_exists, not_in_subquery, scalar_subquery,
};
use datafusion::sql::sqlparser::ast::{BinaryOperator, Expr, Query, UnaryOperator};

use super::{
    Planner, Result, Typed, at, build, expr::Env, operator, subquery::is_correlated, unsupported,
};
use crate::engine::{
    SqlError,
    datafusion::{
        aggregates, functions,
        native::{self, Body},
        types::{Type, common},
        value::Value,
    },
};

impl Planner<'_> {
    /// A condition that rows must meet. Where it is EXISTS or IN over a query, or several of these, a join does the work.
    pub(super) fn filter(&mut self, ast: &Expr, what: &str, env: &mut Env) -> Result<PlanExpr> {
        match ast {
            Expr::Nested(inner) => self.filter(inner, what, env),
            Expr::BinaryOp {
                left,
                op: BinaryOperator::And,
                right,
            } => {
                let (a, b) = (
                    self.filter(left, what, env)?,
                    self.filter(right, what, env)?,
                );
                Ok(a.and(b))
            }
            Expr::UnaryOp {
                op: UnaryOperator::Not,
                expr,
            } => match expr.as_ref() {
                Expr::Exists { subquery, negated } => {
                    Ok(self.exists(subquery, !negated, env)?.expr)
                }
                _ => self.condition(ast, what, env),
            },
            Expr::Exists { subquery, negated } => Ok(self.exists(subquery, *negated, env)?.expr),
            Expr::InSubquery {
                expr,
                subquery,
                negated,
            } => Ok(self.in_subquery(expr, subquery, *negated, ast, env)?.expr),
            other => self.condition(other, what, env),
        }
    }

    pub(super) fn exists(&mut self, query: &Query, negated: bool, env: &Env) -> Result<Typed> {
        let relation = self.inner(query, env)?;
        let plan = Arc::new(relation.plan);
        Ok(Typed {
            expr: if negated {
                not_exists(plan)
            } else {
                exists(plan)
            },
            ty: Type::Boolean,
        })
    }

    /// EXISTS as a value: whether the count of its rows is more than none.
    pub(super) fn exists_value(
        &mut self,
        query: &Query,
        negated: bool,
        env: &Env,
    ) -> Result<Typed> {
        let relation = self.inner(query, env)?;
        let count = self.single_row(relation.plan, "count", lit(1_i64))?;
        let none = lit(0_i64);
        Ok(Typed {
            expr: if negated {
                count.eq(none)
            } else {
                count.gt(none)
            },
            ty: Type::Boolean,
        })
    }

    /// DataFusion's aggregation of all rows of a query, as a scalar.
    pub(super) fn single_row(
        &mut self,
        plan: LogicalPlan,
        name: &str,
        arg: PlanExpr,
    ) -> Result<PlanExpr> {
        let function = super::aggregate::native_function(name).ok_or_else(functions::misfit)?;
        let call = PlanExpr::AggregateFunction(AggregateFunction::new_udf(
            function,
            vec![arg],
            false,
            None,
            Vec::new(),
            None,
        ));
        let id = self.id();
        let plan =
            LogicalPlanBuilder::from(plan).aggregate(Vec::<PlanExpr>::new(), [call.alias(id)]);
        Ok(scalar_subquery(Arc::new(build(plan)?)))
    }

    pub(super) fn in_subquery(
        &mut self,
        value: &Expr,
        query: &Query,
        negated: bool,
        ast: &Expr,
        env: &mut Env,
    ) -> Result<Typed> {
        let value = self.expr(value, env)?;
        let relation = self.inner(query, env)?;
        let [field] = relation.fields.as_slice() else {
            return Err(at(
                "TYPE_MISMATCH",
                ast,
                format!(
                    "Value expression and result of subquery must be of the same type: {} vs row of {}",
                    value.ty,
                    relation.fields.len()
                ),
            ));
        };
        let both = common(&value.ty, &field.ty).ok_or_else(|| {
            at(
                "TYPE_MISMATCH",
                ast,
                format!(
                    "Value expression and result of subquery must be of the same type: {} vs {}",
                    value.ty, field.ty
                ),
            )
        })?;
        if both.is_nested() || both == Type::Unknown {
            return Err(unsupported(ast, format!("IN over a query of {both}")));
        }
        let id = self.id();
        let item = operator::coerce(Typed::column(&field.id, field.ty.clone()), &both)?;
        let plan = Arc::new(build(
            LogicalPlanBuilder::from(relation.plan).project([item.alias(id)]),
        )?);
        let value = operator::coerce(value, &both)?;
        Ok(Typed {
            expr: if negated {
                not_in_subquery(value, plan)
            } else {
                in_subquery(value, plan)
            },
            ty: Type::Boolean,
        })
    }

    /// IN over a query as a value: the query's distinct rows are looked through.
    pub(super) fn in_value(
        &mut self,
        value: &Expr,
        query: &Query,
        negated: bool,
        ast: &Expr,
        env: &mut Env,
    ) -> Result<Typed> {
        let value = self.expr(value, env)?;
        let (plan, id, ty) = self.inner_column(query, ast, env)?;
        if is_correlated(&plan)? {
            return Err(unsupported(
                ast,
                "IN over a correlated query outside of WHERE",
            ));
        }
        let both = common(&value.ty, &ty).filter(|both| !both.is_nested()).ok_or_else(|| {
            at("TYPE_MISMATCH", ast, format!("Value expression and result of subquery must be of the same type: {} vs {ty}", value.ty))
        })?;
        let item = operator::coerce(Typed::column(&id, ty), &both)?;
        let list = Type::array(both.clone());
        let types = aggregates::Types {
            inputs: vec![both.clone()],
            output: list,
        };
        let all =
            aggregates::aggregation("in list", types, aggregates::ARRAY_AGG, true, Vec::new());
        let call = PlanExpr::AggregateFunction(AggregateFunction::new_udf(
            all,
            vec![item],
            false,
            None,
            Vec::new(),
            None,
        ));
        let only = self.id();
        let plan = build(
            LogicalPlanBuilder::from(plan).aggregate(Vec::<PlanExpr>::new(), [call.alias(only)]),
        )?;
        let body: Body = Arc::new(move |values| {
            let [value, list] = values else {
                return Err(functions::misfit());
            };
            let Value::List(list) = list else {
                return Ok(Value::Bool(negated));
            };
            if list.len() > LONGEST_LIST {
                let message = format!(
                    "IN over a query of more than {LONGEST_LIST} different rows is not supported outside of WHERE by the local engine yet"
                );
                return Err(SqlError::new("NOT_SUPPORTED", message));
            }
            let found = list.iter().map(|item| item.equals(value)).try_fold(
                Some(false),
                |so_far, equal| match equal {
                    Some(true) => Err(()),
                    Some(false) => Ok(so_far),
                    None => Ok(None),
                },
            );
            Ok(found
                .unwrap_or(Some(true))
                .map_or(Value::Null, |found| Value::Bool(found != negated)))
        });
        let args = vec![
            operator::coerce(value, &both)?,
            scalar_subquery(Arc::new(plan)),
        ];
        let key = format!("in query {both:?} {negated}");
        Ok(Typed {
            expr: native::call_with_nulls(key, &Type::Boolean, args, body),
            ty: Type::Boolean,
        })
    }
}

/// The most rows that IN looks through one by one.
pub(super) const LONGEST_LIST: usize = 1000;
