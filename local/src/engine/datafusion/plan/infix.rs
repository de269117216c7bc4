//! Operators as they are written: NOT, minus, AND, OR, comparisons, arithmetic, `||`.

use datafusion::logical_expr::{Expr as PlanExpr, Operator};
use datafusion::sql::sqlparser::ast::{BinaryOperator, Expr, UnaryOperator, Value as Literal};

use super::{
    Planner, Result, Typed, at, build_value,
    expr::{Env, as_condition, boolean, place},
    literals, operator, unsupported,
};
use crate::engine::{SqlError, datafusion::types::Type};

impl Planner<'_> {
    pub(super) fn unary(
        &mut self,
        op: UnaryOperator,
        inner: &Expr,
        ast: &Expr,
        env: &mut Env,
    ) -> Result<Typed> {
        // The least bigint has no positive.
        if let (UnaryOperator::Minus, Expr::Value(v)) = (op, inner)
            && let Literal::Number(digits, _) = &v.value
        {
            return literals::number(&format!("-{digits}")).map_err(|e| place(e, ast));
        }
        let value = self.expr(inner, env)?;
        match op {
            UnaryOperator::Not => {
                let condition = as_condition(value, "Value of logical NOT expression")
                    .map_err(|e| place(e, inner))?;
                Ok(boolean(PlanExpr::Not(Box::new(condition))))
            }
            UnaryOperator::Plus if value.ty.is_number() || value.ty.is_wide() => Ok(value),
            UnaryOperator::Minus if value.ty == Type::Unknown => Err(SqlError::new(
                "AMBIGUOUS_FUNCTION_CALL",
                "Could not choose a best candidate operator. Explicit type casts must be added.",
            )),
            UnaryOperator::Minus => {
                let ty = value.ty.clone();
                operator::negate(value)?
                    .ok_or_else(|| at("TYPE_MISMATCH", ast, format!("Cannot negate {ty}")))
            }
            _ => Err(at("SYNTAX_ERROR", ast, format!("mismatched input '{op}'"))),
        }
    }

    pub(super) fn binary(
        &mut self,
        left: &Expr,
        op: &BinaryOperator,
        right: &Expr,
        ast: &Expr,
        env: &mut Env,
    ) -> Result<Typed> {
        let comparison = match op {
            BinaryOperator::Eq => Some(Operator::Eq),
            BinaryOperator::NotEq => Some(Operator::NotEq),
            BinaryOperator::Lt => Some(Operator::Lt),
            BinaryOperator::LtEq => Some(Operator::LtEq),
            BinaryOperator::Gt => Some(Operator::Gt),
            BinaryOperator::GtEq => Some(Operator::GtEq),
            _ => None,
        };
        if let Some(comparison) = comparison {
            let chained = |e: &Expr| {
                matches!(
                    e,
                    Expr::BinaryOp {
                        op: BinaryOperator::Eq
                            | BinaryOperator::NotEq
                            | BinaryOperator::Lt
                            | BinaryOperator::LtEq
                            | BinaryOperator::Gt
                            | BinaryOperator::GtEq,
                        ..
                    }
                )
            };
            if chained(left) {
                return Err(at(
                    "SYNTAX_ERROR",
                    right,
                    format!("mismatched input '{op}'"),
                ));
            }
            return self.comparison(comparison, left, right, ast, env);
        }
        let symbol = match op {
            BinaryOperator::And | BinaryOperator::Or => {
                let what = "Logical expression term";
                let (a, b) = (
                    self.condition(left, what, env)?,
                    self.condition(right, what, env)?,
                );
                return Ok(boolean(if *op == BinaryOperator::And {
                    a.and(b)
                } else {
                    a.or(b)
                }));
            }
            BinaryOperator::StringConcat => {
                let args = vec![self.expr(left, env)?, self.expr(right, env)?];
                return build_value::concat(args).map_err(|e| place(e, ast));
            }
            BinaryOperator::Plus => '+',
            BinaryOperator::Minus => '-',
            BinaryOperator::Multiply => '*',
            BinaryOperator::Divide => '/',
            BinaryOperator::Modulo => '%',
            _ => {
                return Err(at(
                    "SYNTAX_ERROR",
                    right,
                    format!("mismatched input '{op}'"),
                ));
            }
        };
        let (a, b) = (self.expr(left, env)?, self.expr(right, env)?);
        let shown = format!("Cannot apply operator: {} {symbol} {}", a.ty, b.ty);
        operator::arithmetic(symbol, a, b)
            .map_err(|e| place(e, ast))?
            .ok_or_else(|| at("TYPE_MISMATCH", ast, shown))
    }

    pub(super) fn comparison(
        &mut self,
        op: Operator,
        left: &Expr,
        right: &Expr,
        ast: &Expr,
        env: &mut Env,
    ) -> Result<Typed> {
        let (a, b) = (self.expr(left, env)?, self.expr(right, env)?);
        // Trino turns `a > b` into `b < a` before it looks at the types.
        let both = match op {
            Operator::Gt => operator::comparable("<", &b.ty, &a.ty),
            Operator::GtEq => operator::comparable("<=", &b.ty, &a.ty),
            Operator::Lt => operator::comparable("<", &a.ty, &b.ty),
            Operator::LtEq => operator::comparable("<=", &a.ty, &b.ty),
            Operator::IsDistinctFrom | Operator::IsNotDistinctFrom => {
                operator::comparable("IS DISTINCT FROM", &a.ty, &b.ty)
            }
            _ => operator::comparable("=", &a.ty, &b.ty),
        }
        .map_err(|why| at("TYPE_MISMATCH", ast, why))?;
        operator::compare(op, a, b, &both)
    }

    /// sqlparser takes `a IS DISTINCT FROM b AND c` for `a IS DISTINCT FROM (b AND c)`.
    pub(super) fn distinct_from(
        &mut self,
        op: Operator,
        left: &Expr,
        right: &Expr,
        ast: &Expr,
        env: &mut Env,
    ) -> Result<Typed> {
        match right {
            Expr::BinaryOp {
                left: first,
                op: BinaryOperator::And,
                right: rest,
            } => {
                let (a, b) = (
                    self.distinct_from(op, left, first, ast, env)?,
                    self.expr(rest, env)?,
                );
                let b = as_condition(b, "Logical expression term")
                    .map_err(|e| place(e, rest.as_ref()))?;
                Ok(boolean(a.expr.and(b)))
            }
            Expr::BinaryOp {
                op: BinaryOperator::Or,
                ..
            } => Err(unsupported(
                ast,
                "IS DISTINCT FROM beside OR without brackets",
            )),
            right => self.comparison(op, left, right, ast, env),
        }
    }
}
