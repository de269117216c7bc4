//! The FROM clause: tables, queries in brackets, UNNEST.

use std::{rc::Rc, sync::Arc};

use datafusion::common::UnnestOptions;
use datafusion::logical_expr::{Expr as PlanExpr, LogicalPlanBuilder};
use datafusion::sql::sqlparser::ast::{Expr, Spanned, TableAlias, TableFactor, TableWithJoins};
use datafusion::sql::sqlparser::tokenizer::Span;

use super::{
    Field, Planner, Relation, Result, Typed, at, at_span, build, build_value, checked, column,
    expr::Env, query::renamed, unsupported,
};
use crate::engine::{
    SqlError,
    datafusion::{
        native::{self, Body},
        types::Type,
        value::Value,
    },
};

impl Planner<'_> {
    pub(super) fn sources(&mut self, from: &[TableWithJoins]) -> Result<Relation> {
        let mut all: Option<Relation> = None;
        for table in from {
            all = Some(match (all, &table.relation) {
                (Some(left), factor @ TableFactor::UNNEST { .. }) => {
                    let left = self.unnest(left, factor, false)?;
                    self.joins(left, &table.joins)?
                }
                (Some(left), _) => {
                    let right = self.table_with_joins(table)?;
                    self.cross(left, right)?
                }
                (None, _) => self.table_with_joins(table)?,
            });
        }
        Ok(all.unwrap_or_else(nothing))
    }

    pub(super) fn table_with_joins(&mut self, table: &TableWithJoins) -> Result<Relation> {
        let first = self.factor(&table.relation)?;
        self.joins(first, &table.joins)
    }

    pub(super) fn factor(&mut self, factor: &TableFactor) -> Result<Relation> {
        match factor {
            TableFactor::Table {
                sample: Some(_), ..
            }
            | TableFactor::Derived {
                sample: Some(_), ..
            } => Err(unsupported(factor, "TABLESAMPLE")),
            TableFactor::Table {
                name,
                alias,
                args: None,
                with_hints,
                version: None,
                with_ordinality: false,
                partitions,
                json_path: None,
                index_hints,
                ..
            } if with_hints.is_empty() && partitions.is_empty() && index_hints.is_empty() => {
                let idents: Vec<_> = name
                    .0
                    .iter()
                    .filter_map(|part| part.as_ident())
                    .cloned()
                    .collect();
                let relation = self.table(&idents, name.span())?;
                aliased(relation, alias.as_ref(), name.span())
            }
            TableFactor::Table { args: Some(_), .. }
            | TableFactor::Function { .. }
            | TableFactor::TableFunction { .. } => Err(unsupported(factor, "a table function")),
            TableFactor::Derived {
                lateral,
                subquery,
                alias,
                ..
            } => {
                // Without LATERAL a query in brackets sees nothing around but the queries around this one.
                if *lateral {
                    return Err(unsupported(factor, "LATERAL"));
                }
                let relation = self.query(subquery)?;
                aliased(relation, alias.as_ref(), factor.span())
            }
            TableFactor::UNNEST { .. } => self.unnest(nothing(), factor, false),
            TableFactor::NestedJoin {
                table_with_joins,
                alias,
            } => {
                let relation = self.table_with_joins(table_with_joins)?;
                match alias {
                    None => Ok(relation),
                    Some(_) => aliased(relation, alias.as_ref(), factor.span()),
                }
            }
            other => Err(unsupported(other, "such a table")),
        }
    }

    /// A table or WITH query by its name.
    pub(super) fn table(
        &mut self,
        idents: &[datafusion::sql::sqlparser::ast::Ident],
        span: Span,
    ) -> Result<Relation> {
        let name: Vec<String> = idents
            .iter()
            .map(|ident| ident.value.to_lowercase())
            .collect();
        if let [single] = name.as_slice()
            && let Some((_, known)) = self.ctes.iter().rev().find(|(cte, _)| cte == single)
        {
            let known = known.clone();
            return self.fresh(known, name);
        }
        match self.tables.scan(&name) {
            None => Err(at_span(
                "TABLE_NOT_FOUND",
                span,
                format!("Table '{}' does not exist", name.join(".")),
            )),
            Some(found) => {
                let (plan, columns) = found?;
                let (mut outputs, mut fields) = (Vec::new(), Vec::new());
                for (source, (column, ty)) in plan.schema().columns().into_iter().zip(columns) {
                    let id = self.id();
                    outputs.push(PlanExpr::Column(source).alias(&id));
                    fields.push(Field {
                        relation: name.clone(),
                        name: Some(column),
                        id,
                        ty,
                    });
                }
                Ok(Relation {
                    plan: build(LogicalPlanBuilder::from(plan).project(outputs))?,
                    fields,
                })
            }
        }
    }

    /// The same relation under columns of its own.
    fn fresh(&mut self, relation: Relation, name: Vec<String>) -> Result<Relation> {
        let (mut outputs, mut fields) = (Vec::new(), Vec::new());
        for field in relation.fields {
            let id = self.id();
            outputs.push(column(&field.id).alias(&id));
            fields.push(Field {
                relation: name.clone(),
                id,
                ..field
            });
        }
        Ok(Relation {
            plan: build(LogicalPlanBuilder::from(relation.plan).project(outputs))?,
            fields,
        })
    }

    /// `left CROSS JOIN UNNEST(..)`; `keep` for LEFT JOIN, which keeps rows without elements.
    pub(super) fn unnest(
        &mut self,
        left: Relation,
        factor: &TableFactor,
        keep: bool,
    ) -> Result<Relation> {
        let TableFactor::UNNEST {
            alias,
            array_exprs,
            with_ordinality,
            with_offset: false,
            ..
        } = factor
        else {
            return Err(unsupported(factor, "such an UNNEST"));
        };
        let mut env = Env {
            fields: Rc::new(left.fields.clone()),
            clause: "UNNEST",
            ..Env::default()
        };
        let values = array_exprs
            .iter()
            .map(|e| self.expr(e, &mut env))
            .collect::<Result<Vec<_>>>()?;
        // What reads no row is made once, not once a row.
        let reads = values.iter().any(|value| value.expr.any_column_refs());
        if !reads && !left.fields.is_empty() {
            let right = self.unnest(nothing(), factor, keep)?;
            return self.cross(left, right);
        }
        let mut columns = Vec::new();
        for (value, ast) in values.iter().zip(array_exprs) {
            columns.extend(unnested(&value.ty, ast)?);
        }
        if *with_ordinality {
            columns.push((None, Type::Bigint));
        }
        let element = Type::Row(columns.clone());
        let zipped = zip(values, &element, *with_ordinality, keep);
        let list = self.id();
        let outputs = left
            .fields
            .iter()
            .map(|field| column(&field.id))
            .chain([zipped.alias(&list)]);
        let options = UnnestOptions::new().with_preserve_nulls(keep);
        let builder =
            checked(LogicalPlanBuilder::from(left.plan).project(outputs.collect::<Vec<_>>()))?;
        let builder = checked(builder.unnest_column_with_options(list.clone(), options))?;
        let mut outputs: Vec<PlanExpr> =
            left.fields.iter().map(|field| column(&field.id)).collect();
        let mut fields = Vec::new();
        for (i, (name, ty)) in columns.into_iter().enumerate() {
            let id = self.id();
            let value = build_value::field(Typed::column(&list, element.clone()), i);
            outputs.push(value.expr.alias(&id));
            fields.push(Field {
                relation: Vec::new(),
                name,
                id,
                ty,
            });
        }
        let plan = build(builder.project(outputs))?;
        let right = aliased(
            Relation {
                plan: plan.clone(),
                fields,
            },
            alias.as_ref(),
            factor.span(),
        )?;
        let fields = left.fields.into_iter().chain(right.fields).collect();
        Ok(Relation { plan, fields })
    }

    fn cross(&mut self, left: Relation, right: Relation) -> Result<Relation> {
        let plan = build(LogicalPlanBuilder::from(left.plan).cross_join(right.plan))?;
        Ok(Relation {
            plan,
            fields: left.fields.into_iter().chain(right.fields).collect(),
        })
    }
}

