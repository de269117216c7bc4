//! What a query groups by, and the plan that does it.

use std::sync::Arc;

use datafusion::common::{Column as PlanColumn, ScalarValue};
use datafusion::logical_expr::{
    Aggregate, Expr as PlanExpr, LogicalPlan, LogicalPlanBuilder, cast, expr::GroupingSet,
};
use datafusion::sql::sqlparser::ast::Expr;

use super::{Result, Typed, at, build, checked, column};
use crate::engine::{
    SqlError,
    datafusion::{
        functions,
        native::{Body, call as call_native},
        types::Type,
        value::Value,
    },
};

/// An expression that is grouped by.
#[derive(Clone, Debug)]
pub(super) struct Key {
    /// The expression over the columns of the FROM clause.
    pub(super) source: PlanExpr,
    /// Its column after the grouping.
    pub(super) id: String,
    pub(super) ty: Type,
}

/// What is grouped by, and the aggregations met so far.
#[derive(Debug, Default)]
pub(super) struct Grouping {
    pub(super) keys: Vec<Key>,
    /// The keys of each grouping set, by index; `None` for plain GROUP BY.
    pub(super) sets: Option<Vec<Vec<usize>>>,
    pub(super) aggregates: Vec<(PlanExpr, String, Type)>,
    /// Arguments that are computed before the grouping.
    prepared: Vec<(PlanExpr, String)>,
}

impl Grouping {
    pub(super) fn missing(&self, ast: &Expr) -> SqlError {
        at(
            "EXPRESSION_NOT_AGGREGATE",
            ast,
            format!("'{ast}' must be an aggregate expression or appear in GROUP BY clause"),
        )
    }

    /// The type of a column that the grouping gives.
    pub(super) fn type_of(&self, id: &str) -> Option<Type> {
        let key = self.keys.iter().find(|key| key.id == id).map(|key| &key.ty);
        key.or_else(|| {
            self.aggregates
                .iter()
                .find(|(_, known, _)| known == id)
                .map(|(.., ty)| ty)
        })
        .cloned()
    }

    /// Whether there is no aggregation nor key.
    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.aggregates.is_empty()
    }

    /// The plan that groups `input`.
    pub(super) fn apply(self, input: LogicalPlan) -> Result<LogicalPlan> {
        let mut outputs: Vec<PlanExpr> = self.keys.iter().map(|key| column(&key.id)).collect();
        outputs.extend(self.aggregates.iter().map(|(_, id, _)| column(id)));
        let mut columns: Vec<PlanExpr> = input
            .schema()
            .columns()
            .into_iter()
            .map(PlanExpr::Column)
            .collect();
        columns.extend(
            self.keys
                .iter()
                .map(|key| one_zero(key.source.clone(), &key.ty).alias(&key.id)),
        );
        columns.extend(self.prepared.into_iter().map(|(expr, id)| expr.alias(id)));
        let aggregates = self
            .aggregates
            .into_iter()
            .map(|(expr, id, _)| expr.alias(id));
        let keys: Vec<PlanExpr> = match &self.sets {
            None => self.keys.iter().map(|key| column(&key.id)).collect(),
            Some(sets) => {
                let id = PlanExpr::Column(PlanColumn::from_name(Aggregate::INTERNAL_GROUPING_ID));
                outputs.push(cast(id, Type::Bigint.arrow()).alias(GROUPING_ID));
                let set = |set: &Vec<usize>| {
                    set.iter()
                        .filter_map(|i| self.keys.get(*i))
                        .map(|key| column(&key.id))
                        .collect()
                };
                vec![PlanExpr::GroupingSet(GroupingSet::GroupingSets(
                    sets.iter().map(set).collect(),
                ))]
            }
        };
        let input = build(LogicalPlanBuilder::from(input).project(columns))?;
        let grouped = checked(LogicalPlanBuilder::from(input).aggregate(keys, aggregates))?;
        build(grouped.project(outputs))
    }

    /// The bits of `grouping(..)` for these keys: 1 where the row's set leaves the key out.
    pub(super) fn bits(&self, asked: &[usize]) -> Typed {
        let ty = if asked.len() < 32 {
            Type::Integer
        } else {
            Type::Bigint
        };
        let Some(sets) = &self.sets else {
            return Typed {
                expr: PlanExpr::Literal(ScalarValue::Int32(Some(0)), None),
                ty: Type::Integer,
            };
        };
        // DataFusion numbers the keys as it meets them in the sets, the first in the highest bit.
        let mut met: Vec<usize> = Vec::new();
        for key in sets.iter().flatten() {
            if !met.contains(key) {
                met.push(*key);
            }
        }
        let places: Vec<usize> = asked
            .iter()
            .filter_map(|key| met.iter().rev().position(|known| known == key))
            .collect();
        let key = format!("grouping {places:?}");
        let body: Body = Arc::new(move |values| match values {
            [Value::Int(id)] => Ok(Value::Int(
                places
                    .iter()
                    .fold(0, |bits, place| bits << 1 | (id >> place & 1)),
            )),
            _ => Err(functions::misfit()),
        });
        Typed {
            expr: call_native(key, &ty, vec![column(GROUPING_ID)], body),
            ty,
        }
    }

    /// The argument as a column that is made before the grouping.
    pub(super) fn prepare(&mut self, arg: PlanExpr, ids: &mut usize) -> PlanExpr {
        if matches!(arg, PlanExpr::Column(_) | PlanExpr::Literal(..)) {
            return arg;
        }
        if let Some((_, id)) = self.prepared.iter().find(|(known, _)| *known == arg) {
            return column(id);
        }
        *ids += 1;
        let id = format!("c{ids}");
        self.prepared.push((arg, id.clone()));
        column(&id)
    }
}

/// The column that tells the grouping sets apart.
pub(super) const GROUPING_ID: &str = "grouping_id";

/// -0.0 and 0.0 are one group.
pub(super) fn one_zero(key: PlanExpr, ty: &Type) -> PlanExpr {
    if !ty.is_float() {
        return key;
    }
    let body: Body = Arc::new(|values| match values {
        [Value::Double(v)] => Ok(Value::Double(v + 0.0)),
        [Value::Real(v)] => Ok(Value::Real(v + 0.0)),
        _ => Err(functions::misfit()),
    });
    call_native(format!("{ty} + 0"), ty, vec![key], body)
}

/// Whether values of the type can stand in several ways, so that DataFusion would not see that they are the same.
pub(super) fn has_many_forms(ty: &Type) -> bool {
    match ty {
        Type::Map(..) => true,
        Type::Array(element) => has_many_forms(element),
        Type::Row(fields) => fields.iter().any(|(_, ty)| has_many_forms(ty)),
        _ => false,
    }
}
