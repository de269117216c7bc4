//! Values one by one, and how they go into Arrow's columns and come out again.

use std::{cmp::Ordering, sync::Arc};

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BinaryBuilder, BooleanArray, Date32Array, Decimal128Array,
    Float32Array, Float64Array, Int8Array, Int16Array, Int32Array, Int64Array, ListArray,
    StringBuilder, StructArray, TimestampMicrosecondArray,
};
use datafusion::arrow::buffer::{NullBuffer, OffsetBuffer};
use datafusion::arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, TimeUnit, TimestampMicrosecondType,
};
use datafusion::error::{DataFusionError, Result};

/// A value. What it means is said by its [`Type`](super::types::Type): a date is its days, a timestamp its microseconds, an
/// interval its milliseconds or months, a decimal its unscaled number, a map a list of rows of two.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Real(f32),
    Double(f64),
    Decimal(i128),
    Text(Arc<str>),
    Bytes(Arc<[u8]>),
    List(Vec<Value>),
}

impl Value {
    pub(crate) fn text(text: impl AsRef<str>) -> Self {
        Self::Text(text.as_ref().into())
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The order of two values of one type that are not NULL: NaN is above all.
    pub(crate) fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => a.cmp(b),
            (Self::Int(a), Self::Int(b)) => a.cmp(b),
            (Self::Real(a), Self::Real(b)) => order(f64::from(*a), f64::from(*b)),
            (Self::Double(a), Self::Double(b)) => order(*a, *b),
            (Self::Decimal(a), Self::Decimal(b)) => a.cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (Self::Bytes(a), Self::Bytes(b)) => a.cmp(b),
            (Self::List(a), Self::List(b)) => a
                .iter()
                .zip(b)
                .map(|(a, b)| a.order(b))
                .find(|o| o.is_ne())
                .unwrap_or(a.len().cmp(&b.len())),
            (Self::Null, Self::Null) => Ordering::Equal,
            (Self::Null, _) => Ordering::Greater,
            (_, Self::Null) => Ordering::Less,
            _ => Ordering::Equal,
        }
    }

    /// `self = other` as SQL says it: NaN equals nothing, and NULL inside may make the answer unknown.
    pub(crate) fn equals(&self, other: &Self) -> Option<bool> {
        match (self, other) {
            (Self::Null, _) | (_, Self::Null) => None,
            (Self::Double(a), Self::Double(b)) => Some(a == b),
            (Self::Real(a), Self::Real(b)) => Some(a == b),
            (Self::List(a), Self::List(b)) => {
                if a.len() != b.len() {
                    return Some(false);
                }
                let mut known = Some(true);
                for (a, b) in a.iter().zip(b) {
                    match a.equals(b) {
                        Some(true) => {}
                        Some(false) => return Some(false),
                        None => known = None,
                    }
                }
                known
            }
            _ => Some(self.order(other).is_eq()),
        }
    }

    /// The same value for DISTINCT and GROUP BY: NULL is NULL, NaN is NaN, -0.0 is 0.0.
    pub(crate) fn same(&self, other: &Self) -> bool {
        self.order(other).is_eq()
    }
}

fn order(a: f64, b: f64) -> Ordering {
    a.partial_cmp(&b)
        .unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
}

/// All values of a column.
pub(crate) fn from_array(array: &ArrayRef) -> Result<Vec<Value>> {
    macro_rules! read {
        ($values:expr, $make:expr) => {
            $values
                .iter()
                .map(|v| v.map_or(Value::Null, $make))
                .collect()
        };
    }
    Ok(match array.data_type() {
        DataType::Null => vec![Value::Null; array.len()],
        DataType::Boolean => read!(array.as_boolean(), Value::Bool),
        DataType::Int8 => read!(array.as_primitive::<Int8Type>(), |v| Value::Int(v.into())),
        DataType::Int16 => read!(array.as_primitive::<Int16Type>(), |v| Value::Int(v.into())),
        DataType::Int32 => read!(array.as_primitive::<Int32Type>(), |v| Value::Int(v.into())),
        DataType::Int64 => read!(array.as_primitive::<Int64Type>(), Value::Int),
        DataType::Float32 => read!(array.as_primitive::<Float32Type>(), Value::Real),
        DataType::Float64 => read!(array.as_primitive::<Float64Type>(), Value::Double),
        DataType::Decimal128(..) => read!(array.as_primitive::<Decimal128Type>(), Value::Decimal),
        DataType::Date32 => read!(array.as_primitive::<Date32Type>(), |v| Value::Int(v.into())),
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            read!(array.as_primitive::<TimestampMicrosecondType>(), Value::Int)
        }
        DataType::Utf8 => read!(array.as_string::<i32>(), |v| Value::Text(v.into())),
        DataType::Binary => read!(array.as_binary::<i32>(), |v| Value::Bytes(v.into())),
        DataType::List(_) => {
            let lists = array.as_list::<i32>();
            let values = from_array(lists.values())?;
            let offsets = lists.value_offsets();
            (0..lists.len())
                .map(|i| {
                    if lists.is_null(i) {
                        return Value::Null;
                    }
                    let bounds = offsets.get(i).zip(offsets.get(i + 1));
                    let range = bounds.map_or(0..0, |(a, b)| {
                        usize::try_from(*a).unwrap_or(0)..usize::try_from(*b).unwrap_or(0)
                    });
                    Value::List(values.get(range).unwrap_or_default().to_vec())
                })
                .collect()
        }
        DataType::Struct(_) => {
            let rows = array.as_struct();
            let columns = rows
                .columns()
                .iter()
                .map(from_array)
                .collect::<Result<Vec<_>>>()?;
            (0..rows.len())
                .map(|i| {
                    if rows.is_null(i) {
                        return Value::Null;
                    }
                    Value::List(
                        columns
                            .iter()
                            .map(|column| column.get(i).cloned().unwrap_or(Value::Null))
                            .collect(),
                    )
                })
                .collect()
        }
        other => return Err(DataFusionError::Internal(format!("no values of {other}"))),
    })
}

