//! Whole queries: WITH, set operations, VALUES, and ORDER BY and LIMIT over them.

use datafusion::logical_expr::{LogicalPlan, LogicalPlanBuilder, SortExpr};
use datafusion::sql::sqlparser::ast::{
    Cte, Expr, Fetch, LimitClause, OrderBy, OrderByExpr, OrderByKind, Query, SetExpr, SetOperator,
    SetQuantifier, Spanned, Value as Literal, With,
};

use super::{
    Field, Planner, Relation, Result, Typed, at, at_span, build, checked,
    expr::{Env, place},
    operator, unsupported,
};
use crate::engine::SqlError;

/// How many rows to skip and how many to give.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Limit {
    skip: usize,
    pub(super) fetch: Option<usize>,
}

impl Limit {
    pub(super) fn apply(self, builder: LogicalPlanBuilder) -> Result<LogicalPlanBuilder> {
        if self.skip == 0 && self.fetch.is_none() {
            Ok(builder)
        } else {
            checked(builder.limit(self.skip, self.fetch))
        }
    }
}

impl Planner<'_> {
    pub(super) fn query(&mut self, query: &Query) -> Result<Relation> {
        if !query.locks.is_empty()
            || query.for_clause.is_some()
            || query.settings.is_some()
            || query.format_clause.is_some()
            || !query.pipe_operators.is_empty()
        {
            return Err(at(
                "SYNTAX_ERROR",
                query,
                "mismatched input after the query",
            ));
        }
        self.depth += 1;
        if self.depth > super::DEEPEST {
            return Err(SqlError::new(
                "NOT_SUPPORTED",
                "queries nested so deep are not supported by the local engine",
            ));
        }
        let mark = self.ctes.len();
        let planned = self
            .with(query.with.as_ref())
            .and_then(|()| self.bare_query(query));
        self.ctes.truncate(mark);
        self.depth = self.depth.saturating_sub(1);
        planned
    }

    fn bare_query(&mut self, query: &Query) -> Result<Relation> {
        let order = order_items(query.order_by.as_ref())?;
        let limit = limit(query.limit_clause.as_ref(), query.fetch.as_ref())?;
        if let SetExpr::Select(select) = query.body.as_ref() {
            return self.select(select, &order, limit);
        }
        let relation = self.set_expr(&query.body)?;
        self.ordered_by(relation, &order, limit)
    }

    fn with(&mut self, with: Option<&With>) -> Result<()> {
        let Some(with) = with else { return Ok(()) };
        let mut names: Vec<&str> = Vec::new();
        for cte in &with.cte_tables {
            let name = &cte.alias.name;
            if names
                .iter()
                .any(|known| known.eq_ignore_ascii_case(&name.value))
            {
                return Err(at_span(
                    "DUPLICATE_NAMED_QUERY",
                    name.span,
                    format!("WITH query name '{}' specified more than once", name.value),
                ));
            }
            names.push(&name.value);
            let relation = if with.recursive && mentions(&cte.query, &name.value) {
                self.recursive(cte)?
            } else {
                self.query(&cte.query)?
            };
            let relation = renamed(
                relation,
                &cte.alias
                    .columns
                    .iter()
                    .map(|c| c.name.value.clone())
                    .collect::<Vec<_>>(),
                name.span,
                &name.value,
            )?;
            self.ctes.push((name.value.to_lowercase(), relation));
        }
        Ok(())
    }

    /// A recursive WITH query, unrolled as Trino does it: ten steps, and an error if an eleventh would give rows.
    fn recursive(&mut self, cte: &Cte) -> Result<Relation> {
        const STEPS: usize = 10;
        let SetExpr::SetOperation {
            left,
            op: SetOperator::Union,
            set_quantifier,
            right,
        } = cte.query.body.as_ref()
        else {
            return Err(unsupported(cte.query.as_ref(), "such a recursive query"));
        };
        if cte.query.with.is_some()
            || cte.query.order_by.is_some()
            || cte.query.limit_clause.is_some()
            || *set_quantifier != SetQuantifier::All
        {
            return Err(unsupported(cte.query.as_ref(), "such a recursive query"));
        }
        let names: Vec<String> = cte
            .alias
            .columns
            .iter()
            .map(|c| c.name.value.clone())
            .collect();
        let name = cte.alias.name.value.to_lowercase();
        let anchor = renamed(self.set_expr(left)?, &names, cte.alias.name.span, &name)?;
        let mut all = anchor.clone();
        let mut last = anchor.clone();
        for step in 0..=STEPS {
            self.ctes.push((name.clone(), last));
            let next = self.set_expr(right);
            self.ctes.pop();
            let mut next = next?;
            if next.fields.len() != anchor.fields.len() {
                return Err(at_span(
                    "TYPE_MISMATCH",
                    cte.alias.name.span,
                    "base and step relations of recursion have different number of fields",
                ));
            }
            if step == STEPS {
                next.plan = empty_or_too_deep(next.plan, &next.fields)?;
            }
            let mut outputs = Vec::new();
            let mut fields = Vec::new();
            for (field, base) in next.fields.iter().zip(&anchor.fields) {
                if !crate::engine::datafusion::types::coerces(&field.ty, &base.ty) {
                    return Err(at_span(
                        "TYPE_MISMATCH",
                        cte.alias.name.span,
                        format!(
                            "recursion step relation output type ({}) is not coercible to recursion base relation output type ({})",
                            field.ty, base.ty
                        ),
                    ));
                }
                let id = self.id();
                let value = operator::coerce(Typed::column(&field.id, field.ty.clone()), &base.ty)?;
                outputs.push(value.alias(&id));
                fields.push(Field {
                    relation: Vec::new(),
                    id,
                    ..base.clone()
                });
            }
            next = Relation {
                plan: build(LogicalPlanBuilder::from(next.plan).project(outputs))?,
                fields,
            };
            last = next.clone();
            all = self.union(all, next)?;
        }
        Ok(all)
    }

    pub(super) fn set_expr(&mut self, body: &SetExpr) -> Result<Relation> {
        self.depth += 1;
        if self.depth > super::DEEPEST {
            return Err(SqlError::new(
                "NOT_SUPPORTED",
                "set operations of so many queries are not supported by the local engine",
            ));
        }
        let planned = self.bare_set_expr(body);
        self.depth = self.depth.saturating_sub(1);
        planned
    }

    fn bare_set_expr(&mut self, body: &SetExpr) -> Result<Relation> {
        match body {
            SetExpr::Select(select) => self.select(select, &[], Limit::default()),
            SetExpr::Query(query) => self.query(query),
            SetExpr::Values(values) => self.values(values),
            SetExpr::SetOperation {
                left,
                op,
                set_quantifier,
                right,
            } => {
                let (a, b) = (self.set_expr(left)?, self.set_expr(right)?);
                self.set_operation(a, b, *op, *set_quantifier, body)
            }
            SetExpr::Table(table) if table.schema_name.is_none() => match &table.table_name {
                Some(name) => self.table(&[name.as_str().into()], body.span()),
                None => Err(at("SYNTAX_ERROR", body, "mismatched input")),
            },
            other => Err(at(
                "NOT_SUPPORTED",
                other,
                "only statements that read are supported",
            )),
        }
    }

    /// ORDER BY and LIMIT over a set operation or VALUES: only its own columns can be named.
    fn ordered_by(
        &mut self,
        relation: Relation,
        order: &[&OrderByExpr],
        limit: Limit,
    ) -> Result<Relation> {
        let Relation { plan, fields } = relation;
        let mut env = Env {
            fields: std::rc::Rc::new(fields.clone()),
            clause: "ORDER BY clause",
            ..Env::default()
        };
        let mut keys = Vec::new();
        for item in order {
            let key = match ordinal(&item.expr) {
                Some(n) => n
                    .checked_sub(1)
                    .and_then(|n| fields.get(n))
                    .map(|f| Typed::column(&f.id, f.ty.clone()))
                    .ok_or_else(|| {
                        at(
                            "INVALID_COLUMN_REFERENCE",
                            &item.expr,
                            format!("ORDER BY position {n} is not in select list"),
                        )
                    })?,
                None => self.expr(&item.expr, &mut env)?,
            };
            keys.push(sort_key(key, item)?);
        }
        let mut builder = LogicalPlanBuilder::from(plan);
        if !keys.is_empty() {
            builder = checked(builder.sort(keys))?;
        }
        Ok(Relation {
            plan: checked(limit.apply(builder)?.build())?,
            fields,
        })
    }
}

