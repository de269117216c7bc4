//! Set operations and VALUES.

use datafusion::logical_expr::{Expr as PlanExpr, LogicalPlanBuilder};
use datafusion::sql::sqlparser::ast::{SetExpr, SetOperator, SetQuantifier, Values};

use super::{
    Field, Planner, Relation, Result, Typed, at, build, checked, column, expr::Env, grouping,
    operator, unsupported,
};
use crate::engine::{
    SqlError,
    datafusion::types::{Type, common},
};

impl Planner<'_> {
    pub(super) fn set_operation(
        &mut self,
        a: Relation,
        b: Relation,
        op: SetOperator,
        quantifier: SetQuantifier,
        body: &SetExpr,
    ) -> Result<Relation> {
        let word = op.to_string().to_uppercase();
        if a.fields.len() != b.fields.len() {
            return Err(at(
                "TYPE_MISMATCH",
                body,
                format!(
                    "{word} query has different number of fields: {}, {}",
                    a.fields.len(),
                    b.fields.len()
                ),
            ));
        }
        let mut types = Vec::new();
        for (i, (left, right)) in a.fields.iter().zip(&b.fields).enumerate() {
            types.push(common(&left.ty, &right.ty).ok_or_else(|| {
                at(
                    "TYPE_MISMATCH",
                    body,
                    format!(
                        "column {} in {word} query has incompatible types: {}, {}",
                        i + 1,
                        left.ty,
                        right.ty
                    ),
                )
            })?);
        }
        let all = match quantifier {
            SetQuantifier::All => true,
            SetQuantifier::None | SetQuantifier::Distinct => false,
            _ => return Err(at("SYNTAX_ERROR", body, "mismatched input 'BY'")),
        };
        if !all && let Some(ty) = types.iter().find(|ty| grouping::has_many_forms(ty)) {
            return Err(unsupported(body, format!("{word} DISTINCT over a {ty}")));
        }
        let (a, b) = (self.as_types(a, &types)?, self.as_types(b, &types)?);
        match (op, all) {
            (SetOperator::Union, true) => self.union(a, b),
            (SetOperator::Union, false) => {
                let union = self.union(a, b)?;
                Ok(Relation {
                    plan: build(LogicalPlanBuilder::from(union.plan).distinct())?,
                    ..union
                })
            }
            (SetOperator::Intersect, false) => {
                let plan = checked(LogicalPlanBuilder::intersect(a.plan, b.plan, false))?;
                Ok(Relation {
                    plan,
                    fields: a.fields,
                })
            }
            (SetOperator::Except, false) => {
                let plan = checked(LogicalPlanBuilder::except(a.plan, b.plan, false))?;
                Ok(Relation {
                    plan,
                    fields: a.fields,
                })
            }
            _ => Err(unsupported(body, format!("{word} ALL"))),
        }
    }

    /// The relation with its columns coerced, under names of their own and without a table's.
    pub(super) fn as_types(&mut self, relation: Relation, types: &[Type]) -> Result<Relation> {
        let (mut outputs, mut fields) = (Vec::new(), Vec::new());
        for (field, ty) in relation.fields.iter().zip(types) {
            let id = self.id();
            outputs
                .push(operator::coerce(Typed::column(&field.id, field.ty.clone()), ty)?.alias(&id));
            fields.push(Field {
                relation: Vec::new(),
                name: field.name.clone(),
                id,
                ty: ty.clone(),
            });
        }
        Ok(Relation {
            plan: build(LogicalPlanBuilder::from(relation.plan).project(outputs))?,
            fields,
        })
    }

    pub(super) fn union(&mut self, a: Relation, b: Relation) -> Result<Relation> {
        // Both sides under the same names.
        let outputs = b
            .fields
            .iter()
            .zip(&a.fields)
            .map(|(from, to)| column(&from.id).alias(&to.id));
        let b = build(LogicalPlanBuilder::from(b.plan).project(outputs))?;
        let a_columns: Vec<PlanExpr> = a.fields.iter().map(|field| column(&field.id)).collect();
        let left = checked(LogicalPlanBuilder::from(a.plan).project(a_columns))?;
        Ok(Relation {
            plan: build(left.union(b))?,
            fields: a.fields,
        })
    }

    pub(super) fn values(&mut self, values: &Values) -> Result<Relation> {
        let mut env = Env {
            clause: "VALUES",
            ..Env::default()
        };
        let mut rows = Vec::new();
        for row in &values.rows {
            rows.push(
                row.content
                    .iter()
                    .map(|e| self.expr(e, &mut env))
                    .collect::<Result<Vec<_>>>()?,
            );
        }
        // `VALUES (row)` spreads the row, but a row that stands among others is one value.
        let width = rows.first().map_or(0, Vec::len);
        let first = values.rows.first().and_then(|row| row.content.first());
        let mut types = vec![Type::Unknown; width];
        for row in &rows {
            if row.len() != width {
                let message = format!(
                    "Values rows have mismatched sizes: {width} vs {}",
                    row.len()
                );
                return Err(first.map_or_else(
                    || SqlError::new("TYPE_MISMATCH", message.clone()),
                    |ast| at("TYPE_MISMATCH", ast, &message),
                ));
            }
            for (ty, value) in types.iter_mut().zip(row) {
                let both = common(ty, &value.ty).ok_or_else(|| {
                    let message = format!(
                        "Values rows have mismatched types: row({ty}) vs row({})",
                        value.ty
                    );
                    first.map_or_else(
                        || SqlError::new("TYPE_MISMATCH", message.clone()),
                        |ast| at("TYPE_MISMATCH", ast, &message),
                    )
                })?;
                *ty = both;
            }
        }
        let mut plan = None;
        let fields: Vec<Field> = types
            .iter()
            .map(|ty| Field {
                relation: Vec::new(),
                name: None,
                id: self.id(),
                ty: ty.clone(),
            })
            .collect();
        let mut branches = Vec::new();
        for row in rows {
            let outputs = row
                .into_iter()
                .zip(&fields)
                .map(|(value, field)| Ok(operator::coerce(value, &field.ty)?.alias(&field.id)));
            branches.push(outputs.collect::<Result<Vec<_>>>()?);
        }
        // Rows of constants are a table of values; others are a union of queries.
        if branches.iter().flatten().all(|expr| matches!(expr, PlanExpr::Alias(alias) if matches!(alias.expr.as_ref(), PlanExpr::Literal(..)))) {
            let bare = branches.into_iter().map(|row| row.into_iter().map(PlanExpr::unalias).collect()).collect();
            let table = checked(LogicalPlanBuilder::values(bare))?;
            let names = table.schema().columns();
            let outputs = names.into_iter().zip(&fields).map(|(name, field)| PlanExpr::Column(name).alias(&field.id));
            return Ok(Relation { plan: build(table.project(outputs))?, fields });
        }
        for branch in branches {
            let one = build(LogicalPlanBuilder::empty(true).project(branch))?;
            plan = Some(match plan {
                None => one,
                Some(before) => build(LogicalPlanBuilder::from(before).union(one))?,
            });
        }
        plan.map(|plan| Relation { plan, fields })
            .ok_or_else(|| SqlError::new("SYNTAX_ERROR", "VALUES without rows"))
    }
}
