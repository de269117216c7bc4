//! Joins.

use std::rc::Rc;

use datafusion::common::JoinType;
use datafusion::logical_expr::{Expr as PlanExpr, LogicalPlanBuilder, Operator};
use datafusion::sql::sqlparser::ast::{
    Expr, Join, JoinConstraint, JoinOperator, TableFactor, Value as Literal,
};

use super::{
    Field, Planner, Relation, Result, Typed, at, at_span, build, checked, column, expr::Env,
    operator, unsupported,
};

impl Planner<'_> {
    pub(super) fn joins(&mut self, mut left: Relation, joins: &[Join]) -> Result<Relation> {
        for join in joins {
            left = self.join(left, join)?;
        }
        Ok(left)
    }

    fn join(&mut self, left: Relation, join: &Join) -> Result<Relation> {
        let (kind, constraint) = match &join.join_operator {
            JoinOperator::Join(c) | JoinOperator::Inner(c) => (JoinType::Inner, Some(c)),
            JoinOperator::Left(c) | JoinOperator::LeftOuter(c) => (JoinType::Left, Some(c)),
            JoinOperator::Right(c) | JoinOperator::RightOuter(c) => (JoinType::Right, Some(c)),
            JoinOperator::FullOuter(c) => (JoinType::Full, Some(c)),
            JoinOperator::CrossJoin(JoinConstraint::None) => (JoinType::Inner, None),
            _ => return Err(at("SYNTAX_ERROR", join, "mismatched input in a join")),
        };
        if join.global {
            return Err(at("SYNTAX_ERROR", join, "mismatched input 'GLOBAL'"));
        }
        if let factor @ TableFactor::UNNEST { .. } = &join.relation {
            return self.join_unnest(left, factor, kind, constraint);
        }
        let right = self.factor(&join.relation)?;
        match constraint {
            None => {
                let plan = build(LogicalPlanBuilder::from(left.plan).cross_join(right.plan))?;
                Ok(Relation {
                    plan,
                    fields: left.fields.into_iter().chain(right.fields).collect(),
                })
            }
            Some(JoinConstraint::On(condition)) => {
                let fields: Vec<Field> = left.fields.into_iter().chain(right.fields).collect();
                let mut env = Env {
                    fields: Rc::new(fields.clone()),
                    clause: "JOIN clause",
                    ..Env::default()
                };
                let condition = self.condition(condition, "JOIN ON clause", &mut env)?;
                let plan = build(LogicalPlanBuilder::from(left.plan).join_on(
                    right.plan,
                    kind,
                    [condition],
                ))?;
                Ok(Relation { plan, fields })
            }
            Some(JoinConstraint::Using(names)) => {
                let names: Vec<_> = names
                    .iter()
                    .filter_map(|name| name.0.last().and_then(|p| p.as_ident()).cloned())
                    .collect();
                self.join_using(left, right, kind, &names)
            }
            Some(JoinConstraint::Natural) => {
                Err(at("NOT_SUPPORTED", join, "Natural join not supported"))
            }
            Some(JoinConstraint::None) => Err(at(
                "SYNTAX_ERROR",
                join,
                "mismatched input. Expecting: 'ON', 'USING'",
            )),
        }
    }

    fn join_unnest(
        &mut self,
        left: Relation,
        factor: &TableFactor,
        kind: JoinType,
        constraint: Option<&JoinConstraint>,
    ) -> Result<Relation> {
        let always =
            |ast: &Expr| matches!(ast, Expr::Value(v) if v.value == Literal::Boolean(true));
        match (kind, constraint) {
            (JoinType::Inner, None) => self.unnest(left, factor, false),
            (JoinType::Inner | JoinType::Left, Some(JoinConstraint::On(condition)))
                if always(condition) =>
            {
                self.unnest(left, factor, kind == JoinType::Left)
            }
            (_, Some(JoinConstraint::On(condition))) => {
                let word = kind.to_string().to_uppercase();
                Err(at(
                    "NOT_SUPPORTED",
                    condition,
                    format!(
                        "{word} JOIN involving UNNEST is only supported with condition ON TRUE"
                    ),
                ))
            }
            _ => Err(unsupported(factor, "such a join with UNNEST")),
        }
    }

    fn join_using(
        &mut self,
        left: Relation,
        right: Relation,
        kind: JoinType,
        names: &[datafusion::sql::sqlparser::ast::Ident],
    ) -> Result<Relation> {
        let (mut conditions, mut merged, mut used) = (Vec::new(), Vec::new(), Vec::new());
        for name in names {
            let find = |fields: &[Field], side: &str| {
                let mut named = fields.iter().filter(|f| {
                    f.name
                        .as_ref()
                        .is_some_and(|n| n.eq_ignore_ascii_case(&name.value))
                });
                match (named.next(), named.next()) {
                    (Some(field), None) => Ok(field.clone()),
                    (Some(_), Some(_)) => Err(at_span(
                        "AMBIGUOUS_NAME",
                        name.span,
                        format!("Column '{}' is ambiguous", name.value),
                    )),
                    _ => Err(at_span(
                        "COLUMN_NOT_FOUND",
                        name.span,
                        format!(
                            "Column '{}' is missing from {side} side of join",
                            name.value
                        ),
                    )),
                }
            };
            let (a, b) = (find(&left.fields, "left")?, find(&right.fields, "right")?);
            let both = operator::comparable("=", &a.ty, &b.ty)
                .map_err(|why| at_span("TYPE_MISMATCH", name.span, why))?;
            let (x, y) = (
                Typed::column(&a.id, a.ty.clone()),
                Typed::column(&b.id, b.ty.clone()),
            );
            conditions.push(operator::compare(Operator::Eq, x.clone(), y.clone(), &both)?.expr);
            let (x, y) = (operator::coerce(x, &both)?, operator::coerce(y, &both)?);
            let either = operator::choose(vec![(x.clone().is_not_null(), x)], y)?;
            let id = self.id();
            merged.push((
                either.alias(&id),
                Field {
                    relation: Vec::new(),
                    name: Some(name.value.clone()),
                    id,
                    ty: both,
                },
            ));
            used.extend([a.id, b.id]);
        }
        let rest: Vec<Field> = left
            .fields
            .into_iter()
            .chain(right.fields)
            .filter(|field| !used.contains(&field.id))
            .collect();
        let joined =
            checked(LogicalPlanBuilder::from(left.plan).join_on(right.plan, kind, conditions))?;
        let (mut outputs, mut fields): (Vec<PlanExpr>, Vec<Field>) = merged.into_iter().unzip();
        outputs.extend(rest.iter().map(|field| column(&field.id)));
        fields.extend(rest);
        Ok(Relation {
            plan: build(joined.project(outputs))?,
            fields,
        })
    }
}
