//! Expressions: literals, names, operators and special forms.

use std::rc::Rc;

use datafusion::logical_expr::{Expr as PlanExpr, Operator};
use datafusion::sql::sqlparser::ast::{
    self, CastKind, CeilFloorKind, DataType, Expr, Spanned, Value as Literal,
};

use super::{
    DEEPEST, Field, Planner, Result, Typed, at, at_span, column, grouping::Grouping, operator,
    unsupported, window::Window,
};
use crate::engine::{SqlError, datafusion::types::Type};

/// Where an expression stands: what its names can mean and what it may hold.
#[derive(Debug, Default)]
pub(super) struct Env {
    /// The columns of the FROM clause.
    pub(super) fields: Rc<Vec<Field>>,
    /// The parameters of the lambdas around.
    pub(super) locals: Vec<(String, Typed)>,
    /// Output columns, which ORDER BY sees before all others.
    pub(super) aliases: Vec<(String, Typed)>,
    /// What is grouped by and aggregated, in a query that aggregates.
    pub(super) grouping: Option<Grouping>,
    /// The windows of the WINDOW clause.
    pub(super) named: Vec<(String, ast::WindowSpec)>,
    /// The window functions met; `None` where there may be none.
    pub(super) windows: Option<Vec<Window>>,
    /// The clause, for messages: `WHERE clause`.
    pub(super) clause: &'static str,
}

/// What `extract` takes out of a date or time.
const FIELDS: &[&str] = &[
    "year",
    "quarter",
    "month",
    "week",
    "day",
    "day_of_month",
    "day_of_week",
    "dow",
    "day_of_year",
    "doy",
    "year_of_week",
    "yow",
    "hour",
    "minute",
    "second",
    "timezone_hour",
    "timezone_minute",
];

impl Env {
    /// The type of a column that expressions of this place may read.
    pub(super) fn type_of(&self, id: &str) -> Option<Type> {
        let of_field = self
            .fields
            .iter()
            .find(|field| field.id == id)
            .map(|field| field.ty.clone());
        let of_local = || {
            let reads = |local: &Typed| matches!(&local.expr, PlanExpr::Column(c) if c.name == id);
            self.locals
                .iter()
                .find(|(_, local)| reads(local))
                .map(|(_, local)| local.ty.clone())
        };
        let of_window = || {
            self.windows
                .iter()
                .flatten()
                .find(|window| window.id == id)
                .map(|window| window.ty.clone())
        };
        of_field
            .or_else(of_local)
            .or_else(|| self.grouping.as_ref()?.type_of(id))
            .or_else(of_window)
    }

    /// The columns that a query inside an expression of this place may read.
    pub(super) fn visible(&self) -> Rc<Vec<Field>> {
        let Some(grouping) = &self.grouping else {
            return self.fields.clone();
        };
        let grouped = |field: &Field| {
            let key = grouping
                .keys
                .iter()
                .find(|key| key.source == column(&field.id))?;
            Some(Field {
                id: key.id.clone(),
                ..field.clone()
            })
        };
        Rc::new(self.fields.iter().filter_map(grouped).collect())
    }
}

