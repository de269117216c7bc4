//! The rows of a page, read from their JSON into columns: each value goes where the name before it says.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_schema::{ArrowError, Schema};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::cell::Cell;
use super::schema::{Kind, of_columns};
use super::store::Store;
use crate::rows::misfit::Misfit;
use crate::rows::page::Column;

/// The columns of a result, and how each is kept.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub(super) columns: Vec<Column>,
    pub(super) schema: Arc<Schema>,
    kinds: Vec<Kind>,
    /// Where each name is.
    places: HashMap<String, usize>,
}

impl Table {
    pub(super) fn new(columns: Vec<Column>) -> Table {
        let (schema, kinds) = of_columns(&columns);
        let names = columns.iter().map(|column| column.name.clone());
        Table {
            places: names.zip(0..).collect(),
            columns,
            schema,
            kinds,
        }
    }

    /// Reads the rows of a page, up to so many.
    pub(super) fn read(
        &self,
        rows: &RawValue,
        expected: usize,
        wanted: Option<usize>,
    ) -> Result<(RecordBatch, usize), Unread> {
        let mut stores: Vec<Store> = self
            .kinds
            .iter()
            .map(|kind| Store::new(kind, expected))
            .collect();
        let mut json = serde_json::Deserializer::from_str(rows.get());
        let rows = Rows {
            table: self,
            stores: &mut stores,
        };
        let count = rows.deserialize(&mut json).map_err(Unread::Json)?;
        let batch = self.batch(stores, count).map_err(Unread::Arrow)?;
        let batch = match wanted {
            Some(wanted) if wanted < count => batch.slice(0, wanted),
            _ => batch,
        };
        Ok((batch, count))
    }

    /// A batch without rows.
    pub(super) fn none(&self) -> Result<(RecordBatch, usize), ArrowError> {
        let stores = self.kinds.iter().map(|kind| Store::new(kind, 0));
        Ok((self.batch(stores.collect(), 0)?, 0))
    }

    /// Whether a row fits, and which column does not.
    pub(super) fn fits(&self, row: &RawValue) -> Result<(), Misfit> {
        let misfit = |column: Option<&str>, error: serde_json::Error| Misfit {
            column: column.map(str::to_owned),
            reason: crate::rows::misfit::without_place(&error),
        };
        let cells: HashMap<String, &RawValue> =
            serde_json::from_str(row.get()).map_err(|error| misfit(None, error))?;
        for (column, kind) in self.columns.iter().zip(&self.kinds) {
            let Some(cell) = cells.get(&column.name) else {
                continue;
            };
            let mut store = Store::new(kind, 1);
            let mut json = serde_json::Deserializer::from_str(cell.get());
            Cell(&mut store)
                .deserialize(&mut json)
                .map_err(|error| misfit(Some(&column.name), error))?;
        }
        Ok(())
    }

    fn batch(&self, stores: Vec<Store>, rows: usize) -> Result<RecordBatch, ArrowError> {
        let columns = stores.into_iter().zip(self.schema.fields());
        let columns = columns.map(|(store, field)| store.finish(field.data_type()));
        let columns: Vec<ArrayRef> = columns.collect::<Result<_, _>>()?;
        // There may be rows without columns.
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        RecordBatch::try_new_with_options(self.schema.clone(), columns, &options)
    }
}

/// Why rows did not become a batch.
#[derive(Debug)]
pub(super) enum Unread {
    Json(serde_json::Error),
    Arrow(ArrowError),
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unread::Json(error) => error.fmt(f),
            Unread::Arrow(error) => error.fmt(f),
        }
    }
}

/// Reads all rows; how many there were.
struct Rows<'t, 's> {
    table: &'t Table,
    stores: &'s mut [Store],
}

impl<'de> DeserializeSeed<'de> for Rows<'_, '_> {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Rows<'_, '_> {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<usize, A::Error> {
        // Rows have their names in one order, mostly: what followed a name once follows it again.
        let mut order = Vec::with_capacity(self.stores.len());
        let mut count = 0;
        loop {
            let row = Row {
                table: self.table,
                stores: self.stores,
                order: &mut order,
                before: count,
            };
            match rows.next_element_seed(row)? {
                Some(()) => count += 1,
                None => return Ok(count),
            }
        }
    }
}

struct Row<'t, 's> {
    table: &'t Table,
    stores: &'s mut [Store],
    order: &'s mut Vec<usize>,
    /// How many rows came before.
    before: usize,
}

impl<'de> DeserializeSeed<'de> for Row<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Row<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a row")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut cells: A) -> Result<(), A::Error> {
        let mut at = 0;
        loop {
            let name = Name {
                table: self.table,
                guess: self.order.get(at).copied(),
            };
            let Some(place) = cells.next_key_seed(name)? else {
                break;
            };
            match place.and_then(|place| Some((place, self.stores.get_mut(place)?))) {
                Some((place, store)) => {
                    if store.len() > self.before {
                        return Err(A::Error::custom("a column is there twice"));
                    }
                    cells.next_value_seed(Cell(store))?;
                    match self.order.get_mut(at) {
                        Some(guess) => *guess = place,
                        None => self.order.push(place),
                    }
                    at += 1;
                }
                None => drop(cells.next_value::<IgnoredAny>()?),
            }
        }
        for store in self.stores.iter_mut() {
            if store.len() == self.before {
                store.push_null();
            }
        }
        Ok(())
    }
}

/// The name of a column, read as its place; `None` for one that there is not.
struct Name<'t> {
    table: &'t Table,
    guess: Option<usize>,
}

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a column")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        let guessed = self.guess.filter(|place| {
            let column = self.table.columns.get(*place);
            column.is_some_and(|column| column.name == name)
        });
        Ok(guessed.or_else(|| self.table.places.get(name).copied()))
    }
}
