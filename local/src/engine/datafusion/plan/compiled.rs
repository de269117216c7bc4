//! An expression that is compiled and run on rows of its own, for lambdas and TRY.

use std::{collections::HashSet, sync::Arc};

use datafusion::arrow::array::{RecordBatch, RecordBatchOptions};
use datafusion::arrow::datatypes::{Field, Schema};
use datafusion::common::{
    Column, DFSchema,
    tree_node::{TreeNode, TreeNodeRecursion},
};
use datafusion::logical_expr::{
    Expr as PlanExpr, execution_props::ExecutionProps,
    physical_planning_context::PhysicalPlanningContext,
};
use datafusion::physical_expr::{PhysicalExpr, create_physical_expr};

use super::{Result, Typed, checked, expr::Env};
use crate::engine::{
    SqlError,
    datafusion::{
        native::{self, BatchBody},
        types::Type,
        value::{self, Value},
    },
};

/// A compiled lambda: what it captures comes first in its rows, then its parameters.
#[derive(Clone)]
pub(super) struct Compiled {
    body: Arc<dyn PhysicalExpr>,
    schema: Arc<Schema>,
    pub(super) output: Type,
    pub(super) shown: String,
}

impl Compiled {
    /// Runs the body on rows given as columns.
    pub(super) fn run(&self, columns: &[Vec<Value>], rows: usize) -> Result<Vec<Value>> {
        let arrays = columns
            .iter()
            .zip(self.schema.fields())
            .map(|(column, field)| value::to_array(column, field.data_type()));
        let arrays = checked(arrays.collect::<std::result::Result<Vec<_>, _>>())?;
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let batch = RecordBatch::try_new_with_options(self.schema.clone(), arrays, &options)
            .map_err(|error| SqlError::new("GENERIC_INTERNAL_ERROR", error.to_string()))?;
        let answer = checked(
            self.body
                .evaluate(&batch)
                .and_then(|value| value.into_array(rows)),
        )?;
        checked(value::from_array(&answer))
    }
}

/// The columns that an expression reads.
pub(super) fn columns_of(expr: &PlanExpr, skip: &HashSet<String>) -> Result<Vec<(Column, bool)>> {
    let mut found: Vec<(Column, bool)> = Vec::new();
    checked(expr.apply(|node| {
        let seen = match node {
            PlanExpr::Column(column) => Some((column.clone(), false)),
            PlanExpr::OuterReferenceColumn(_, column) => Some((column.clone(), true)),
            _ => None,
        };
        if let Some(seen) = seen.filter(|(column, _)| !skip.contains(&column.name))
            && !found.contains(&seen)
        {
            found.push(seen);
        }
        Ok(TreeNodeRecursion::Continue)
    }))?;
    Ok(found)
}

/// What can be compiled has no query inside.
pub(super) fn compile(
    body: Typed,
    captured: &[(Column, Type)],
    params: &[(String, Type)],
) -> Result<Compiled> {
    let mut nested = false;
    checked(body.expr.apply(|node| {
        nested |= matches!(
            node,
            PlanExpr::ScalarSubquery(_)
                | PlanExpr::InSubquery(_)
                | PlanExpr::Exists(_)
                | PlanExpr::OuterReferenceColumn(..)
        );
        Ok(TreeNodeRecursion::Continue)
    }))?;
    if nested {
        return Err(SqlError::new(
            "NOT_SUPPORTED",
            "a query inside a lambda or TRY is not supported by the local engine yet",
        ));
    }
    let fields = captured
        .iter()
        .map(|(column, ty)| Field::new(&column.name, ty.arrow(), true))
        .chain(
            params
                .iter()
                .map(|(id, ty)| Field::new(id, ty.arrow(), true)),
        );
    let schema = Schema::new(fields.collect::<Vec<_>>());
    let named = checked(DFSchema::try_from(schema.clone()))?;
    let shown = format!("{:?}", body.expr);
    let physical = checked(create_physical_expr(
        &body.expr,
        &named,
        &ExecutionProps::new(),
        &PhysicalPlanningContext::default(),
    ))?;
    Ok(Compiled {
        body: physical,
        schema: Arc::new(schema),
        output: body.ty,
        shown,
    })
}

/// `try(x)`: NULL where x fails for what is in its rows.
pub(super) fn attempt(value: Typed, env: &Env) -> Result<Typed> {
    let captured = captures(&[&value], &HashSet::new(), env)?;
    let ty = value.ty.clone();
    let args: Vec<PlanExpr> = captured
        .iter()
        .map(|(column, _)| PlanExpr::Column(column.clone()))
        .collect();
    let compiled = compile(value, &captured, &[])?;
    let key = format!("try({})", compiled.shown);
    let body: BatchBody = Arc::new(move |columns, rows| {
        if let Ok(all) = compiled.run(columns, rows) {
            return Ok(all);
        }
        (0..rows)
            .map(|i| {
                let row: Vec<Vec<Value>> = columns
                    .iter()
                    .map(|c| c.get(i).cloned().into_iter().collect())
                    .collect();
                match compiled.run(&row, 1) {
                    Ok(values) => Ok(values.into_iter().next().unwrap_or(Value::Null)),
                    Err(error) if passes(&error) => Ok(Value::Null),
                    Err(error) => Err(error),
                }
            })
            .collect()
    });
    Ok(Typed {
        expr: native::call_on_batches(key, &ty, args, body),
        ty,
    })
}

/// Whether TRY makes NULL of the error.
pub(super) fn passes(error: &SqlError) -> bool {
    [
        "DIVISION_BY_ZERO",
        "INVALID_CAST_ARGUMENT",
        "INVALID_FUNCTION_ARGUMENT",
        "NUMERIC_VALUE_OUT_OF_RANGE",
    ]
    .contains(&error.name)
}

/// The columns that expressions read from around, with their types.
pub(super) fn captures(
    values: &[&Typed],
    params: &HashSet<String>,
    env: &Env,
) -> Result<Vec<(Column, Type)>> {
    let mut all: Vec<(Column, Type)> = Vec::new();
    for value in values {
        for (column, outer) in columns_of(&value.expr, params)? {
            if outer {
                return Err(SqlError::new(
                    "NOT_SUPPORTED",
                    "a lambda or TRY that reads a query around is not supported by the local engine yet",
                ));
            }
            let ty = env.type_of(&column.name).ok_or_else(|| {
                SqlError::new(
                    "NOT_SUPPORTED",
                    "such a lambda or TRY is not supported by the local engine yet",
                )
            })?;
            if !all.iter().any(|(known, _)| *known == column) {
                all.push((column, ty));
            }
        }
    }
    Ok(all)
}
