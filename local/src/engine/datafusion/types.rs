//! Trino's types: how they are spelled, how they are kept in Arrow, and what coerces to what.

use std::{fmt, sync::Arc};

use datafusion::arrow::datatypes::{DataType, Field, Fields, TimeUnit};

/// A type of Trino.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Type {
    /// The type of a bare NULL.
    Unknown,
    Boolean,
    Tinyint,
    Smallint,
    Integer,
    Bigint,
    Real,
    Double,
    Decimal(u8, u8),
    /// With its length, if it has one.
    Varchar(Option<u32>),
    Char(u32),
    Varbinary,
    /// Dune's own: an integer of 256 bits without a sign.
    Uint256,
    /// Dune's own: an integer of 256 bits.
    Int256,
    Json,
    Date,
    /// Digits of the second, at most 6.
    Time(u8),
    Timestamp(u8),
    /// Digits of the second and the zone in which all its values are. (Trino keeps a zone a value.)
    TimestampTz(u8, Zone),
    IntervalDay,
    IntervalMonth,
    Array(Box<Type>),
    Map(Box<Type>, Box<Type>),
    Row(Vec<(Option<String>, Type)>),
    /// In signatures of functions: any type, the same for each letter.
    Var(char),
    /// In signatures of functions: a decimal of any size.
    AnyDecimal,
}

/// The name of a time zone, `UTC` in most cases.
pub(crate) type Zone = Arc<str>;

impl Type {
    pub(crate) const VARCHAR: Self = Self::Varchar(None);

    pub(crate) fn array(element: Self) -> Self {
        Self::Array(Box::new(element))
    }

    pub(crate) fn map(key: Self, value: Self) -> Self {
        Self::Map(Box::new(key), Box::new(value))
    }

    pub(crate) fn timestamp_tz(precision: u8) -> Self {
        Self::TimestampTz(precision, "UTC".into())
    }

    pub(crate) fn is_integer(&self) -> bool {
        matches!(
            self,
            Self::Tinyint | Self::Smallint | Self::Integer | Self::Bigint
        )
    }

    pub(crate) fn is_float(&self) -> bool {
        matches!(self, Self::Real | Self::Double)
    }

    pub(crate) fn is_number(&self) -> bool {
        self.is_integer() || self.is_float() || matches!(self, Self::Decimal(..))
    }

    /// Whether it is one of Dune's integers of 256 bits, which are no numbers to Trino.
    pub(crate) fn is_wide(&self) -> bool {
        matches!(self, Self::Uint256 | Self::Int256)
    }

    pub(crate) fn is_text(&self) -> bool {
        matches!(self, Self::Varchar(_) | Self::Char(_))
    }

    pub(crate) fn is_time(&self) -> bool {
        matches!(
            self,
            Self::Date | Self::Timestamp(_) | Self::TimestampTz(..)
        )
    }

    pub(crate) fn is_nested(&self) -> bool {
        matches!(self, Self::Array(_) | Self::Map(..) | Self::Row(_))
    }

    /// Whether values can be put in order.
    pub(crate) fn is_orderable(&self) -> bool {
        match self {
            Self::Map(..) | Self::Json => false,
            Self::Array(element) => element.is_orderable(),
            Self::Row(fields) => fields.iter().all(|(_, field)| field.is_orderable()),
            _ => true,
        }
    }

    /// The digits and the scale of a decimal that holds every value of this integer type or decimal.
    pub(crate) fn as_decimal(&self) -> Option<(u8, u8)> {
        match self {
            Self::Tinyint => Some((3, 0)),
            Self::Smallint => Some((5, 0)),
            Self::Integer => Some((10, 0)),
            Self::Bigint => Some((19, 0)),
            Self::Decimal(precision, scale) => Some((*precision, *scale)),
            _ => None,
        }
    }

    /// How values are kept in Arrow. Times are microseconds, maps lists of entries.
    pub(crate) fn arrow(&self) -> DataType {
        match self {
            Self::Unknown | Self::Boolean | Self::Var(_) | Self::AnyDecimal => DataType::Boolean,
            Self::Tinyint => DataType::Int8,
            Self::Smallint => DataType::Int16,
            Self::Integer | Self::IntervalMonth => DataType::Int32,
            Self::Bigint | Self::IntervalDay | Self::Time(_) => DataType::Int64,
            Self::Real => DataType::Float32,
            Self::Double => DataType::Float64,
            Self::Decimal(precision, scale) => {
                DataType::Decimal128(*precision, i8::try_from(*scale).unwrap_or(38))
            }
            Self::Varchar(_) | Self::Char(_) | Self::Json => DataType::Utf8,
            Self::Varbinary | Self::Uint256 | Self::Int256 => DataType::Binary,
            Self::Date => DataType::Date32,
            Self::Timestamp(_) => DataType::Timestamp(TimeUnit::Microsecond, None),
            Self::TimestampTz(..) => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            Self::Array(element) => {
                DataType::List(Arc::new(Field::new("item", element.arrow(), true)))
            }
            Self::Map(key, value) => {
                DataType::List(Arc::new(Field::new("item", entry(key, value), true)))
            }
            Self::Row(fields) => DataType::Struct(row(fields.iter().map(|(_, ty)| ty))),
        }
    }
}

fn entry(key: &Type, value: &Type) -> DataType {
    DataType::Struct(row([key, value]))
}

fn row<'a>(types: impl IntoIterator<Item = &'a Type>) -> Fields {
    types
        .into_iter()
        .enumerate()
        .map(|(i, ty)| Field::new(format!("f{i}"), ty.arrow(), true))
        .collect()
}

