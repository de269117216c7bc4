//! A cell of a row, read from its JSON into the column it belongs to. What does not fit the column's type is an error that
//! says what was expected.

use std::fmt;

use arrow_schema::TimeUnit;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor};
use serde_json::value::RawValue;

use super::scalar;
use super::schema::Kind;
use super::store::{Store, Values};
use crate::rows::varbinary;

/// Puts one value behind those of a column.
pub(super) struct Cell<'s>(pub(super) &'s mut Store);

impl<'de> DeserializeSeed<'de> for Cell<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.0.kind {
            Kind::Other => {
                let raw = <&RawValue>::deserialize(deserializer)?;
                self.push_json(raw.get())
            }
            _ => deserializer.deserialize_any(self),
        }
    }
}

impl Cell<'_> {
    /// Text as it is, null as null, everything else as its JSON.
    fn push_json<E: Error>(self, json: &str) -> Result<(), E> {
        match json.as_bytes().first() {
            Some(b'n') => {
                self.0.push_null();
                Ok(())
            }
            Some(b'"') => {
                let text: String = serde_json::from_str(json).map_err(E::custom)?;
                self.push_bytes(text.as_bytes())
            }
            _ => self.push_bytes(json.as_bytes()),
        }
    }

    fn push_bytes<E: Error>(self, added: &[u8]) -> Result<(), E> {
        if let Values::Bytes(bytes, _) = &mut self.0.values {
            bytes.extend_from_slice(added);
        }
        self.end()
    }

    fn end<E: Error>(self) -> Result<(), E> {
        match self.0.end() {
            true => Ok(()),
            false => Err(E::custom(
                "the column holds more than 2 GiB on one page: ask for smaller pages",
            )),
        }
    }

    /// A whole number, where the column holds such ones.
    fn push_integer<E: Error>(self, number: i128, unexpected: Unexpected<'_>) -> Result<(), E> {
        macro_rules! narrow {
            ($values:ident) => {
                number.try_into().ok().map(|number| $values.push(number))
            };
        }
        let pushed = match (&self.0.kind, &mut self.0.values) {
            (Kind::Integer(_), Values::Int8(values)) => narrow!(values),
            (Kind::Integer(_), Values::Int16(values)) => narrow!(values),
            (Kind::Integer(_), Values::Int32(values)) => narrow!(values),
            (Kind::Integer(_), Values::Int64(values)) => narrow!(values),
            (Kind::Real | Kind::Double | Kind::Decimal { .. } | Kind::Text, _) => {
                return self.visit_str(&number.to_string());
            }
            _ => None,
        };
        self.done(pushed, unexpected)
    }

    fn done<E: Error>(self, pushed: Option<()>, unexpected: Unexpected<'_>) -> Result<(), E> {
        match pushed {
            Some(()) => {
                self.0.pushed();
                Ok(())
            }
            None => Err(E::invalid_value(unexpected, &self)),
        }
    }
}

