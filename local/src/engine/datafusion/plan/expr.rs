//! Expressions: literals, names, operators and special forms.

use std::rc::Rc;

use datafusion::logical_expr::{Expr as PlanExpr, Operator, expr::InList};
use datafusion::sql::sqlparser::ast::{
    self, AccessExpr, BinaryOperator, CastKind, CeilFloorKind, DataType, Expr, Spanned, Subscript,
    UnaryOperator, Value as Literal,
};

use super::{
    DEEPEST, Field, Planner, Result, Typed, aggregate::Grouping, at, at_span, column, literal,
    operator, unsupported, window::Window,
};
use crate::engine::{
    SqlError,
    datafusion::{
        cast, text, type_text,
        types::{Type, common},
        value::Value,
    },
};

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
            self.depth = 0;
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
            Expr::Value(value) => constant(&value.value).map_err(|e| place(e, ast)),
            Expr::TypedString(typed) => match &typed.value.value {
                Literal::SingleQuotedString(text) => {
                    typed_literal(&typed.data_type.to_string(), text).map_err(|e| place(e, ast))
                }
                _ => Err(at("SYNTAX_ERROR", ast, "mismatched input")),
            },
            Expr::Interval(interval) => super::call::interval(interval).map_err(|e| place(e, ast)),
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
                let like = super::call::like(value, pattern, escape.as_deref())
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
                super::call::at_time_zone(value, &zone).map_err(|e| place(e, ast))
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
                super::call::array(values).map_err(|e| place(e, ast))
            }
            Expr::Tuple(values) => {
                let values = values
                    .iter()
                    .map(|e| self.expr(e, env))
                    .collect::<Result<Vec<_>>>()?;
                Ok(super::call::row(values))
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

    fn unary(
        &mut self,
        op: UnaryOperator,
        inner: &Expr,
        ast: &Expr,
        env: &mut Env,
    ) -> Result<Typed> {
        // The least bigint has no positive.
        if let (UnaryOperator::Minus, Expr::Value(v)) = (op, inner)
            && let Literal::Number(digits, _) = &v.value
        {
            return number(&format!("-{digits}")).map_err(|e| place(e, ast));
        }
        let value = self.expr(inner, env)?;
        match op {
            UnaryOperator::Not => {
                let condition = as_condition(value, "Value of logical NOT expression")
                    .map_err(|e| place(e, inner))?;
                Ok(boolean(PlanExpr::Not(Box::new(condition))))
            }
            UnaryOperator::Plus if value.ty.is_number() => Ok(value),
            UnaryOperator::Minus if value.ty == Type::Unknown => Err(SqlError::new(
                "AMBIGUOUS_FUNCTION_CALL",
                "Could not choose a best candidate operator. Explicit type casts must be added.",
            )),
            UnaryOperator::Minus => {
                let ty = value.ty.clone();
                operator::negate(value)?
                    .ok_or_else(|| at("TYPE_MISMATCH", ast, format!("Cannot negate {ty}")))
            }
            _ => Err(at("SYNTAX_ERROR", ast, format!("mismatched input '{op}'"))),
        }
    }

    fn binary(
        &mut self,
        left: &Expr,
        op: &BinaryOperator,
        right: &Expr,
        ast: &Expr,
        env: &mut Env,
    ) -> Result<Typed> {
        let comparison = match op {
            BinaryOperator::Eq => Some(Operator::Eq),
            BinaryOperator::NotEq => Some(Operator::NotEq),
            BinaryOperator::Lt => Some(Operator::Lt),
            BinaryOperator::LtEq => Some(Operator::LtEq),
            BinaryOperator::Gt => Some(Operator::Gt),
            BinaryOperator::GtEq => Some(Operator::GtEq),
            _ => None,
        };
        if let Some(comparison) = comparison {
            let chained = |e: &Expr| {
                matches!(
                    e,
                    Expr::BinaryOp {
                        op: BinaryOperator::Eq
                            | BinaryOperator::NotEq
                            | BinaryOperator::Lt
                            | BinaryOperator::LtEq
                            | BinaryOperator::Gt
                            | BinaryOperator::GtEq,
                        ..
                    }
                )
            };
            if chained(left) {
                return Err(at(
                    "SYNTAX_ERROR",
                    right,
                    format!("mismatched input '{op}'"),
                ));
            }
            return self.comparison(comparison, left, right, ast, env);
        }
        let symbol = match op {
            BinaryOperator::And | BinaryOperator::Or => {
                let what = "Logical expression term";
                let (a, b) = (
                    self.condition(left, what, env)?,
                    self.condition(right, what, env)?,
                );
                return Ok(boolean(if *op == BinaryOperator::And {
                    a.and(b)
                } else {
                    a.or(b)
                }));
            }
            BinaryOperator::StringConcat => {
                let args = vec![self.expr(left, env)?, self.expr(right, env)?];
                return super::call::concat(args).map_err(|e| place(e, ast));
            }
            BinaryOperator::Plus => '+',
            BinaryOperator::Minus => '-',
            BinaryOperator::Multiply => '*',
            BinaryOperator::Divide => '/',
            BinaryOperator::Modulo => '%',
            _ => {
                return Err(at(
                    "SYNTAX_ERROR",
                    right,
                    format!("mismatched input '{op}'"),
                ));
            }
        };
        let (a, b) = (self.expr(left, env)?, self.expr(right, env)?);
        let shown = format!("Cannot apply operator: {} {symbol} {}", a.ty, b.ty);
        operator::arithmetic(symbol, a, b)
            .map_err(|e| place(e, ast))?
            .ok_or_else(|| at("TYPE_MISMATCH", ast, shown))
    }

    fn comparison(
        &mut self,
        op: Operator,
        left: &Expr,
        right: &Expr,
        ast: &Expr,
        env: &mut Env,
    ) -> Result<Typed> {
        let (a, b) = (self.expr(left, env)?, self.expr(right, env)?);
        // Trino turns `a > b` into `b < a` before it looks at the types.
        let both = match op {
            Operator::Gt => operator::comparable("<", &b.ty, &a.ty),
            Operator::GtEq => operator::comparable("<=", &b.ty, &a.ty),
            Operator::Lt => operator::comparable("<", &a.ty, &b.ty),
            Operator::LtEq => operator::comparable("<=", &a.ty, &b.ty),
            Operator::IsDistinctFrom | Operator::IsNotDistinctFrom => {
                operator::comparable("IS DISTINCT FROM", &a.ty, &b.ty)
            }
            _ => operator::comparable("=", &a.ty, &b.ty),
        }
        .map_err(|why| at("TYPE_MISMATCH", ast, why))?;
        operator::compare(op, a, b, &both)
    }

    /// sqlparser takes `a IS DISTINCT FROM b AND c` for `a IS DISTINCT FROM (b AND c)`.
    fn distinct_from(
        &mut self,
        op: Operator,
        left: &Expr,
        right: &Expr,
        ast: &Expr,
        env: &mut Env,
    ) -> Result<Typed> {
        match right {
            Expr::BinaryOp {
                left: first,
                op: BinaryOperator::And,
                right: rest,
            } => {
                let (a, b) = (
                    self.distinct_from(op, left, first, ast, env)?,
                    self.expr(rest, env)?,
                );
                let b = as_condition(b, "Logical expression term")
                    .map_err(|e| place(e, rest.as_ref()))?;
                Ok(boolean(a.expr.and(b)))
            }
            Expr::BinaryOp {
                op: BinaryOperator::Or,
                ..
            } => Err(unsupported(
                ast,
                "IS DISTINCT FROM beside OR without brackets",
            )),
            right => self.comparison(op, left, right, ast, env),
        }
    }

    fn in_list(
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

    fn case(
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
            super::call::common_type(&results, "All CASE results").map_err(|e| place(e, ast))?;
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

    fn cast(&mut self, value: Typed, written: &str, attempt: bool, ast: &Expr) -> Result<Typed> {
        let Some(to) = type_text::parse(written) else {
            let head = written
                .split(['(', ' '])
                .next()
                .unwrap_or_default()
                .to_lowercase();
            let coming = [
                "uint256",
                "int256",
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
        if json(&value.ty) != json(&to)
            || (json(&to) && value.ty != to && value.ty != Type::Unknown)
        {
            return Err(unsupported(
                ast,
                format!("a cast from {} to {to}", value.ty),
            ));
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

    fn access(
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
                super::call::subscript(value, key).map_err(|e| place(e, ast))
            }
            AccessExpr::Subscript(Subscript::Slice { .. }) => {
                Err(at("SYNTAX_ERROR", ast, "mismatched input ':'"))
            }
        }
    }

    /// What a name means: a parameter of a lambda, an output column, a column of the FROM clause, one of a query around.
    fn name(&mut self, ast: &Expr, env: &mut Env) -> Result<Typed> {
        let parts: Vec<&str> = match ast {
            Expr::Identifier(name) => vec![name.value.as_str()],
            Expr::CompoundIdentifier(names) => {
                names.iter().map(|name| name.value.as_str()).collect()
            }
            _ => Vec::new(),
        };
        let Some((first, rest)) = parts.split_first() else {
            return Err(at("SYNTAX_ERROR", ast, "mismatched input"));
        };
        if let Some((_, local)) = env
            .locals
            .iter()
            .rev()
            .find(|(name, _)| name.eq_ignore_ascii_case(first))
        {
            return fields_of(local.clone(), rest, ast);
        }
        if let Some((_, output)) = env
            .aliases
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(first))
            && rest.is_empty()
        {
            return Ok(output.clone());
        }
        if let Some((found, rest)) = find(&env.fields, &parts, ast)? {
            if let Some(grouping) = &env.grouping {
                return match grouping.keys.iter().find(|key| key.source == found.expr) {
                    Some(key) => fields_of(Typed::column(&key.id, key.ty.clone()), rest, ast),
                    None => Err(grouping.missing(ast)),
                };
            }
            return fields_of(found, rest, ast);
        }
        for fields in self.outer.iter().rev() {
            if let Some((found, rest)) = find(fields, &parts, ast)? {
                let PlanExpr::Column(name) = found.expr else {
                    break;
                };
                let field = datafusion::arrow::datatypes::Field::new(
                    name.name.clone(),
                    found.ty.arrow(),
                    true,
                );
                let expr = PlanExpr::OuterReferenceColumn(field.into(), name);
                return fields_of(Typed { expr, ty: found.ty }, rest, ast);
            }
        }
        if rest.is_empty() && is_quoteless(ast) {
            match first.to_lowercase().as_str() {
                "current_date" | "current_timestamp" | "localtimestamp" | "current_time"
                | "localtime" | "current_user" | "current_catalog" | "current_schema" => {
                    return self.moment(&first.to_lowercase(), ast);
                }
                _ => {}
            }
        }
        Err(at(
            "COLUMN_NOT_FOUND",
            ast,
            format!(
                "Column '{}' cannot be resolved",
                parts.join(".").to_lowercase()
            ),
        ))
    }

    /// The query's time, in the types of the functions that ask for it.
    pub(super) fn moment(&self, name: &str, ast: &Expr) -> Result<Typed> {
        let millis = self.now.div_euclid(1000) * 1000;
        match name {
            "now" | "current_timestamp" => literal(Value::Int(millis), &Type::timestamp_tz(3)),
            "current_date" => literal(
                Value::Int(
                    self.now
                        .div_euclid(crate::engine::datafusion::calendar::DAY),
                ),
                &Type::Date,
            ),
            "localtimestamp" => literal(Value::Int(millis), &Type::Timestamp(3)),
            other => Err(unsupported(ast, other)),
        }
    }
}

fn is_quoteless(ast: &Expr) -> bool {
    matches!(ast, Expr::Identifier(name) if name.quote_style.is_none())
}

/// The column that the first parts of a name mean, and the parts that are left.
fn find<'p>(
    fields: &[Field],
    parts: &'p [&'p str],
    ast: &Expr,
) -> Result<Option<(Typed, &'p [&'p str])>> {
    // The longest table name first: `dex.trades.taker` before the field of a row.
    for split in (0..parts.len()).rev() {
        let (relation, rest) = parts.split_at(split);
        let Some((name, rest)) = rest.split_first() else {
            continue;
        };
        let fits = |field: &&Field| {
            field
                .name
                .as_ref()
                .is_some_and(|n| n.eq_ignore_ascii_case(name))
                && relation.len() <= field.relation.len()
                && field
                    .relation
                    .iter()
                    .rev()
                    .zip(relation.iter().rev())
                    .all(|(a, b)| a.eq_ignore_ascii_case(b))
        };
        let mut found = fields.iter().filter(fits);
        if let Some(field) = found.next() {
            if found.next().is_some() {
                return Err(at(
                    "AMBIGUOUS_NAME",
                    ast,
                    format!("Column '{}' is ambiguous", parts.join(".")),
                ));
            }
            return Ok(Some((
                Typed {
                    expr: column(&field.id),
                    ty: field.ty.clone(),
                },
                rest,
            )));
        }
    }
    Ok(None)
}

