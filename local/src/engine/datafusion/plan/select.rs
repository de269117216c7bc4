//! SELECT: its clauses in the order in which they work.

use std::rc::Rc;

use datafusion::logical_expr::LogicalPlanBuilder;
use datafusion::sql::sqlparser::ast::{
    Distinct, Expr, GroupByExpr, NamedWindowExpr, ObjectName, OrderByExpr, Select, SelectItem,
    SelectItemQualifiedWildcardKind, WildcardAdditionalOptions, visit_expressions,
};

use super::{
    Field, Planner, Relation, Result, Typed, aggregate, at, build, call, checked, column,
    expr::Env,
    grouping,
    query::{Limit, ordinal, sort_key},
    unsupported, window,
};
use crate::engine::SqlError;

/// A column of the SELECT list.
struct Output {
    name: Option<String>,
    value: Typed,
}

impl Planner<'_> {
    pub(super) fn select(
        &mut self,
        select: &Select,
        order: &[&OrderByExpr],
        limit: Limit,
    ) -> Result<Relation> {
        refuse_foreign(select)?;
        let Relation { plan, fields } = self.sources(&select.from)?;
        let fields = Rc::new(fields);
        let mut plan = plan;
        if let Some(condition) = &select.selection {
            let mut env = Env {
                fields: fields.clone(),
                clause: "WHERE clause",
                ..Env::default()
            };
            let condition = self.filter(condition, "WHERE clause", &mut env)?;
            plan = build(LogicalPlanBuilder::from(plan).filter(condition))?;
        }
        let mut env = Env {
            fields: fields.clone(),
            clause: "SELECT clause",
            windows: Some(Vec::new()),
            ..Env::default()
        };
        for window in &select.named_window {
            let NamedWindowExpr::WindowSpec(spec) = &window.1 else {
                return Err(unsupported(select, "a window that is named after another"));
            };
            env.named.push((window.0.value.clone(), spec.clone()));
        }
        if self.aggregates(select, order) {
            let outputs = output_asts(select);
            env.grouping = Some(self.grouping(&select.group_by, &outputs, &env)?);
        }
        let mut outputs = Vec::new();
        for item in &select.projection {
            self.output(item, &fields, &mut env, &mut outputs)?;
        }
        let having = match &select.having {
            Some(having) => {
                let windows = env.windows.take();
                env.clause = "HAVING clause";
                let condition = self.filter(having, "HAVING clause", &mut env)?;
                env.windows = windows;
                Some(condition)
            }
            None => None,
        };
        env.clause = "ORDER BY clause";
        env.aliases = outputs
            .iter()
            .filter_map(|o| Some((o.name.clone()?, o.value.clone())))
            .collect();
        let distinct = match &select.distinct {
            None | Some(Distinct::All) => false,
            Some(Distinct::Distinct) => true,
            Some(Distinct::On(_)) => {
                return Err(at("SYNTAX_ERROR", select, "mismatched input 'on'"));
            }
        };
        let mut keys = Vec::new();
        for item in order {
            let key = match ordinal(&item.expr) {
                Some(n) => n
                    .checked_sub(1)
                    .and_then(|n| outputs.get(n))
                    .map(|o| o.value.clone())
                    .ok_or_else(|| {
                        at(
                            "INVALID_COLUMN_REFERENCE",
                            &item.expr,
                            format!("ORDER BY position {n} is not in select list"),
                        )
                    })?,
                None => self.sort_expr(&item.expr, &mut env, &outputs)?,
            };
            if distinct && !outputs.iter().any(|output| output.value.expr == key.expr) {
                return Err(at(
                    "EXPRESSION_NOT_IN_DISTINCT",
                    &item.expr,
                    "For SELECT DISTINCT, ORDER BY expressions must appear in select list",
                ));
            }
            keys.push(key);
        }
        if let Some(grouping) = env.grouping.take() {
            plan = if grouping.is_empty() && select_groups(select) {
                // `GROUP BY ()` and the like with nothing to aggregate: one row.
                return Err(unsupported(select, "grouping without keys or aggregations"));
            } else {
                grouping.apply(plan)?
            };
        }
        if let Some(having) = having {
            plan = build(LogicalPlanBuilder::from(plan).filter(having))?;
        }
        plan = window::apply(plan, env.windows.take().unwrap_or_default())?;

        let mut columns = Vec::new();
        let mut found = Vec::new();
        let mut sources = Vec::new();
        for output in outputs {
            let id = self.id();
            columns.push(output.value.expr.clone().alias(&id));
            sources.push((output.value.expr, id.clone()));
            found.push(Field {
                relation: Vec::new(),
                name: output.name,
                id,
                ty: output.value.ty,
            });
        }
        let mut sorts = Vec::new();
        for (key, item) in keys.into_iter().zip(order) {
            let id = match sources.iter().find(|(expr, _)| *expr == key.expr) {
                Some((_, id)) => id.clone(),
                None => {
                    let id = self.id();
                    columns.push(key.expr.clone().alias(&id));
                    sources.push((key.expr, id.clone()));
                    id
                }
            };
            sorts.push(sort_key(Typed::column(&id, key.ty), item)?);
        }
        let extra = columns.len() > found.len();
        let mut builder = checked(LogicalPlanBuilder::from(plan).project(columns))?;
        if distinct
            && let Some(field) = found
                .iter()
                .find(|field| grouping::has_many_forms(&field.ty))
        {
            return Err(unsupported(select, format!("DISTINCT over a {}", field.ty)));
        }
        if distinct {
            builder = checked(builder.distinct())?;
        }
        if !sorts.is_empty() {
            builder = checked(builder.sort(sorts))?;
        }
        builder = limit.apply(builder)?;
        if extra {
            builder = checked(
                builder.project(
                    found
                        .iter()
                        .map(|field| column(&field.id))
                        .collect::<Vec<_>>(),
                ),
            )?;
        }
        Ok(Relation {
            plan: checked(builder.build())?,
            fields: found,
        })
    }

    /// A key of ORDER BY. Where its names mean output columns they do so first.
    fn sort_expr(&mut self, ast: &Expr, env: &mut Env, outputs: &[Output]) -> Result<Typed> {
        if let Expr::Identifier(name) = ast {
            let mut named = outputs.iter().filter(|o| {
                o.name
                    .as_ref()
                    .is_some_and(|n| n.eq_ignore_ascii_case(&name.value))
            });
            if let (Some(first), Some(second)) = (named.next(), named.next())
                && first.value.expr != second.value.expr
            {
                return Err(at(
                    "AMBIGUOUS_NAME",
                    ast,
                    format!("Column '{}' is ambiguous", name.value),
                ));
            }
        }
        self.expr(ast, env)
    }

    /// Whether the query groups or aggregates.
    fn aggregates(&self, select: &Select, order: &[&OrderByExpr]) -> bool {
        let groups =
            matches!(&select.group_by, GroupByExpr::Expressions(exprs, _) if !exprs.is_empty());
        let items = select.projection.iter().filter_map(|item| match item {
            SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } => Some(expr),
            _ => None,
        });
        groups
            || matches!(select.group_by, GroupByExpr::All(_))
            || select.having.is_some()
            || items
                .chain(order.iter().map(|item| &item.expr))
                .any(holds_aggregate)
    }

    fn output(
        &mut self,
        item: &SelectItem,
        fields: &Rc<Vec<Field>>,
        env: &mut Env,
        outputs: &mut Vec<Output>,
    ) -> Result<()> {
        match item {
            SelectItem::UnnamedExpr(ast) => {
                let value = self.expr(ast, env)?;
                outputs.push(Output {
                    name: name_of(ast),
                    value,
                });
            }
            SelectItem::ExprWithAlias { expr, alias } => {
                let value = self.expr(expr, env)?;
                outputs.push(Output {
                    name: Some(alias.value.clone()),
                    value,
                });
            }
            SelectItem::Wildcard(options) => {
                plain(options, item)?;
                if fields.is_empty() {
                    return Err(at(
                        "COLUMN_NOT_FOUND",
                        item,
                        "SELECT * not allowed in queries without FROM clause",
                    ));
                }
                self.star(fields.iter(), item, env, outputs)?;
            }
            SelectItem::QualifiedWildcard(
                SelectItemQualifiedWildcardKind::ObjectName(name),
                options,
            ) => {
                plain(options, item)?;
                let parts = parts(name);
                let fits = |field: &&Field| {
                    parts.len() <= field.relation.len()
                        && field
                            .relation
                            .iter()
                            .rev()
                            .zip(parts.iter().rev())
                            .all(|(a, b)| a.eq_ignore_ascii_case(b))
                };
                let matching: Vec<&Field> = fields.iter().filter(fits).collect();
                if matching.is_empty() {
                    return Err(at(
                        "TABLE_NOT_FOUND",
                        item,
                        format!("Unable to resolve reference {name}"),
                    ));
                }
                self.star(matching.into_iter(), item, env, outputs)?;
            }
            other => return Err(unsupported(other, format!("`{other}`"))),
        }
        Ok(())
    }

    fn star<'f>(
        &mut self,
        fields: impl Iterator<Item = &'f Field>,
        item: &SelectItem,
        env: &Env,
        outputs: &mut Vec<Output>,
    ) -> Result<()> {
        for field in fields {
            let source = column(&field.id);
            let value = match &env.grouping {
                None => Typed {
                    expr: source,
                    ty: field.ty.clone(),
                },
                Some(grouping) => match grouping.keys.iter().find(|key| key.source == source) {
                    Some(key) => Typed::column(&key.id, key.ty.clone()),
                    None => {
                        let name = field.name.clone().unwrap_or_default();
                        let message = format!("Column '{name}' not in GROUP BY clause");
                        return Err(at("EXPRESSION_NOT_AGGREGATE", item, message));
                    }
                },
            };
            outputs.push(Output {
                name: field.name.clone(),
                value,
            });
        }
        Ok(())
    }
}

