//! Constants as they are written.

use datafusion::sql::sqlparser::ast::Value as Literal;

use super::{Result, Typed, literal};
use crate::engine::{
    SqlError,
    datafusion::{cast, text, type_text, types::Type, value::Value},
};

pub(super) fn constant(value: &Literal) -> Result<Typed> {
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

pub(super) fn number(digits: &str) -> Result<Typed> {
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
pub(super) fn typed_literal(ty: &str, text: &str) -> Result<Typed> {
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
            if !(to.is_number() || to.is_wide() || to == Type::Boolean) {
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