fn fields_of(mut value: Typed, names: &[&str], ast: &Expr) -> Result<Typed> {
    for name in names {
        value = field_of(value, name, ast)?;
    }
    Ok(value)
}

fn field_of(value: Typed, name: &str, ast: &Expr) -> Result<Typed> {
    let Type::Row(fields) = &value.ty else {
        return Err(at(
            "TYPE_MISMATCH",
            ast,
            format!("Expression {ast} is not of type ROW"),
        ));
    };
    let named =
        |(n, _): &(Option<String>, Type)| n.as_ref().is_some_and(|n| n.eq_ignore_ascii_case(name));
    match fields.iter().position(named) {
        Some(index) => Ok(super::call::field(value, index)),
        None => Err(at(
            "INVALID_COLUMN_REFERENCE",
            ast,
            format!("Column reference '{ast}' is invalid"),
        )),
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

fn boolean(expr: PlanExpr) -> Typed {
    Typed {
        expr,
        ty: Type::Boolean,
    }
}

fn negate_if(negated: bool, expr: PlanExpr) -> Typed {
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

fn constant(value: &Literal) -> Result<Typed> {
    match value {
        Literal::Null => Ok(Typed::null()),
        Literal::Boolean(v) => literal(Value::Bool(*v), &Type::Boolean),
        Literal::SingleQuotedString(text) | Literal::UnicodeStringLiteral(text) => literal(
            Value::text(text),
            &Type::Varchar(u32::try_from(text.chars().count()).ok()),
        ),
        Literal::HexStringLiteral(digits) => {
            let digits: String = digits.chars().filter(|c| !c.is_whitespace()).collect();
            match text::unhex(&digits) {
                Some(bytes) => literal(Value::Bytes(bytes.into()), &Type::Varbinary),
                None => Err(SqlError::new(
                    "INVALID_LITERAL",
                    format!(
                        "Binary literal must contain an even number of digits and hexadecimal ones only: {digits}"
                    ),
                )),
            }
        }
        Literal::Number(digits, false) => number(digits),
        other => Err(SqlError::new(
            "SYNTAX_ERROR",
            format!("mismatched input '{other}'"),
        )),
    }
}

fn number(digits: &str) -> Result<Typed> {
    let digits = digits.replace('_', "");
    if digits.contains(['e', 'E']) {
        let value = digits.parse().map_err(|_| {
            SqlError::new("SYNTAX_ERROR", format!("Invalid numeric literal: {digits}"))
        })?;
        return literal(Value::Double(value), &Type::Double);
    }
    if digits.contains('.') {
        return match text::parse_decimal(&digits) {
            Some((value, precision, scale)) => {
                literal(Value::Decimal(value), &Type::Decimal(precision, scale))
            }
            None => Err(SqlError::new(
                "INVALID_LITERAL",
                format!("Invalid decimal literal: {digits}"),
            )),
        };
    }
    let value: i64 = digits
        .parse()
        .map_err(|_| SqlError::new("SYNTAX_ERROR", format!("Invalid numeric literal: {digits}")))?;
    literal(
        Value::Int(value),
        &if i32::try_from(value).is_ok() {
            Type::Integer
        } else {
            Type::Bigint
        },
    )
}

/// `DATE '2024-01-01'` and its like.
fn typed_literal(ty: &str, text: &str) -> Result<Typed> {
    let bad = || {
        SqlError::new(
            "INVALID_LITERAL",
            format!("'{text}' is not a valid {} literal", ty.to_uppercase()),
        )
    };
    let lower = ty.to_lowercase();
    match lower.as_str() {
        "timestamp" => {
            let (local, precision, zone) = text::parse_timestamp(text).ok_or_else(bad)?;
            if precision > 6 {
                return Err(SqlError::new(
                    "NOT_SUPPORTED",
                    "timestamps finer than a microsecond are not supported by the local engine yet",
                ));
            }
            match zone {
                None => literal(Value::Int(local), &Type::Timestamp(precision)),
                Some(zone) => {
                    let instant = text::instant(local, Some(&zone)).ok_or_else(bad)?;
                    literal(Value::Int(instant), &Type::TimestampTz(precision, zone))
                }
            }
        }
        "date" => literal(
            Value::Int(text::parse_date(text).ok_or_else(bad)?),
            &Type::Date,
        ),
        "time" => {
            let (micros, precision) = text::parse_time(text).ok_or_else(bad)?;
            if precision > 6 {
                return Err(SqlError::new(
                    "NOT_SUPPORTED",
                    "times finer than a microsecond are not supported by the local engine yet",
                ));
            }
            literal(Value::Int(micros), &Type::Time(precision))
        }
        "decimal" => {
            let (value, precision, scale) = text::parse_decimal(text).ok_or_else(bad)?;
            literal(Value::Decimal(value), &Type::Decimal(precision, scale))
        }
        "varchar" => literal(Value::text(text), &Type::VARCHAR),
        "char" => {
            let length = u32::try_from(text.chars().count()).unwrap_or(1);
            literal(cast::char_value(text, length), &Type::Char(length))
        }
        "json" => match crate::engine::datafusion::functions::canonical(text) {
            Some(json) => literal(Value::text(json), &Type::Json),
            None => Err(bad()),
        },
        _ => {
            let Some(to) = type_text::parse(&lower) else {
                return Err(SqlError::new(
                    "NOT_SUPPORTED",
                    format!("a literal of type {lower} is not supported by the local engine yet"),
                ));
            };
            if !(to.is_number() || to == Type::Boolean) {
                return Err(SqlError::new(
                    "NOT_SUPPORTED",
                    format!("a literal of type {lower} is not supported by the local engine yet"),
                ));
            }
            let value = cast::cast(&Value::text(text), &Type::VARCHAR, &to).map_err(|_| bad())?;
            literal(value, &to)
        }
    }
}