/// Fails where the plan gives a row, whichever of its columns are read.
fn empty_or_too_deep(plan: LogicalPlan, fields: &[Field]) -> Result<LogicalPlan> {
    // A condition sinks towards the tables, where there are rows that the step does not keep. It does not sink below a limit.
    const NO_LIMIT: usize = usize::MAX >> 1;
    let message = "Recursion depth limit exceeded (10). Use 'max_recursion_depth' session property to modify the limit.";
    let error = SqlError::new("NOT_SUPPORTED", message);
    let read = fields
        .iter()
        .map(|field| Typed::column(&field.id, field.ty.clone()).expr);
    let refuse = crate::engine::datafusion::native::refuse(
        "recursion too deep",
        read.take(1).collect(),
        error,
    );
    let limited = checked(LogicalPlanBuilder::from(plan).limit(0, Some(NO_LIMIT)))?;
    build(limited.filter(refuse))
}

fn mentions(query: &Query, name: &str) -> bool {
    datafusion::sql::sqlparser::ast::visit_relations(query, |relation| {
        let found = matches!(relation.0.as_slice(), [part] if part.as_ident().is_some_and(|i| i.value.eq_ignore_ascii_case(name)));
        if found { std::ops::ControlFlow::Break(()) } else { std::ops::ControlFlow::Continue(()) }
    })
    .is_break()
}

