//! The values of one column while a page is read: in Arrow's own form from the start, and nothing else beside it.

use std::sync::Arc;

use arrow_array::types::{
    Date32Type, Decimal128Type, Decimal256Type, Float32Type, Float64Type, Int8Type, Int16Type,
    Int32Type, Int64Type, Time32MillisecondType, Time64MicrosecondType, Time64NanosecondType,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
};
use arrow_array::{
    ArrayRef, ArrowPrimitiveType, BinaryArray, BooleanArray, ListArray, MapArray, PrimitiveArray,
    StringArray, StructArray,
};
use arrow_buffer::{
    ArrowNativeType, BooleanBufferBuilder, NullBufferBuilder, OffsetBuffer, ScalarBuffer, i256,
};
use arrow_schema::{ArrowError, DataType, FieldRef, TimeUnit};

use super::schema::Kind;

/// The values of a column.
pub(super) struct Store {
    pub(super) kind: Kind,
    pub(super) values: Values,
    nulls: NullBufferBuilder,
}

/// The values themselves; where there is none, something stands in its place.
pub(super) enum Values {
    Boolean(BooleanBufferBuilder),
    Int8(Vec<i8>),
    Int16(Vec<i16>),
    Int32(Vec<i32>),
    Int64(Vec<i64>),
    Int128(Vec<i128>),
    Int256(Vec<i256>),
    Float32(Vec<f32>),
    Float64(Vec<f64>),
    /// Texts or bytes one behind the other, and where each of them ends.
    Bytes(Vec<u8>, Vec<i32>),
    /// The items of all lists, and where each list ends.
    List(Box<Store>, Vec<i32>),
    /// The keys and the values of all maps, and where each map ends.
    Map(Box<Store>, Box<Store>, Vec<i32>),
    Struct(Vec<Store>),
}

impl Store {
    pub(super) fn new(kind: &Kind, rows: usize) -> Store {
        let offsets = || {
            let mut ends = Vec::with_capacity(rows + 1);
            ends.push(0);
            ends
        };
        let values = match kind {
            Kind::Boolean => Values::Boolean(BooleanBufferBuilder::new(rows)),
            Kind::Integer(8) => Values::Int8(Vec::with_capacity(rows)),
            Kind::Integer(16) => Values::Int16(Vec::with_capacity(rows)),
            Kind::Integer(32) | Kind::Date => Values::Int32(Vec::with_capacity(rows)),
            Kind::Time(TimeUnit::Millisecond) => Values::Int32(Vec::with_capacity(rows)),
            Kind::Integer(_) | Kind::Time(_) | Kind::Timestamp { .. } => {
                Values::Int64(Vec::with_capacity(rows))
            }
            Kind::Real => Values::Float32(Vec::with_capacity(rows)),
            Kind::Double => Values::Float64(Vec::with_capacity(rows)),
            Kind::Decimal { precision, .. } if *precision <= 38 => {
                Values::Int128(Vec::with_capacity(rows))
            }
            Kind::Decimal { .. } => Values::Int256(Vec::with_capacity(rows)),
            Kind::Text | Kind::Other | Kind::Varbinary => Values::Bytes(Vec::new(), offsets()),
            Kind::List(item) => Values::List(Box::new(Store::new(item, rows)), offsets()),
            Kind::Map(key, value) => Values::Map(
                Box::new(Store::new(key, rows)),
                Box::new(Store::new(value, rows)),
                offsets(),
            ),
            Kind::Struct(fields) => {
                let fields = fields.iter().map(|(_, kind)| Store::new(kind, rows));
                Values::Struct(fields.collect())
            }
        };
        Store {
            kind: kind.clone(),
            values,
            nulls: NullBufferBuilder::new(rows),
        }
    }

    /// How many values there are, nulls too.
    pub(super) fn len(&self) -> usize {
        self.nulls.len()
    }

    pub(super) fn push_null(&mut self) {
        match &mut self.values {
            Values::Boolean(values) => values.append(false),
            Values::Int8(values) => values.push(0),
            Values::Int16(values) => values.push(0),
            Values::Int32(values) => values.push(0),
            Values::Int64(values) => values.push(0),
            Values::Int128(values) => values.push(0),
            Values::Int256(values) => values.push(i256::ZERO),
            Values::Float32(values) => values.push(0.0),
            Values::Float64(values) => values.push(0.0),
            Values::Bytes(_, ends) | Values::List(_, ends) | Values::Map(_, _, ends) => {
                let end = ends.last().copied().unwrap_or(0);
                ends.push(end);
            }
            Values::Struct(fields) => fields.iter_mut().for_each(Store::push_null),
        }
        self.nulls.append_null();
    }

    /// Says that a value was put into [`values`](Store::values).
    pub(super) fn pushed(&mut self) {
        self.nulls.append_non_null();
    }

    /// Ends a text, a list or a map where its parts end now; `false` where no offset of Arrow's reaches.
    pub(super) fn end(&mut self) -> bool {
        let (length, ends) = match &mut self.values {
            Values::Bytes(bytes, ends) => (bytes.len(), ends),
            Values::List(items, ends) => (items.len(), ends),
            Values::Map(keys, _, ends) => (keys.len(), ends),
            _ => return false,
        };
        let Ok(end) = i32::try_from(length) else {
            return false;
        };
        ends.push(end);
        self.pushed();
        true
    }

