//! The schema of a result: for each of Dune's types the type of Arrow's that holds every value of it.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_schema::{DataType, Field, FieldRef, Fields, Schema, TimeUnit};

use super::dune_type::DuneType;
use crate::rows::page::Column;

/// The key of a field's metadata that holds the type as Dune names it.
pub(super) const DUNE_TYPE: &str = "dune.type";

/// How the values of a column are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Boolean,
    /// Of so many bits.
    Integer(u8),
    Real,
    Double,
    Decimal {
        precision: u8,
        scale: u8,
    },
    Varbinary,
    Date,
    Time(TimeUnit),
    Timestamp {
        unit: TimeUnit,
        zone: bool,
    },
    Text,
    Other,
    List(Box<Kind>),
    Map(Box<Kind>, Box<Kind>),
    Struct(Vec<(String, Kind)>),
}

/// The schema of these columns, and how each is kept.
pub(super) fn of_columns(columns: &[Column]) -> (Arc<Schema>, Vec<Kind>) {
    let mut fields = Vec::with_capacity(columns.len());
    let mut kinds = Vec::with_capacity(columns.len());
    for column in columns {
        let kind = Kind::of(DuneType::parse(&column.column_type));
        let field = Field::new(&column.name, kind.data_type(), true);
        let known_as = HashMap::from([(DUNE_TYPE.to_owned(), column.column_type.clone())]);
        fields.push(field.with_metadata(known_as));
        kinds.push(kind);
    }
    (Arc::new(Schema::new(fields)), kinds)
}

impl Kind {
    fn of(data_type: DuneType) -> Kind {
        match data_type {
            DuneType::Boolean => Kind::Boolean,
            DuneType::Integer(bits) => Kind::Integer(bits),
            DuneType::Real => Kind::Real,
            DuneType::Double => Kind::Double,
            DuneType::Decimal { precision, scale } => Kind::Decimal { precision, scale },
            DuneType::Varbinary => Kind::Varbinary,
            DuneType::Date => Kind::Date,
            DuneType::Time(digits) => unit(digits).map_or(Kind::Text, Kind::Time),
            DuneType::Timestamp { digits, zone } => {
                unit(digits).map_or(Kind::Text, |unit| Kind::Timestamp { unit, zone })
            }
            DuneType::Array(item) => Kind::List(Box::new(Kind::of(*item))),
            DuneType::Map(key, value) => {
                Kind::Map(Box::new(Kind::of(*key)), Box::new(Kind::of(*value)))
            }
            DuneType::Row(fields) => {
                let named = fields.into_iter().enumerate().map(|(at, (name, field))| {
                    // As Trino calls the fields of a row that have no names.
                    let name = name.unwrap_or_else(|| format!("field{at}"));
                    (name, Kind::of(field))
                });
                Kind::Struct(named.collect())
            }
            DuneType::Text => Kind::Text,
            DuneType::Other => Kind::Other,
        }
    }

    pub(super) fn data_type(&self) -> DataType {
        match self {
            Kind::Boolean => DataType::Boolean,
            Kind::Integer(8) => DataType::Int8,
            Kind::Integer(16) => DataType::Int16,
            Kind::Integer(32) => DataType::Int32,
            Kind::Integer(_) => DataType::Int64,
            Kind::Real => DataType::Float32,
            Kind::Double => DataType::Float64,
            Kind::Decimal { precision, scale } => {
                let scale = i8::try_from(*scale).unwrap_or(i8::MAX);
                match *precision <= 38 {
                    true => DataType::Decimal128(*precision, scale),
                    false => DataType::Decimal256(*precision, scale),
                }
            }
            Kind::Varbinary => DataType::Binary,
            Kind::Date => DataType::Date32,
            Kind::Time(TimeUnit::Millisecond) => DataType::Time32(TimeUnit::Millisecond),
            Kind::Time(unit) => DataType::Time64(*unit),
            Kind::Timestamp { unit, zone } => {
                DataType::Timestamp(*unit, zone.then(|| Arc::from("UTC")))
            }
            Kind::Text | Kind::Other => DataType::Utf8,
            Kind::List(item) => DataType::List(field("item", item, true)),
            Kind::Map(key, value) => {
                let entries =
                    Fields::from(vec![field("key", key, false), field("value", value, true)]);
                let entries = Field::new("entries", DataType::Struct(entries), false);
                DataType::Map(Arc::new(entries), false)
            }
            Kind::Struct(fields) => {
                let fields = fields.iter().map(|(name, kind)| field(name, kind, true));
                DataType::Struct(fields.collect())
            }
        }
    }
}

fn field(name: &str, kind: &Kind, nullable: bool) -> FieldRef {
    Arc::new(Field::new(name, kind.data_type(), nullable))
}

/// The unit that holds so many digits of a second; seconds alone are kept as milliseconds, for Parquet knows no others.
fn unit(digits: u8) -> Option<TimeUnit> {
    match digits {
        0..=3 => Some(TimeUnit::Millisecond),
        4..=6 => Some(TimeUnit::Microsecond),
        7..=9 => Some(TimeUnit::Nanosecond),
        _ => None,
    }
}
