//! A [`Fold`] as DataFusion sees it.

use std::{cmp::Ordering, collections::VecDeque, fmt, hash::Hash, sync::Arc};

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::ScalarValue;
use datafusion::error::Result;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::format_state_name;
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, Signature, Volatility,
};

use super::{
    super::{
        native::failure,
        types::Type,
        value::{self, Value},
    },
    Fold, Types,
};
use crate::engine::SqlError;

/// One key of an aggregation's own ORDER BY.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Order {
    pub(crate) ty: Type,
    pub(crate) ascending: bool,
    pub(crate) nulls_first: bool,
}

/// The aggregation of that name that folds. Its arguments are followed by the keys of its order.
pub(crate) fn aggregation(
    name: &str,
    types: Types,
    fold: Fold,
    distinct: bool,
    order: Vec<Order>,
) -> Arc<AggregateUDF> {
    let key = format!(
        "{name}{}({:?}){order:?}",
        if distinct { " distinct" } else { "" },
        types.inputs
    );
    // Each has an argument: what counts rows is DataFusion's own.
    let signature = Signature::any(types.inputs.len() + order.len(), Volatility::Immutable);
    Arc::new(AggregateUDF::from(Folding {
        key,
        fold,
        types,
        distinct,
        order,
        signature,
    }))
}

struct Folding {
    key: String,
    fold: Fold,
    types: Types,
    distinct: bool,
    order: Vec<Order>,
    signature: Signature,
}

impl fmt::Debug for Folding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.key)
    }
}

impl PartialEq for Folding {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Folding {}

impl Hash for Folding {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

impl Folding {
    /// Whether rows must be kept until the end.
    fn keeps(&self) -> bool {
        self.distinct || !self.order.is_empty()
    }

    fn state_types(&self) -> Vec<Type> {
        if !self.keeps() {
            return (self.fold.state)(&self.types);
        }
        let parts = self
            .types
            .inputs
            .iter()
            .chain(self.order.iter().map(|o| &o.ty));
        vec![Type::array(Type::Row(
            parts.map(|ty| (None, ty.clone())).collect(),
        ))]
    }

    fn work(&self) -> Work {
        Work {
            fold: self.fold,
            types: self.types.clone(),
            distinct: self.distinct,
            order: self.order.clone(),
        }
    }
}

impl AggregateUDFImpl for Folding {
    fn name(&self) -> &str {
        &self.key
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.types.output.arrow())
    }

    fn accumulator(&self, _: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        let types = self.state_types();
        if self.keeps() {
            return Ok(Box::new(Keeping {
                work: self.work(),
                rows: VecDeque::new(),
                types,
            }));
        }
        Ok(Box::new(Running {
            work: self.work(),
            state: (self.fold.start)(),
            types,
            size: 0,
        }))
    }

    fn create_sliding_accumulator(&self, _: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Keeping {
            work: self.work(),
            rows: VecDeque::new(),
            types: self.state_types(),
        }))
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        let field = |(i, ty): (usize, &Type)| {
            Arc::new(Field::new(
                format_state_name(args.name, &format!("s{i}")),
                ty.arrow(),
                true,
            ))
        };
        Ok(self.state_types().iter().enumerate().map(field).collect())
    }
}

/// What is to be done with rows.
struct Work {
    fold: Fold,
    types: Types,
    distinct: bool,
    order: Vec<Order>,
}

