//! Special forms: IN lists, CASE, CAST, `a[n]` and `a.b`.

use datafusion::logical_expr::{Expr as PlanExpr, Operator, expr::InList};
use datafusion::sql::sqlparser::ast::{self, AccessExpr, Expr, Subscript};

use super::{
    Planner, Result, Typed, at, build_value,
    expr::{Env, as_condition, boolean, negate_if, place},
    names::field_of,
    operator, unsupported,
};
use crate::engine::datafusion::{
    cast, json_cast, type_text,
    types::{Type, common},
};

impl Planner<'_> {
    pub(super) fn in_list(
        &mut self,
        value: &Expr,
        list: &[Expr],
        negated: bool,
        ast: &Expr,
        env: &mut Env,
    ) -> Result<Typed> {
        let value = self.expr(value, env)?;
        let items = list
            .iter()
            .map(|item| self.expr(item, env))
            .collect::<Result<Vec<_>>>()?;
        let mut both = value.ty.clone();
        for (item, ast) in items.iter().zip(list) {
            both = common(&both, &item.ty).ok_or_else(|| {
                let message = format!("IN value and list items must be the same type or coercible to a common type. Cannot find common type between {both} and {}", item.ty);
                at("TYPE_MISMATCH", ast, message)
            })?;
        }
        if both.is_float() || both.is_nested() || both == Type::Unknown {
            let mut any: Option<PlanExpr> = None;
            for item in items {
                let equal = operator::compare(Operator::Eq, value.clone(), item, &both)?.expr;
                any = Some(any.map_or_else(|| equal.clone(), |any| any.or(equal.clone())));
            }
            return any
                .map(|any| negate_if(negated, any))
                .ok_or_else(|| at("SYNTAX_ERROR", ast, "mismatched input ')'"));
        }
        let list = items
            .into_iter()
            .map(|item| operator::coerce(item, &both))
            .collect::<Result<Vec<_>>>()?;
        let value = operator::coerce(value, &both)?;
        Ok(boolean(PlanExpr::InList(InList::new(
            Box::new(value),
            list,
            negated,
        ))))
    }

    pub(super) fn case(
        &mut self,
        operand: Option<&Expr>,
        conditions: &[ast::CaseWhen],
        otherwise: Option<&Expr>,
        ast: &Expr,
        env: &mut Env,
    ) -> Result<Typed> {
        let operand = operand.map(|operand| self.expr(operand, env)).transpose()?;
        let mut whens = Vec::with_capacity(conditions.len());
        let mut results = Vec::with_capacity(conditions.len() + 1);
        for branch in conditions {
            let condition = match &operand {
                None => {
                    let value = self.expr(&branch.condition, env)?;
                    as_condition(value, "CASE WHEN clause")
                        .map_err(|e| place(e, &branch.condition))?
                }
                Some(operand) => {
                    let value = self.expr(&branch.condition, env)?;
                    let both = common(&operand.ty, &value.ty).ok_or_else(|| {
                        let message = format!(
                            "CASE operand type does not match WHEN clause operand type: {} vs {}",
                            operand.ty, value.ty
                        );
                        at("TYPE_MISMATCH", &branch.condition, message)
                    })?;
                    operator::compare(Operator::Eq, operand.clone(), value, &both)?.expr
                }
            };
            whens.push(condition);
            results.push(self.expr(&branch.result, env)?);
        }
        results.push(match otherwise {
            Some(otherwise) => self.expr(otherwise, env)?,
            None => Typed::null(),
        });
        let ty =
            build_value::common_type(&results, "All CASE results").map_err(|e| place(e, ast))?;
        let mut results = results
            .into_iter()
            .map(|result| operator::coerce(result, &ty))
            .collect::<Result<Vec<_>>>()?;
        let otherwise = results.pop().unwrap_or(Typed::null().expr);
        Ok(Typed {
            expr: operator::choose(whens.into_iter().zip(results).collect(), otherwise)?,
            ty,
        })
    }

    pub(super) fn cast(
        &mut self,
        value: Typed,
        written: &str,
        attempt: bool,
        ast: &Expr,
    ) -> Result<Typed> {
        let Some(to) = type_text::parse(written) else {
            let head = written
                .split(['(', ' '])
                .next()
                .unwrap_or_default()
                .to_lowercase();
            let coming = [
                "uuid",
                "ipaddress",
                "timestamp",
                "time",
                "hyperloglog",
                "decimal",
                "bytea",
                "tdigest",
                "qdigest",
                "p4hyperloglog",
            ];
            if coming.contains(&head.as_str()) || written.contains("timestamp") {
                return Err(unsupported(ast, format!("the type {written}")));
            }
            return Err(at("TYPE_MISMATCH", ast, format!("Unknown type: {written}")));
        };
        let json = |ty: &Type| ty.to_string().contains("json");
        if (json(&value.ty) || json(&to)) && value.ty != to && value.ty != Type::Unknown {
            if !json_cast::exists(&value.ty, &to) {
                return Err(unsupported(
                    ast,
                    format!("a cast from {} to {to}", value.ty),
                ));
            }
            return Ok(Typed {
                expr: operator::convert(value, &to, attempt),
                ty: to,
            });
        }
        // Zones of values are known by type here: text may hold any.
        if !cast::exists(&value.ty, &to) {
            return Err(at(
                "TYPE_MISMATCH",
                ast,
                format!("Cannot cast {} to {to}", value.ty),
            ));
        }
        let to = match (&value.ty, to) {
            (Type::TimestampTz(_, zone), Type::TimestampTz(p, _)) => {
                Type::TimestampTz(p, zone.clone())
            }
            (_, to) => to,
        };
        if value.ty == Type::Unknown {
            return Ok(Typed {
                expr: operator::coerce(value, &to)?,
                ty: to,
            });
        }
        if cast::is_widening(&value.ty, &to) {
            return Ok(Typed {
                expr: operator::coerce(value, &to)?,
                ty: to,
            });
        }
        Ok(Typed {
            expr: operator::convert(value, &to, attempt),
            ty: to,
        })
    }

    pub(super) fn access(
        &mut self,
        value: Typed,
        access: &AccessExpr,
        ast: &Expr,
        env: &mut Env,
    ) -> Result<Typed> {
        match access {
            AccessExpr::Dot(Expr::Identifier(name)) => field_of(value, &name.value, ast),
            AccessExpr::Dot(other) => Err(at(
                "SYNTAX_ERROR",
                other,
                format!("mismatched input '{other}'"),
            )),
            AccessExpr::Subscript(Subscript::Index { index }) => {
                let key = self.expr(index, env)?;
                build_value::subscript(value, key).map_err(|e| place(e, ast))
            }
            AccessExpr::Subscript(Subscript::Slice { .. }) => {
                Err(at("SYNTAX_ERROR", ast, "mismatched input ':'"))
            }
        }
    }
}
