//! Dune's `filters`: comparisons of a column and a literal, joined by AND and OR.
//! Whatever else SQL knows is refused by name. What is compared with NULL is not kept.

use std::cmp::Ordering;

use datafusion::sql::sqlparser::ast::{BinaryOperator, Expr, Ident, UnaryOperator, Value};
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::parser::Parser;
use datafusion::sql::sqlparser::tokenizer::Token;
use regex::Regex;

use super::column;
use super::key::{Key, Kind, moment};
use crate::engine::{Column, Row};
use crate::server::error::ApiError;

/// A filter that fits a result's columns.
#[derive(Debug)]
pub(super) enum Filter {
    Compare(usize, Kind, Vec<Ordering>, Key),
    In(usize, Kind, Vec<Key>),
    Like(usize, Regex),
    IsNull(usize, bool),
    All(Vec<Filter>),
    Any(Vec<Filter>),
}

impl Filter {
    pub(super) fn parse(text: &str, columns: &[Column]) -> Result<Self, ApiError> {
        let failed = |error: &dyn std::fmt::Display| refused(&error.to_string());
        let mut parser = Parser::new(&GenericDialect {})
            .try_with_sql(text)
            .map_err(|error| failed(&error))?;
        let expr = parser.parse_expr().map_err(|error| failed(&error))?;
        let rest = parser.peek_token();
        if rest.token != Token::EOF {
            return Err(refused(&format!("`{rest}` is not expected")));
        }
        Self::read(&expr, columns)
    }

    pub(super) fn keeps(&self, row: &Row) -> bool {
        let value = |at: &usize, kind: &Kind| row.get(*at).and_then(|cell| Key::of(*kind, cell));
        match self {
            Self::Compare(at, kind, wanted, literal) => value(at, kind)
                .and_then(|value| value.compare(literal))
                .is_some_and(|order| wanted.contains(&order)),
            Self::In(at, kind, literals) => {
                value(at, kind).is_some_and(|value| literals.contains(&value))
            }
            Self::Like(at, pattern) => row
                .get(*at)
                .and_then(|cell| cell.as_str())
                .is_some_and(|text| pattern.is_match(text)),
            Self::IsNull(at, wanted) => row.get(*at).is_some_and(|cell| cell.is_null() == *wanted),
            Self::All(filters) => filters.iter().all(|filter| filter.keeps(row)),
            Self::Any(filters) => filters.iter().any(|filter| filter.keeps(row)),
        }
    }

    fn read(expr: &Expr, columns: &[Column]) -> Result<Self, ApiError> {
        match expr {
            Expr::Nested(inner) => Self::read(inner, columns),
            Expr::BinaryOp {
                op: BinaryOperator::And,
                ..
            } => Self::list(expr, &BinaryOperator::And, columns).map(Self::All),
            Expr::BinaryOp {
                op: BinaryOperator::Or,
                ..
            } => Self::list(expr, &BinaryOperator::Or, columns).map(Self::Any),
            Expr::BinaryOp { left, op, right } => {
                let wanted = match op {
                    BinaryOperator::Eq => vec![Ordering::Equal],
                    BinaryOperator::NotEq => vec![Ordering::Less, Ordering::Greater],
                    BinaryOperator::Lt => vec![Ordering::Less],
                    BinaryOperator::LtEq => vec![Ordering::Less, Ordering::Equal],
                    BinaryOperator::Gt => vec![Ordering::Greater],
                    BinaryOperator::GtEq => vec![Ordering::Greater, Ordering::Equal],
                    other => return Err(refused(&format!("`{other}` is no comparison"))),
                };
                let (at, column) = named(left, columns)?;
                let kind = kind(column)?;
                Ok(Self::Compare(
                    at,
                    kind,
                    wanted,
                    literal(right, kind, column)?,
                ))
            }
            Expr::InList {
                expr,
                list,
                negated: false,
            } => {
                let (at, column) = named(expr, columns)?;
                let kind = kind(column)?;
                let literals = list.iter().map(|item| literal(item, kind, column));
                Ok(Self::In(at, kind, literals.collect::<Result<_, _>>()?))
            }
            Expr::Like {
                negated: false,
                any: false,
                expr,
                pattern,
                escape_char: None,
            } => {
                let (at, column) = named(expr, columns)?;
                if kind(column)? != Kind::Text {
                    let text = format!(
                        "`{}` is {}, and LIKE is for text",
                        column.name, column.data_type
                    );
                    return Err(refused(&text));
                }
                match literal(pattern, Kind::Text, column)? {
                    Key::Text(pattern) => Ok(Self::Like(at, like(&pattern)?)),
                    _ => Err(refused("LIKE takes text")),
                }
            }
            Expr::IsNull(expr) => Ok(Self::IsNull(named(expr, columns)?.0, true)),
            Expr::IsNotNull(expr) => Ok(Self::IsNull(named(expr, columns)?.0, false)),
            Expr::InList { negated: true, .. } => Err(refused("NOT IN is not supported")),
            Expr::Like { negated: true, .. } => Err(refused("NOT LIKE is not supported")),
            Expr::UnaryOp {
                op: UnaryOperator::Not,
                ..
            } => Err(refused("NOT is not supported")),
            other => Err(refused(&format!(
                "`{other}` is no comparison of a column and a literal"
            ))),
        }
    }

