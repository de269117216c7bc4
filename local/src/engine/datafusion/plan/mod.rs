//! From syntax tree to DataFusion's logical plan, with Trino's rules for names, types and scopes.
//!
//! Everything that a plan does is chosen here: a construct that is not named in this folder is refused. Every column of
//! every intermediate result has a name of its own (`c17`), so that no name of the user's can clash or be ambiguous below.

use std::rc::Rc;

use datafusion::common::{Column as PlanColumn, ScalarValue};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder};
use datafusion::sql::sqlparser::ast::{self, Spanned};
use datafusion::sql::sqlparser::tokenizer::Span;

use super::{
    native,
    types::Type,
    value::{self, Value},
};
use crate::engine::{Column, SqlError};

mod aggregate;
mod build_value;
mod call;
mod compiled;
mod expr;
mod filter;
mod forms;
mod frame;
mod from;
mod grouping;
mod infix;
mod join;
mod lambda;
mod like;
mod literals;
mod moments;
mod names;
mod operator;
mod query;
mod select;
mod set;
mod subquery;
mod window;

pub(crate) type Result<T> = std::result::Result<T, SqlError>;

/// An expression and its type.
#[derive(Clone, Debug)]
pub(crate) struct Typed {
    pub(crate) expr: Expr,
    pub(crate) ty: Type,
}

/// A column that names can mean.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    /// The parts of the table's name or its alias; empty for none.
    relation: Vec<String>,
    name: Option<String>,
    /// The column's name in the plan.
    id: String,
    ty: Type,
}

/// A plan and the columns it gives.
#[derive(Clone, Debug)]
pub(crate) struct Relation {
    plan: LogicalPlan,
    fields: Vec<Field>,
}

/// The plan that reads a table, and the names and types of its columns.
pub(crate) type Scan = (LogicalPlan, Vec<(String, Type)>);

/// A planned statement.
pub(crate) struct Planned {
    /// Its columns are `o0`, `o1`, ..
    pub(crate) plan: LogicalPlan,
    pub(crate) columns: Vec<(Column, Type)>,
    /// Which columns the statement gives a name to.
    pub(crate) named: Vec<bool>,
}

/// What tables there are.
pub(crate) trait Tables {
    /// The plan that scans the table, and its columns in the plan's order.
    fn scan(&self, parts: &[String]) -> Option<Result<Scan>>;
}

/// Plans one statement.
pub(crate) struct Planner<'a> {
    tables: &'a dyn Tables,
    /// Microseconds since 1970 at which the statement began: what `now()` is.
    now: i64,
    ids: usize,
    depth: usize,
    ctes: Vec<(String, Relation)>,
    /// The columns of the queries around this one, innermost last.
    outer: Vec<Rc<Vec<Field>>>,
}

/// How deep an expression may be.
const DEEPEST: usize = 300;

/// Plans `query`.
pub(crate) fn plan(query: &ast::Query, tables: &dyn Tables, now: i64) -> Result<Planned> {
    let mut planner = Planner {
        tables,
        now,
        ids: 0,
        depth: 0,
        ctes: Vec::new(),
        outer: Vec::new(),
    };
    let relation = planner.query(query)?;
    let named = relation
        .fields
        .iter()
        .map(|field| field.name.is_some())
        .collect();
    let columns = relation
        .fields
        .iter()
        .enumerate()
        .map(|(i, field)| {
            let name = field.name.clone().unwrap_or_else(|| format!("_col{i}"));
            (Column::new(name, field.ty.to_string()), field.ty.clone())
        })
        .collect();
    let outputs = relation
        .fields
        .iter()
        .enumerate()
        .map(|(i, field)| column(&field.id).alias(format!("o{i}")));
    let plan = build(LogicalPlanBuilder::from(relation.plan).project(outputs))?;
    Ok(Planned {
        plan,
        columns,
        named,
    })
}

impl Planner<'_> {
    fn id(&mut self) -> String {
        self.ids += 1;
        format!("c{}", self.ids)
    }
}

impl Typed {
    fn null() -> Self {
        Self {
            expr: Expr::Literal(ScalarValue::Boolean(None), None),
            ty: Type::Unknown,
        }
    }

    fn column(id: &str, ty: Type) -> Self {
        Self {
            expr: column(id),
            ty,
        }
    }
}

/// A column of the plan.
pub(crate) fn column(id: &str) -> Expr {
    Expr::Column(PlanColumn::from_name(id))
}

/// A constant.
pub(crate) fn literal(value: Value, ty: &Type) -> Result<Typed> {
    let array =
        value::to_array(&[value], &ty.arrow()).map_err(|error| native::sql_error(&error))?;
    let scalar =
        ScalarValue::try_from_array(&array, 0).map_err(|error| native::sql_error(&error))?;
    Ok(Typed {
        expr: Expr::Literal(scalar, None),
        ty: ty.clone(),
    })
}

/// What DataFusion's builders say, as our error.
fn checked<T>(result: std::result::Result<T, DataFusionError>) -> Result<T> {
    result.map_err(|error| native::sql_error(&error))
}

fn build(builder: std::result::Result<LogicalPlanBuilder, DataFusionError>) -> Result<LogicalPlan> {
    checked(builder.and_then(LogicalPlanBuilder::build))
}

/// An error at a node of the tree.
fn at(name: &'static str, node: &impl Spanned, message: impl std::fmt::Display) -> SqlError {
    at_span(name, node.span(), message)
}

fn at_span(name: &'static str, span: Span, message: impl std::fmt::Display) -> SqlError {
    if span.start.line == 0 {
        return SqlError::new(name, message.to_string());
    }
    SqlError::at(name, span.start.line, span.start.column, message)
}

fn unsupported(node: &impl Spanned, what: impl std::fmt::Display) -> SqlError {
    at(
        "NOT_SUPPORTED",
        node,
        format!("{what} is not supported by the local engine yet"),
    )
}