    /// The column as Arrow has it.
    pub(super) fn finish(mut self, data_type: &DataType) -> Result<ArrayRef, ArrowError> {
        let nulls = self.nulls.finish();
        Ok(match (self.values, data_type) {
            (Values::Boolean(mut values), DataType::Boolean) => {
                Arc::new(BooleanArray::new(values.finish(), nulls))
            }
            (Values::Int8(values), DataType::Int8) => primitive::<Int8Type>(values, nulls)?,
            (Values::Int16(values), DataType::Int16) => primitive::<Int16Type>(values, nulls)?,
            (Values::Int32(values), DataType::Int32) => primitive::<Int32Type>(values, nulls)?,
            (Values::Int32(values), DataType::Date32) => primitive::<Date32Type>(values, nulls)?,
            (Values::Int32(values), DataType::Time32(_)) => {
                primitive::<Time32MillisecondType>(values, nulls)?
            }
            (Values::Int64(values), DataType::Int64) => primitive::<Int64Type>(values, nulls)?,
            (Values::Int64(values), DataType::Time64(TimeUnit::Microsecond)) => {
                primitive::<Time64MicrosecondType>(values, nulls)?
            }
            (Values::Int64(values), DataType::Time64(_)) => {
                primitive::<Time64NanosecondType>(values, nulls)?
            }
            (Values::Int64(values), DataType::Timestamp(unit, zone)) => {
                let (values, zone) = (ScalarBuffer::from(values), zone.clone());
                match unit {
                    TimeUnit::Microsecond => Arc::new(
                        PrimitiveArray::<TimestampMicrosecondType>::try_new(values, nulls)?
                            .with_timezone_opt(zone),
                    ),
                    TimeUnit::Nanosecond => Arc::new(
                        PrimitiveArray::<TimestampNanosecondType>::try_new(values, nulls)?
                            .with_timezone_opt(zone),
                    ),
                    _ => Arc::new(
                        PrimitiveArray::<TimestampMillisecondType>::try_new(values, nulls)?
                            .with_timezone_opt(zone),
                    ),
                }
            }
            (Values::Int128(values), DataType::Decimal128(precision, scale)) => Arc::new(
                PrimitiveArray::<Decimal128Type>::try_new(values.into(), nulls)?
                    .with_precision_and_scale(*precision, *scale)?,
            ),
            (Values::Int256(values), DataType::Decimal256(precision, scale)) => Arc::new(
                PrimitiveArray::<Decimal256Type>::try_new(values.into(), nulls)?
                    .with_precision_and_scale(*precision, *scale)?,
            ),
            (Values::Float32(values), DataType::Float32) => {
                primitive::<Float32Type>(values, nulls)?
            }
            (Values::Float64(values), DataType::Float64) => {
                primitive::<Float64Type>(values, nulls)?
            }
            (Values::Bytes(bytes, ends), DataType::Utf8) => Arc::new(StringArray::try_new(
                OffsetBuffer::new(ends.into()),
                bytes.into(),
                nulls,
            )?),
            (Values::Bytes(bytes, ends), DataType::Binary) => Arc::new(BinaryArray::try_new(
                OffsetBuffer::new(ends.into()),
                bytes.into(),
                nulls,
            )?),
            (Values::List(items, ends), DataType::List(item)) => Arc::new(ListArray::try_new(
                item.clone(),
                OffsetBuffer::new(ends.into()),
                items.finish(item.data_type())?,
                nulls,
            )?),
            (Values::Map(keys, values, ends), DataType::Map(entry, sorted)) => {
                let DataType::Struct(fields) = entry.data_type() else {
                    return Err(odd(data_type));
                };
                let pair = |at: usize, store: Box<Store>| {
                    let field: &FieldRef = fields.get(at).ok_or_else(|| odd(data_type))?;
                    store.finish(field.data_type())
                };
                let columns = vec![pair(0, keys)?, pair(1, values)?];
                let entries = StructArray::try_new(fields.clone(), columns, None)?;
                Arc::new(MapArray::try_new(
                    entry.clone(),
                    OffsetBuffer::new(ends.into()),
                    entries,
                    nulls,
                    *sorted,
                )?)
            }
            (Values::Struct(stores), DataType::Struct(fields)) => {
                let length = nulls.as_ref().map_or_else(
                    || stores.first().map_or(0, Store::len),
                    arrow_buffer::NullBuffer::len,
                );
                let columns = stores.into_iter().zip(fields);
                let columns = columns.map(|(store, field)| store.finish(field.data_type()));
                let columns: Vec<ArrayRef> = columns.collect::<Result<_, _>>()?;
                Arc::new(StructArray::try_new_with_length(
                    fields.clone(),
                    columns,
                    nulls,
                    length,
                )?)
            }
            _ => return Err(odd(data_type)),
        })
    }
}

fn primitive<T: ArrowPrimitiveType>(
    values: Vec<T::Native>,
    nulls: Option<arrow_buffer::NullBuffer>,
) -> Result<ArrayRef, ArrowError>
where
    T::Native: ArrowNativeType,
{
    Ok(Arc::new(PrimitiveArray::<T>::try_new(
        values.into(),
        nulls,
    )?))
}

/// Stores and fields are made from the same type, so this is not met.
fn odd(data_type: &DataType) -> ArrowError {
    ArrowError::SchemaError(format!("the values are no {data_type}"))
}