/// The type that both coerce to, as in `coalesce(a, b)`.
pub(crate) fn common(a: &Type, b: &Type) -> Option<Type> {
    use Type::{
        Array, Bigint, Char, Date, Decimal, Double, Integer, Map, Real, Row, Smallint, Timestamp,
        TimestampTz, Tinyint, Unknown, Varchar,
    };
    if a == b {
        return Some(a.clone());
    }
    Some(match (a, b) {
        (Unknown, x) | (x, Unknown) => x.clone(),
        (x, y) if x.is_integer() && y.is_integer() => [Bigint, Integer, Smallint, Tinyint]
            .into_iter()
            .find(|t| t == x || t == y)?,
        (x, y) | (y, x) if x.is_wide() && y.is_integer() => x.clone(),
        (x, y) | (y, x) if x.is_wide() && y.is_float() => Double,
        (Double, x) | (x, Double) if x.is_number() => Double,
        (Real, x) | (x, Real) if x.is_number() => Real,
        (x, y) if x.is_number() && y.is_number() => {
            let ((p1, s1), (p2, s2)) = (x.as_decimal()?, y.as_decimal()?);
            let scale = s1.max(s2);
            Decimal(((p1 - s1).max(p2 - s2) + scale).min(38), scale)
        }
        (Varchar(x), Varchar(y)) => Varchar(x.zip(*y).map(|(x, y)| x.max(y))),
        (Char(x), Char(y)) => Char(*x.max(y)),
        (Char(x), Varchar(Some(y))) | (Varchar(Some(y)), Char(x)) => Char(*x.max(y)),
        (Char(_), Varchar(None)) | (Varchar(None), Char(_)) => Varchar(None),
        (Date, Timestamp(p)) | (Timestamp(p), Date) => Timestamp(*p),
        (Date, TimestampTz(p, z)) | (TimestampTz(p, z), Date) => TimestampTz(*p, z.clone()),
        (Timestamp(p), Timestamp(q)) => Timestamp(*p.max(q)),
        (Type::Time(p), Type::Time(q)) => Type::Time(*p.max(q)),
        (Timestamp(p), TimestampTz(q, z)) | (TimestampTz(q, z), Timestamp(p)) => {
            TimestampTz(*p.max(q), z.clone())
        }
        (TimestampTz(p, z), TimestampTz(q, y)) if z == y => TimestampTz(*p.max(q), z.clone()),
        (Array(x), Array(y)) => Type::array(common(x, y)?),
        (Map(k, v), Map(l, w)) => Type::map(common(k, l)?, common(v, w)?),
        (Row(x), Row(y)) if x.len() == y.len() => Row(x
            .iter()
            .zip(y)
            .map(|((n, t), (m, u))| Some((if n == m { n.clone() } else { None }, common(t, u)?)))
            .collect::<Option<_>>()?),
        _ => return None,
    })
}

/// Whether a value of `from` is taken where a `to` is wanted without being asked.
pub(crate) fn coerces(from: &Type, to: &Type) -> bool {
    match (from, to) {
        (Type::Varchar(_), Type::Varchar(_)) | (Type::Decimal(..), Type::AnyDecimal) => true,
        // A value in another zone stays the same instant.
        (Type::TimestampTz(p, _), Type::TimestampTz(q, _)) => p <= q,
        (Type::Array(a), Type::Array(b)) => coerces(a, b),
        (Type::Map(k, v), Type::Map(l, w)) => coerces(k, l) && coerces(v, w),
        (Type::Row(a), Type::Row(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|((_, a), (_, b))| coerces(a, b))
        }
        _ => common(from, to).is_some_and(|ty| ty == *to),
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("unknown"),
            Self::Boolean => f.write_str("boolean"),
            Self::Tinyint => f.write_str("tinyint"),
            Self::Smallint => f.write_str("smallint"),
            Self::Integer => f.write_str("integer"),
            Self::Bigint => f.write_str("bigint"),
            Self::Real => f.write_str("real"),
            Self::Double => f.write_str("double"),
            Self::Decimal(precision, scale) => write!(f, "decimal({precision},{scale})"),
            Self::Varchar(Some(length)) => write!(f, "varchar({length})"),
            Self::Varchar(None) => f.write_str("varchar"),
            Self::Char(length) => write!(f, "char({length})"),
            Self::Varbinary => f.write_str("varbinary"),
            Self::Uint256 => f.write_str("uint256"),
            Self::Int256 => f.write_str("int256"),
            Self::Json => f.write_str("json"),
            Self::Date => f.write_str("date"),
            Self::Time(precision) => write!(f, "time({precision})"),
            Self::Timestamp(precision) => write!(f, "timestamp({precision})"),
            Self::TimestampTz(precision, _) => write!(f, "timestamp({precision}) with time zone"),
            Self::IntervalDay => f.write_str("interval day to second"),
            Self::IntervalMonth => f.write_str("interval year to month"),
            Self::Array(element) => write!(f, "array({element})"),
            Self::Map(key, value) => write!(f, "map({key}, {value})"),
            Self::Row(fields) => {
                f.write_str("row(")?;
                for (i, (name, ty)) in fields.iter().enumerate() {
                    f.write_str(if i == 0 { "" } else { ", " })?;
                    if let Some(name) = name {
                        write!(f, "{name} ")?;
                    }
                    write!(f, "{ty}")?;
                }
                f.write_str(")")
            }
            Self::Var(letter) => write!(f, "{letter}"),
            Self::AnyDecimal => f.write_str("decimal"),
        }
    }
}