impl Planner<'_> {
    /// Plans an expression.
    pub(super) fn expr(&mut self, ast: &Expr, env: &mut Env) -> Result<Typed> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(SqlError::new(
                "NOT_SUPPORTED",
                format!("expressions deeper than {DEEPEST} are not supported by the local engine"),
            ));
        }
        let planned = self.grouped(ast, env);
        self.depth = self.depth.saturating_sub(1);
        planned
    }

    /// In a query that aggregates, an expression that is grouped by stands for its group's value.
    fn grouped(&mut self, ast: &Expr, env: &mut Env) -> Result<Typed> {
        if env
            .grouping
            .as_ref()
            .is_some_and(|grouping| !grouping.keys.is_empty())
            && !matches!(ast, Expr::Value(_))
        {
            let mut plain = Env {
                fields: env.fields.clone(),
                locals: env.locals.clone(),
                ..Env::default()
            };
            let ids = self.ids;
            if let Ok(found) = self.bare(ast, &mut plain)
                && let Some(key) = env
                    .grouping
                    .as_ref()
                    .and_then(|g| g.keys.iter().find(|key| key.source == found.expr))
            {
                return Ok(Typed::column(&key.id, key.ty.clone()));
            }
            self.ids = ids;
        }
        self.bare(ast, env)
    }

    #[expect(clippy::too_many_lines, reason = "one line a kind of expression")]
    fn bare(&mut self, ast: &Expr, env: &mut Env) -> Result<Typed> {
        match ast {
            Expr::Nested(inner) => self.expr(inner, env),
            Expr::Identifier(_) | Expr::CompoundIdentifier(_) => self.name(ast, env),
            Expr::Value(value) => {
                super::literals::constant(&value.value).map_err(|e| place(e, ast))
            }
            Expr::TypedString(typed) => match &typed.value.value {
                Literal::SingleQuotedString(text) => {
                    super::literals::typed_literal(&typed.data_type.to_string(), text)
                        .map_err(|e| place(e, ast))
                }
                _ => Err(at("SYNTAX_ERROR", ast, "mismatched input")),
            },
            Expr::Interval(interval) => {
                super::moments::interval(interval).map_err(|e| place(e, ast))
            }
            Expr::UnaryOp { op, expr } => self.unary(*op, expr, ast, env),
            Expr::BinaryOp { left, op, right } => self.binary(left, op, right, ast, env),
            Expr::IsNull(inner) => {
                let inner = self.expr(inner, env)?;
                Ok(boolean(PlanExpr::IsNull(Box::new(inner.expr))))
            }
            Expr::IsNotNull(inner) => {
                let inner = self.expr(inner, env)?;
                Ok(boolean(PlanExpr::IsNotNull(Box::new(inner.expr))))
            }
            Expr::IsDistinctFrom(a, b) => {
                self.distinct_from(Operator::IsDistinctFrom, a, b, ast, env)
            }
            Expr::IsNotDistinctFrom(a, b) => {
                self.distinct_from(Operator::IsNotDistinctFrom, a, b, ast, env)
            }
            Expr::Between {
                expr,
                negated,
                low,
                high,
            } => {
                let (value, low, high) = (
                    self.expr(expr, env)?,
                    self.expr(low, env)?,
                    self.expr(high, env)?,
                );
                let refused = |why| at("TYPE_MISMATCH", ast, why);
                let both = operator::comparable("<=", &low.ty, &value.ty).map_err(refused)?;
                let above = operator::compare(Operator::GtEq, value.clone(), low, &both)?;
                let both = operator::comparable("<=", &value.ty, &high.ty).map_err(refused)?;
                let below = operator::compare(Operator::LtEq, value, high, &both)?;
                Ok(negate_if(*negated, above.expr.and(below.expr)))
            }
            Expr::InList {
                expr,
                list,
                negated,
            } => self.in_list(expr, list, *negated, ast, env),
            Expr::InSubquery {
                expr,
                subquery,
                negated,
            } => self.in_value(expr, subquery, *negated, ast, env),
            Expr::Exists { subquery, negated } => self.exists_value(subquery, *negated, env),
            Expr::Subquery(query) => self.scalar_subquery(query, ast, env),
            Expr::AnyOp {
                left,
                compare_op,
                right,
                ..
            } => self.quantified(left, compare_op, right, true, ast, env),
            Expr::AllOp {
                left,
                compare_op,
                right,
            } => self.quantified(left, compare_op, right, false, ast, env),
            Expr::Like {
                negated,
                any: false,
                expr,
                pattern,
                escape_char,
            } => {
                let escape = match escape_char.as_ref().map(|v| &v.value) {
                    None => None,
                    Some(Literal::SingleQuotedString(text)) => Some(text.clone()),
                    Some(_) => {
                        return Err(at(
                            "TYPE_MISMATCH",
                            ast,
                            "Escape for LIKE expression must evaluate to a varchar",
                        ));
                    }
                };
                let (value, pattern) = (self.expr(expr, env)?, self.expr(pattern, env)?);
                let like = super::like::like(value, pattern, escape.as_deref())
                    .map_err(|e| place(e, ast))?;
                Ok(negate_if(*negated, like.expr))
            }
            Expr::Case {
                operand,
                conditions,
                else_result,
                ..
            } => self.case(
                operand.as_deref(),
                conditions,
                else_result.as_deref(),
                ast,
                env,
            ),
            Expr::Cast {
                kind: kind @ (CastKind::Cast | CastKind::TryCast),
                expr,
                data_type,
                format: None,
                ..
            } => {
                let value = self.expr(expr, env)?;
                let DataType::Custom(name, _) = data_type else {
                    return Err(unsupported(ast, format!("a cast to {data_type}")));
                };
                let written = name
                    .0
                    .first()
                    .and_then(|p| p.as_ident())
                    .map(|i| i.value.clone())
                    .unwrap_or_default();
                self.cast(value, &written, *kind == CastKind::TryCast, ast)
            }
            Expr::AtTimeZone {
                timestamp,
                time_zone,
            } => {
                let (value, zone) = (self.expr(timestamp, env)?, self.expr(time_zone, env)?);
                super::moments::at_time_zone(value, &zone).map_err(|e| place(e, ast))
            }
            Expr::Extract { field, expr, .. } => {
                let value = self.expr(expr, env)?;
                let name = field.to_string().to_lowercase();
                if !FIELDS.contains(&name.as_str()) {
                    return Err(at(
                        "SYNTAX_ERROR",
                        ast,
                        format!("Invalid EXTRACT field: {field}"),
                    ));
                }
                self.scalar_call(&name, vec![value], ast)
            }
            Expr::Ceil {
                expr,
                field: CeilFloorKind::DateTimeField(ast::DateTimeField::NoDateTime),
            } => {
                let value = self.expr(expr, env)?;
                self.scalar_call("ceil", vec![value], ast)
            }
            Expr::Floor {
                expr,
                field: CeilFloorKind::DateTimeField(ast::DateTimeField::NoDateTime),
            } => {
                let value = self.expr(expr, env)?;
                self.scalar_call("floor", vec![value], ast)
            }
            Expr::Position { expr, r#in } => {
                let (part, whole) = (self.expr(expr, env)?, self.expr(r#in, env)?);
                self.scalar_call("strpos", vec![whole, part], ast)
            }
            Expr::Substring {
                expr,
                substring_from: Some(from),
                substring_for,
                ..
            } => {
                let mut args = vec![self.expr(expr, env)?, self.expr(from, env)?];
                if let Some(length) = substring_for {
                    args.push(self.expr(length, env)?);
                }
                self.scalar_call("substr", args, ast)
            }
            Expr::Trim {
                trim_where,
                trim_what,
                expr,
                trim_characters,
            } => {
                let name = match trim_where {
                    None | Some(ast::TrimWhereField::Both) => "trim",
                    Some(ast::TrimWhereField::Leading) => "ltrim",
                    Some(ast::TrimWhereField::Trailing) => "rtrim",
                };
                let mut args = vec![self.expr(expr, env)?];
                let set = trim_what
                    .as_deref()
                    .or(trim_characters.as_ref().and_then(|c| c.first()));
                if let Some(set) = set {
                    args.push(self.expr(set, env)?);
                }
                self.scalar_call(name, args, ast)
            }
            Expr::Array(array) => {
                let values = array
                    .elem
                    .iter()
                    .map(|e| self.expr(e, env))
                    .collect::<Result<Vec<_>>>()?;
                super::build_value::array(values).map_err(|e| place(e, ast))
            }
            Expr::Tuple(values) => {
                let values = values
                    .iter()
                    .map(|e| self.expr(e, env))
                    .collect::<Result<Vec<_>>>()?;
                Ok(super::build_value::row(values))
            }
            Expr::CompoundFieldAccess { root, access_chain } => {
                let mut value = self.expr(root, env)?;
                for access in access_chain {
                    value = self.access(value, access, ast, env)?;
                }
                Ok(value)
            }
            Expr::Function(function) => self.function(function, ast, env),
            Expr::Lambda(_) => Err(at(
                "TYPE_MISMATCH",
                ast,
                "Lambda expression should always be used inside a function",
            )),
            Expr::IsTrue(_)
            | Expr::IsFalse(_)
            | Expr::IsNotTrue(_)
            | Expr::IsNotFalse(_)
            | Expr::IsUnknown(_)
            | Expr::IsNotUnknown(_)
            | Expr::ILike { .. }
            | Expr::SimilarTo { .. }
            | Expr::RLike { .. }
            | Expr::Convert { .. }
            | Expr::Collate { .. }
            | Expr::Struct { .. }
            | Expr::Named { .. }
            | Expr::Dictionary(_)
            | Expr::Overlay { .. }
            | Expr::Prefixed { .. }
            | Expr::JsonAccess { .. } => {
                Err(at("SYNTAX_ERROR", ast, format!("mismatched input '{ast}'")))
            }
            other => Err(unsupported(other, format!("`{other}`"))),
        }
    }

    /// An expression that must be boolean.
    pub(super) fn condition(&mut self, ast: &Expr, what: &str, env: &mut Env) -> Result<PlanExpr> {
        let value = self.expr(ast, env)?;
        as_condition(value, what).map_err(|e| place(e, ast))
    }
}

/// Puts the place of `node` on an error that has none yet, if it is one of analysis.
pub(super) fn place(error: SqlError, node: &impl Spanned) -> SqlError {
    let runs = [
        "INVALID_FUNCTION_ARGUMENT",
        "NUMERIC_VALUE_OUT_OF_RANGE",
        "DIVISION_BY_ZERO",
        "GENERIC_INTERNAL_ERROR",
    ];
    if error.line.is_some() || runs.contains(&error.name) {
        error
    } else {
        at_span(error.name, node.span(), error.message)
    }
}

pub(super) fn boolean(expr: PlanExpr) -> Typed {
    Typed {
        expr,
        ty: Type::Boolean,
    }
}

pub(super) fn negate_if(negated: bool, expr: PlanExpr) -> Typed {
    boolean(if negated {
        PlanExpr::Not(Box::new(expr))
    } else {
        expr
    })
}

pub(super) fn as_condition(value: Typed, what: &str) -> Result<PlanExpr> {
    match value.ty {
        Type::Boolean => Ok(value.expr),
        Type::Unknown => operator::coerce(value, &Type::Boolean),
        ty => Err(SqlError::new(
            "TYPE_MISMATCH",
            format!("{what} must evaluate to a boolean: actual type {ty}"),
        )),
    }
}