fn select_groups(select: &Select) -> bool {
    matches!(&select.group_by, GroupByExpr::Expressions(exprs, _) if !exprs.is_empty())
        || select.having.is_some()
}

/// The expressions of the SELECT list, for ordinals. A star's columns have none.
fn output_asts(select: &Select) -> Vec<Option<&Expr>> {
    select
        .projection
        .iter()
        .map(|item| match item {
            SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } => Some(expr),
            _ => None,
        })
        .collect()
}

/// Whether an aggregation is called, not in a window nor in a query inside.
fn holds_aggregate(ast: &Expr) -> bool {
    // A query inside is looked into as well: to take a plain query for one that aggregates would refuse what it need not,
    // so calls inside it are told apart by where they begin.
    let inner: std::cell::RefCell<Vec<*const Expr>> = std::cell::RefCell::default();
    visit_expressions(ast, |expr: &Expr| {
        match expr {
            Expr::Subquery(query)
            | Expr::Exists {
                subquery: query, ..
            }
            | Expr::InSubquery {
                subquery: query, ..
            } => {
                let _ = visit_expressions(query.as_ref(), |e: &Expr| {
                    inner.borrow_mut().push(std::ptr::from_ref(e));
                    std::ops::ControlFlow::<()>::Continue(())
                });
            }
            Expr::Function(function)
                if function.over.is_none()
                    && (aggregate::is_aggregate(&call::function_name(function))
                        || call::function_name(function) == "grouping")
                    && !inner.borrow().contains(&std::ptr::from_ref(expr)) =>
            {
                return std::ops::ControlFlow::Break(());
            }
            _ => {}
        }
        std::ops::ControlFlow::Continue(())
    })
    .is_break()
}