/// A query without FROM reads one row of no columns.
fn nothing() -> Relation {
    Relation {
        plan: datafusion::logical_expr::LogicalPlan::EmptyRelation(
            datafusion::logical_expr::EmptyRelation {
                produce_one_row: true,
                schema: Arc::new(datafusion::common::DFSchema::empty()),
            },
        ),
        fields: Vec::new(),
    }
}

/// The columns that an array or map is unnested into.
fn unnested(ty: &Type, ast: &Expr) -> Result<Vec<(Option<String>, Type)>> {
    match ty {
        Type::Array(element) => match element.as_ref() {
            Type::Row(fields) => Ok(fields.clone()),
            other => Ok(vec![(None, other.clone())]),
        },
        Type::Map(key, value) => Ok(vec![
            (None, key.as_ref().clone()),
            (None, value.as_ref().clone()),
        ]),
        other => Err(at(
            "INVALID_FUNCTION_ARGUMENT",
            ast,
            format!("Cannot unnest type: {other}"),
        )),
    }
}

/// The arrays side by side as one array of rows; NULL instead of an empty one where its row is to be kept.
fn zip(values: Vec<Typed>, element: &Type, ordinality: bool, keep: bool) -> PlanExpr {
    let spreads: Vec<(bool, usize)> = values
        .iter()
        .map(|value| match &value.ty {
            Type::Array(inner) => match inner.as_ref() {
                Type::Row(fields) => (true, fields.len()),
                _ => (false, 1),
            },
            _ => (true, 2),
        })
        .collect();
    let ty = Type::array(element.clone());
    let key = format!("unnest({ty:?}, {spreads:?}, {ordinality}, {keep})");
    let body: Body = Arc::new(move |values| {
        let lists: Vec<&[Value]> = values
            .iter()
            .map(|v| {
                if let Value::List(list) = v {
                    list.as_slice()
                } else {
                    &[]
                }
            })
            .collect();
        let longest = lists.iter().map(|list| list.len()).max().unwrap_or(0);
        let mut rows = Vec::with_capacity(longest);
        for i in 0..longest {
            let mut row = Vec::new();
            for (list, (spread, width)) in lists.iter().zip(&spreads) {
                match list.get(i) {
                    Some(Value::List(parts)) if *spread => row.extend(parts.iter().cloned()),
                    Some(value) if !*spread => row.push(value.clone()),
                    _ => row.extend(std::iter::repeat_n(Value::Null, *width)),
                }
            }
            if ordinality {
                row.push(Value::Int(i64::try_from(i + 1).unwrap_or(i64::MAX)));
            }
            rows.push(Value::List(row));
        }
        Ok(if rows.is_empty() && keep {
            Value::Null
        } else {
            Value::List(rows)
        })
    });
    native::call_with_nulls(
        key,
        &ty,
        values.into_iter().map(|value| value.expr).collect(),
        body,
    )
}

/// The relation under its alias.
pub(super) fn aliased(
    mut relation: Relation,
    alias: Option<&TableAlias>,
    span: Span,
) -> Result<Relation> {
    let Some(alias) = alias else {
        return Ok(relation);
    };
    if alias.at.is_some()
        || alias
            .columns
            .iter()
            .any(|column| column.data_type.is_some())
    {
        return Err(SqlError::new(
            "SYNTAX_ERROR",
            "mismatched input in a table alias",
        ));
    }
    for field in &mut relation.fields {
        field.relation = vec![alias.name.value.to_lowercase()];
    }
    let names: Vec<String> = alias
        .columns
        .iter()
        .map(|column| column.name.value.clone())
        .collect();
    renamed(relation, &names, span, &alias.name.value)
}