/// Gives the columns new names, if there are any.
pub(super) fn renamed(
    mut relation: Relation,
    names: &[String],
    span: datafusion::sql::sqlparser::tokenizer::Span,
    table: &str,
) -> Result<Relation> {
    if names.is_empty() {
        return Ok(relation);
    }
    if names.len() != relation.fields.len() {
        let message = format!(
            "Column alias list has {} entries but '{table}' has {} columns available",
            names.len(),
            relation.fields.len()
        );
        return Err(at_span("MISMATCHED_COLUMN_ALIASES", span, message));
    }
    for (field, name) in relation.fields.iter_mut().zip(names) {
        field.name = Some(name.clone());
    }
    Ok(relation)
}

/// The position that an ORDER BY or GROUP BY item is, if it is one.
pub(super) fn ordinal(ast: &Expr) -> Option<usize> {
    match ast {
        Expr::Value(value) => match &value.value {
            Literal::Number(digits, _) => digits.parse().ok(),
            _ => None,
        },
        _ => None,
    }
}

/// A key to sort by: NULLs last unless the query says otherwise.
pub(super) fn sort_key(key: Typed, item: &OrderByExpr) -> Result<SortExpr> {
    if !key.ty.is_orderable() {
        let message = format!(
            "Type {} is not orderable, and therefore cannot be used in ORDER BY: {}",
            key.ty, item.expr
        );
        return Err(place(SqlError::new("TYPE_MISMATCH", message), &item.expr));
    }
    Ok(SortExpr::new(
        key.expr,
        item.options.asc.unwrap_or(true),
        item.options.nulls_first.unwrap_or(false),
    ))
}

fn order_items(order_by: Option<&OrderBy>) -> Result<Vec<&OrderByExpr>> {
    match order_by {
        None => Ok(Vec::new()),
        Some(OrderBy {
            kind: OrderByKind::Expressions(items),
            interpolate: None,
        }) => Ok(items.iter().collect()),
        Some(other) => Err(at("SYNTAX_ERROR", other, "mismatched input 'ALL'")),
    }
}

fn limit(clause: Option<&LimitClause>, fetch: Option<&Fetch>) -> Result<Limit> {
    let whole = |ast: &Expr| {
        let digits = match ast {
            Expr::Value(value) => match &value.value {
                Literal::Number(digits, _) => digits.parse::<usize>().ok(),
                _ => None,
            },
            _ => None,
        };
        digits.ok_or_else(|| at("SYNTAX_ERROR", ast, format!("mismatched input '{ast}'")))
    };
    let mut found = Limit::default();
    match clause {
        None => {}
        Some(LimitClause::LimitOffset {
            limit,
            offset,
            limit_by,
        }) if limit_by.is_empty() => {
            if let Some(offset) = offset {
                found.skip = whole(&offset.value)?;
            }
            if let Some(limit) = limit {
                found.fetch = Some(whole(limit)?);
                // OFFSET comes first in Trino.
                if let Some(offset) = offset
                    && offset.value.span().start > limit.span().start
                {
                    return Err(at(
                        "SYNTAX_ERROR",
                        &offset.value,
                        "mismatched input 'OFFSET'",
                    ));
                }
            }
        }
        Some(_) => {
            return Err(SqlError::new(
                "SYNTAX_ERROR",
                "mismatched input after LIMIT",
            ));
        }
    }
    if let Some(fetch) = fetch {
        if fetch.with_ties || fetch.percent {
            return Err(SqlError::new(
                "NOT_SUPPORTED",
                "FETCH FIRST .. WITH TIES is not supported by the local engine yet",
            ));
        }
        let rows = fetch.quantity.as_ref().map_or(Ok(1), whole)?;
        if rows == 0 {
            return Err(SqlError::new(
                "INVALID_FUNCTION_ARGUMENT",
                "FETCH FIRST row count must be positive (actual value: 0)",
            ));
        }
        found.fetch = Some(rows);
    }
    Ok(found)
}