/// The name that an expression without alias gives its column.
fn name_of(ast: &Expr) -> Option<String> {
    match ast {
        Expr::Identifier(name) => Some(name.value.clone()),
        Expr::CompoundIdentifier(names) => names.last().map(|name| name.value.clone()),
        _ => None,
    }
}

pub(super) fn parts(name: &ObjectName) -> Vec<String> {
    name.0
        .iter()
        .filter_map(|part| part.as_ident())
        .map(|ident| ident.value.to_lowercase())
        .collect()
}

fn plain(options: &WildcardAdditionalOptions, item: &SelectItem) -> Result<()> {
    let WildcardAdditionalOptions {
        opt_ilike,
        opt_exclude,
        opt_except,
        opt_replace,
        opt_rename,
        opt_alias,
        ..
    } = options;
    let extras = opt_ilike.is_some()
        || opt_exclude.is_some()
        || opt_except.is_some()
        || opt_replace.is_some()
        || opt_rename.is_some()
        || opt_alias.is_some();
    if extras {
        Err(at("SYNTAX_ERROR", item, "mismatched input after '*'"))
    } else {
        Ok(())
    }
}

fn refuse_foreign(select: &Select) -> Result<()> {
    let foreign = select.top.is_some()
        || select.exclude.is_some()
        || select.into.is_some()
        || !select.lateral_views.is_empty()
        || select.prewhere.is_some()
        || !select.connect_by.is_empty()
        || !select.cluster_by.is_empty()
        || !select.distribute_by.is_empty()
        || !select.sort_by.is_empty()
        || select.qualify.is_some()
        || select.value_table_mode.is_some()
        || select.select_modifiers.is_some()
        || select.projection.is_empty();
    if foreign {
        Err(SqlError::new("SYNTAX_ERROR", "mismatched input in SELECT"))
    } else {
        Ok(())
    }
}