    /// What one operator joins. `a OR b OR c ..` is a tree as deep as it is long: it is walked, not called into.
    fn list(
        mut expr: &Expr,
        joined_by: &BinaryOperator,
        columns: &[Column],
    ) -> Result<Vec<Self>, ApiError> {
        let mut filters = Vec::new();
        while let Expr::BinaryOp { left, op, right } = expr
            && op == joined_by
        {
            filters.push(Self::read(right, columns)?);
            expr = left;
        }
        filters.push(Self::read(expr, columns)?);
        filters.reverse();
        Ok(filters)
    }
}

fn refused(reason: &str) -> ApiError {
    ApiError::bad_request(format!("invalid filters: {reason}"))
}

fn kind(column: &Column) -> Result<Kind, ApiError> {
    Kind::of(&column.data_type).ok_or_else(|| {
        refused(&format!(
            "`{}` is {}, which cannot be compared",
            column.name, column.data_type
        ))
    })
}

fn named<'a>(expr: &Expr, columns: &'a [Column]) -> Result<(usize, &'a Column), ApiError> {
    let Expr::Identifier(Ident { value, .. }) = expr else {
        return Err(refused(&format!("`{expr}` is no column")));
    };
    let at = column(value, columns)?;
    columns
        .get(at)
        .map(|column| (at, column))
        .ok_or_else(|| refused(&format!("`{value}` is no column")))
}

/// A literal as a value of the column's type; one of another type is refused, for it would never be equal.
fn literal(expr: &Expr, kind: Kind, column: &Column) -> Result<Key, ApiError> {
    let misfit = || {
        refused(&format!(
            "`{expr}` cannot be compared with `{}`, which is {}",
            column.name, column.data_type
        ))
    };
    let (text, is_number) = match expr {
        Expr::Value(value) => match &value.value {
            Value::Number(text, _) => (text.clone(), true),
            Value::SingleQuotedString(text) => (text.clone(), false),
            Value::HexStringLiteral(hex) => (format!("0x{}", hex.to_ascii_lowercase()), false),
            Value::Boolean(value) if kind == Kind::Boolean => return Ok(Key::Boolean(*value)),
            _ => return Err(misfit()),
        },
        Expr::UnaryOp {
            op: UnaryOperator::Minus,
            expr: number,
        } => match number.as_ref() {
            Expr::Value(value) => match &value.value {
                Value::Number(text, _) => (format!("-{text}"), true),
                _ => return Err(misfit()),
            },
            _ => return Err(misfit()),
        },
        _ => return Err(misfit()),
    };
    match (kind, is_number) {
        // An exponent could make a number of a billion digits.
        (Kind::Exact, true) if !text.contains(['e', 'E']) => {
            text.parse().map(Key::Exact).map_err(|_| misfit())
        }
        (Kind::Float, true) => text.parse().map(Key::Float).map_err(|_| misfit()),
        (Kind::Moment, false) => Ok(Key::Text(moment(&text))),
        (Kind::Text, false) if column.data_type == "varbinary" => {
            Ok(Key::Text(text.to_ascii_lowercase()))
        }
        (Kind::Text, false) => Ok(Key::Text(text)),
        _ => Err(misfit()),
    }
}

/// `%` is any text, `_` any one character.
fn like(pattern: &str) -> Result<Regex, ApiError> {
    let mut regex = String::from("(?s)^");
    for character in pattern.chars() {
        match character {
            '%' => regex.push_str(".*"),
            '_' => regex.push('.'),
            other => regex.push_str(&regex::escape(other.encode_utf8(&mut [0; 4]))),
        }
    }
    regex.push('$');
    Regex::new(&regex).map_err(|error| refused(&error.to_string()))
}