impl Work {
    /// The answer for these rows.
    fn run<'r>(&self, rows: impl Iterator<Item = &'r Vec<Value>>) -> Result<Value, SqlError> {
        let inputs = self.types.inputs.len();
        let args = |row: &'r Vec<Value>| row.get(..inputs).unwrap_or(row);
        let mut rows: Vec<&Vec<Value>> = rows.collect();
        if self.distinct {
            let order = |a: &[Value], b: &[Value]| {
                a.iter()
                    .zip(b)
                    .map(|(a, b)| a.order(b))
                    .find(|o| o.is_ne())
                    .unwrap_or(Ordering::Equal)
            };
            if self.order.is_empty() {
                // The first of equal rows stays where it was.
                let mut seen: Vec<(usize, &Vec<Value>)> =
                    rows.iter().copied().enumerate().collect();
                seen.sort_by(|(i, a), (j, b)| order(args(a), args(b)).then(i.cmp(j)));
                seen.dedup_by(|(_, a), (_, b)| order(args(a), args(b)).is_eq());
                seen.sort_by_key(|(i, _)| *i);
                rows = seen.into_iter().map(|(_, row)| row).collect();
            } else {
                rows.sort_by(|a, b| order(args(a), args(b)));
                rows.dedup_by(|a, b| order(args(a), args(b)).is_eq());
            }
        }
        rows.sort_by(|a, b| {
            self.compare(
                a.get(inputs..).unwrap_or_default(),
                b.get(inputs..).unwrap_or_default(),
            )
        });
        let mut state = (self.fold.start)();
        for row in rows {
            (self.fold.step)(&mut state, args(row), &self.types)?;
        }
        (self.fold.end)(&state, &self.types)
    }

    fn compare(&self, a: &[Value], b: &[Value]) -> Ordering {
        for ((a, b), order) in a.iter().zip(b).zip(&self.order) {
            let found = match (a.is_null(), b.is_null()) {
                (true, true) => Ordering::Equal,
                (true, false) if order.nulls_first => Ordering::Less,
                (true, false) => Ordering::Greater,
                (false, true) if order.nulls_first => Ordering::Greater,
                (false, true) => Ordering::Less,
                _ if order.ascending => a.order(b),
                _ => b.order(a),
            };
            if found.is_ne() {
                return found;
            }
        }
        Ordering::Equal
    }

    fn scalar(value: Value, ty: &Type) -> Result<ScalarValue> {
        ScalarValue::try_from_array(&value::to_array(&[value], &ty.arrow())?, 0)
    }
}

impl fmt::Debug for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.types)
    }
}

/// The rows of columns.
fn rows(columns: &[ArrayRef]) -> Result<Vec<Vec<Value>>> {
    let columns = columns
        .iter()
        .map(value::from_array)
        .collect::<Result<Vec<_>>>()?;
    let count = columns.first().map_or(0, Vec::len);
    Ok((0..count)
        .map(|i| {
            columns
                .iter()
                .map(|c| c.get(i).cloned().unwrap_or(Value::Null))
                .collect()
        })
        .collect())
}

/// Bytes that a value takes, roughly.
fn weight(value: &Value) -> usize {
    size_of::<Value>()
        + match value {
            Value::Text(text) => text.len(),
            Value::Bytes(bytes) => bytes.len(),
            Value::List(list) => list.iter().map(weight).sum(),
            _ => 0,
        }
}

/// Folds row by row.
#[derive(Debug)]
struct Running {
    work: Work,
    state: Vec<Value>,
    types: Vec<Type>,
    size: usize,
}

impl Accumulator for Running {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        for row in rows(values)? {
            (self.work.fold.step)(&mut self.state, &row, &self.work.types).map_err(failure)?;
        }
        self.size = self.state.iter().map(weight).sum();
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let answer = (self.work.fold.end)(&self.state, &self.work.types).map_err(failure)?;
        Work::scalar(answer, &self.work.types.output)
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.size
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        self.state
            .iter()
            .zip(&self.types)
            .map(|(value, ty)| Work::scalar(value.clone(), ty))
            .collect()
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        for row in rows(states)? {
            (self.work.fold.merge)(&mut self.state, &row, &self.work.types).map_err(failure)?;
        }
        self.size = self.state.iter().map(weight).sum();
        Ok(())
    }
}

/// Keeps the rows, for DISTINCT, for an order, and for windows that rows leave again.
#[derive(Debug)]
struct Keeping {
    work: Work,
    rows: VecDeque<Vec<Value>>,
    types: Vec<Type>,
}

impl Accumulator for Keeping {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.rows.extend(rows(values)?);
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let answer = self.work.run(self.rows.iter()).map_err(failure)?;
        Work::scalar(answer, &self.work.types.output)
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.rows.iter().flatten().map(weight).sum::<usize>()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let all = Value::List(self.rows.iter().cloned().map(Value::List).collect());
        self.types
            .iter()
            .map(|ty| Work::scalar(all.clone(), ty))
            .collect()
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        for state in rows(states)? {
            if let Some(Value::List(rows)) = state.into_iter().next() {
                self.rows.extend(rows.into_iter().filter_map(|row| {
                    if let Value::List(row) = row {
                        Some(row)
                    } else {
                        None
                    }
                }));
            }
        }
        Ok(())
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let gone = values.first().map_or(0, |column| column.len());
        self.rows.drain(..gone.min(self.rows.len()));
        Ok(())
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }
}