/// A column of these values.
pub(crate) fn to_array(values: &[Value], data_type: &DataType) -> Result<ArrayRef> {
    macro_rules! write {
        ($array:ty, $pattern:pat => $value:expr) => {
            values
                .iter()
                .map(|v| match v {
                    Value::Null => Ok(None),
                    $pattern => Ok(Some($value)),
                    other => Err(misfit(other, data_type)),
                })
                .collect::<Result<$array>>()?
        };
    }
    Ok(match data_type {
        DataType::Boolean => Arc::new(write!(BooleanArray, Value::Bool(v) => *v)),
        DataType::Int8 => Arc::new(
            write!(Int8Array, Value::Int(v) => i8::try_from(*v).map_err(|_| misfit(&Value::Int(*v), data_type))?),
        ),
        DataType::Int16 => Arc::new(
            write!(Int16Array, Value::Int(v) => i16::try_from(*v).map_err(|_| misfit(&Value::Int(*v), data_type))?),
        ),
        DataType::Int32 => Arc::new(
            write!(Int32Array, Value::Int(v) => i32::try_from(*v).map_err(|_| misfit(&Value::Int(*v), data_type))?),
        ),
        DataType::Int64 => Arc::new(write!(Int64Array, Value::Int(v) => *v)),
        DataType::Float32 => {
            Arc::new(write!(Float32Array, Value::Real(v) => if v.is_nan() { f32::NAN } else { *v }))
        }
        DataType::Float64 => Arc::new(
            write!(Float64Array, Value::Double(v) => if v.is_nan() { f64::NAN } else { *v }),
        ),
        DataType::Date32 => Arc::new(
            write!(Date32Array, Value::Int(v) => i32::try_from(*v).map_err(|_| misfit(&Value::Int(*v), data_type))?),
        ),
        DataType::Timestamp(TimeUnit::Microsecond, zone) => Arc::new(
            write!(TimestampMicrosecondArray, Value::Int(v) => *v).with_timezone_opt(zone.clone()),
        ),
        DataType::Decimal128(precision, scale) => Arc::new(
            write!(Decimal128Array, Value::Decimal(v) => *v)
                .with_precision_and_scale(*precision, *scale)?,
        ),
        DataType::Utf8 => {
            let mut builder = StringBuilder::new();
            for value in values {
                match value {
                    Value::Null => builder.append_null(),
                    Value::Text(text) => builder.append_value(text),
                    other => return Err(misfit(other, data_type)),
                }
            }
            Arc::new(builder.finish())
        }
        DataType::Binary => {
            let mut builder = BinaryBuilder::new();
            for value in values {
                match value {
                    Value::Null => builder.append_null(),
                    Value::Bytes(bytes) => builder.append_value(bytes),
                    other => return Err(misfit(other, data_type)),
                }
            }
            Arc::new(builder.finish())
        }
        DataType::List(field) => {
            let (mut inner, mut lengths, mut valid) = (Vec::new(), Vec::new(), Vec::new());
            for value in values {
                let list = match value {
                    Value::Null => None,
                    Value::List(list) => Some(list),
                    other => return Err(misfit(other, data_type)),
                };
                valid.push(list.is_some());
                lengths.push(list.map_or(0, Vec::len));
                inner.extend(list.into_iter().flatten().cloned());
            }
            let inner = to_array(&inner, field.data_type())?;
            let offsets = OffsetBuffer::<i32>::from_lengths(lengths);
            Arc::new(ListArray::try_new(
                field.clone(),
                offsets,
                inner,
                Some(NullBuffer::from(valid)),
            )?)
        }
        DataType::Struct(fields) => {
            let mut columns = vec![Vec::with_capacity(values.len()); fields.len()];
            let mut valid = Vec::with_capacity(values.len());
            for value in values {
                let row = match value {
                    Value::Null => None,
                    Value::List(row) => Some(row),
                    other => return Err(misfit(other, data_type)),
                };
                valid.push(row.is_some());
                for (i, column) in columns.iter_mut().enumerate() {
                    column.push(
                        row.and_then(|row| row.get(i))
                            .cloned()
                            .unwrap_or(Value::Null),
                    );
                }
            }
            let columns = columns
                .iter()
                .zip(fields.iter())
                .map(|(column, field)| to_array(column, field.data_type()))
                .collect::<Result<Vec<_>>>()?;
            Arc::new(StructArray::try_new(
                fields.clone(),
                columns,
                Some(NullBuffer::from(valid)),
            )?)
        }
        other => return Err(DataFusionError::Internal(format!("no column of {other}"))),
    })
}

fn misfit(value: &Value, data_type: &DataType) -> DataFusionError {
    DataFusionError::Internal(format!(
        "{value:?} does not go into a column of {data_type}"
    ))
}
