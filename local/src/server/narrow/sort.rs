//! Dune's `sort_by`: columns with commas between them, each ascending unless it says `desc`.
//! NULLs come last both ways, as in Trino; rows that are alike keep their order.

use std::cmp::Ordering;

use datafusion::sql::sqlparser::ast::{Expr, OrderByExpr};
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::parser::Parser;
use datafusion::sql::sqlparser::tokenizer::Token;

use super::column;
use super::key::{Key, Kind};
use crate::engine::{Column, Row};
use crate::server::error::ApiError;

/// An order that fits a result's columns.
#[derive(Debug)]
pub(super) struct Sort(Vec<By>);

#[derive(Debug)]
struct By {
    column: usize,
    kind: Kind,
    descending: bool,
    nulls_first: bool,
}

impl Sort {
    pub(super) fn parse(text: &str, columns: &[Column]) -> Result<Self, ApiError> {
        let mut parser = Parser::new(&GenericDialect {})
            .try_with_sql(text)
            .map_err(|error| refused(&error.to_string()))?;
        let terms = parser
            .parse_comma_separated(Parser::parse_order_by_expr)
            .map_err(|error| refused(&error.to_string()))?;
        let rest = parser.peek_token();
        if rest.token != Token::EOF {
            return Err(refused(&format!("`{rest}` is not expected")));
        }
        let by = terms.iter().map(|term| By::read(term, columns));
        by.collect::<Result<_, _>>().map(Self)
    }

    pub(super) fn sorted(&self, rows: Vec<Row>) -> Vec<Row> {
        let mut keyed: Vec<(Vec<Option<Key>>, Row)> =
            rows.into_iter().map(|row| (self.keys(&row), row)).collect();
        keyed.sort_by(|(one, _), (other, _)| self.order(one, other));
        keyed.into_iter().map(|(_, row)| row).collect()
    }

    fn keys(&self, row: &Row) -> Vec<Option<Key>> {
        let key = |by: &By| row.get(by.column).and_then(|value| Key::of(by.kind, value));
        self.0.iter().map(key).collect()
    }

    fn order(&self, one: &[Option<Key>], other: &[Option<Key>]) -> Ordering {
        let orders = self.0.iter().zip(one.iter().zip(other));
        orders
            .map(|(by, (one, other))| by.order(one.as_ref(), other.as_ref()))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }
}

impl By {
    fn read(term: &OrderByExpr, columns: &[Column]) -> Result<Self, ApiError> {
        let Expr::Identifier(name) = &term.expr else {
            return Err(refused(&format!("`{}` is no column", term.expr)));
        };
        let at = column(&name.value, columns)?;
        let found = columns.get(at);
        let kind = found.and_then(|column| Kind::of(&column.data_type));
        let kind = kind.ok_or_else(|| refused(&format!("`{name}` has no order")))?;
        Ok(Self {
            column: at,
            kind,
            descending: term.options.asc == Some(false),
            nulls_first: term.options.nulls_first == Some(true),
        })
    }

    fn order(&self, one: Option<&Key>, other: Option<&Key>) -> Ordering {
        match (one, other) {
            (Some(one), Some(other)) if self.descending => other.order(one),
            (Some(one), Some(other)) => one.order(other),
            (one, other) if self.nulls_first => one.is_some().cmp(&other.is_some()),
            (one, other) => one.is_none().cmp(&other.is_none()),
        }
    }
}

fn refused(reason: &str) -> ApiError {
    ApiError::bad_request(format!("invalid sort_by: {reason}"))
}