impl<'de> Visitor<'de> for Cell<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.kind {
            Kind::Boolean => f.write_str("true or false"),
            Kind::Integer(bits) => write!(f, "a whole number of {bits} bits"),
            Kind::Real | Kind::Double => f.write_str("a number"),
            Kind::Decimal { precision, scale } => {
                write!(
                    f,
                    "a number of {precision} digits, {scale} of them behind the point"
                )
            }
            Kind::Varbinary => f.write_str("a varbinary, as `0x1f`"),
            Kind::Date => f.write_str("a date, as `2024-03-05`"),
            Kind::Time(_) => f.write_str("a time of day, as `20:50:59.000`"),
            Kind::Timestamp { unit, .. } => {
                let digits = match unit {
                    TimeUnit::Microsecond => 6,
                    TimeUnit::Nanosecond => 9,
                    _ => 3,
                };
                write!(
                    f,
                    "a timestamp in UTC with at most {digits} digits of a second, as `2024-03-05 20:50:59.000 UTC`"
                )
            }
            Kind::Text | Kind::Other => f.write_str("text"),
            Kind::List(_) => f.write_str("a list"),
            Kind::Map(..) => f.write_str("a map"),
            Kind::Struct(fields) => write!(f, "a row of {} values", fields.len()),
        }
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.0.push_null();
        Ok(())
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        let pushed = match &mut self.0.values {
            Values::Boolean(values) => {
                values.append(value);
                Some(())
            }
            _ => None,
        };
        self.done(pushed, Unexpected::Bool(value))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        self.push_integer(number.into(), Unexpected::Signed(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        self.push_integer(number.into(), Unexpected::Unsigned(number))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        let pushed = match (&self.0.kind, &mut self.0.values) {
            (_, Values::Float64(values)) => {
                values.push(number);
                Some(())
            }
            // The shortest text of an `f32`, read as an `f64`, rounds back to it.
            (_, Values::Float32(values)) => {
                values.push(number as f32);
                Some(())
            }
            (Kind::Decimal { .. }, _) => return self.visit_str(&number.to_string()),
            _ => None,
        };
        self.done(pushed, Unexpected::Float(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        let parsed = match (&self.0.kind, &mut self.0.values) {
            (Kind::Text | Kind::Other, _) => return self.push_bytes(text.as_bytes()),
            (Kind::Varbinary, Values::Bytes(bytes, _)) => match varbinary::append(text, bytes) {
                Some(()) => return self.end(),
                None => None,
            },
            (Kind::Decimal { precision, scale }, Values::Int128(values)) => {
                let number = scalar::decimal128(text, *precision, *scale);
                number.map(|number| values.push(number))
            }
            (Kind::Decimal { precision, scale }, Values::Int256(values)) => {
                let number = scalar::decimal256(text, *precision, *scale);
                number.map(|number| values.push(number))
            }
            (Kind::Date, Values::Int32(values)) => scalar::date(text).map(|day| values.push(day)),
            (Kind::Time(unit), Values::Int32(values)) => scalar::time(text, *unit)
                .and_then(|time| i32::try_from(time).ok())
                .map(|time| values.push(time)),
            (Kind::Time(unit), Values::Int64(values)) => {
                scalar::time(text, *unit).map(|time| values.push(time))
            }
            (Kind::Timestamp { unit, .. }, Values::Int64(values)) => {
                scalar::timestamp(text, *unit).map(|time| values.push(time))
            }
            // Numbers that are none in JSON, and the keys of maps, which are always text.
            (_, Values::Float64(values)) => text.parse().ok().map(|number| values.push(number)),
            (_, Values::Float32(values)) => text.parse().ok().map(|number| values.push(number)),
            (_, Values::Int8(values)) => text.parse().ok().map(|number| values.push(number)),
            (_, Values::Int16(values)) => text.parse().ok().map(|number| values.push(number)),
            (_, Values::Int32(values)) => text.parse().ok().map(|number| values.push(number)),
            (_, Values::Int64(values)) => text.parse().ok().map(|number| values.push(number)),
            (_, Values::Boolean(values)) => text.parse().ok().map(|value| values.append(value)),
            _ => None,
        };
        self.done(parsed, Unexpected::Str(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        match &mut self.0.values {
            Values::List(store, _) => {
                while items.next_element_seed(Cell(store))?.is_some() {}
                self.end()
            }
            Values::Struct(fields) => {
                let count = fields.len();
                for (at, field) in fields.iter_mut().enumerate() {
                    if items.next_element_seed(Cell(field))?.is_none() {
                        return Err(A::Error::invalid_length(at, &self));
                    }
                }
                match items.next_element::<serde::de::IgnoredAny>()? {
                    Some(_) => Err(A::Error::invalid_length(count + 1, &self)),
                    None => {
                        self.0.pushed();
                        Ok(())
                    }
                }
            }
            _ => Err(A::Error::invalid_type(Unexpected::Seq, &self)),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        match &mut self.0.values {
            Values::Map(keys, values, _) => {
                while entries.next_key_seed(Cell(keys))?.is_some() {
                    entries.next_value_seed(Cell(values))?;
                }
                self.end()
            }
            _ => Err(A::Error::invalid_type(Unexpected::Map, &self)),
        }
    }
}
