//! A function of ours as DataFusion sees it: values in, a value out, row by row.

use std::{fmt, hash::Hash, sync::Arc};

use datafusion::arrow::array::new_empty_array;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
    expr::ScalarFunction,
};

use super::{types::Type, value};
use crate::engine::{SqlError, datafusion::value::Value};

/// What a function does with one row's values.
pub(crate) type Body = Arc<dyn Fn(&[Value]) -> Result<Value, SqlError> + Send + Sync>;

/// What a function does with a batch of rows: a column each and the number of rows.
pub(crate) type BatchBody =
    Arc<dyn Fn(&[Vec<Value>], usize) -> Result<Vec<Value>, SqlError> + Send + Sync>;

#[derive(Clone)]
enum Work {
    Row { body: Body, sees_nulls: bool },
    Batch(BatchBody),
}

/// A scalar function. Two with the same key are the same function.
pub(crate) struct Native {
    key: String,
    output: DataType,
    work: Work,
    signature: Signature,
}

/// A call of a function that is NULL where an argument is.
pub(crate) fn call(key: impl Into<String>, output: &Type, args: Vec<Expr>, body: Body) -> Expr {
    build(
        key.into(),
        output,
        args,
        Work::Row {
            body,
            sees_nulls: false,
        },
    )
}

/// A call of a function that is asked about NULLs too.
pub(crate) fn call_with_nulls(
    key: impl Into<String>,
    output: &Type,
    args: Vec<Expr>,
    body: Body,
) -> Expr {
    build(
        key.into(),
        output,
        args,
        Work::Row {
            body,
            sees_nulls: true,
        },
    )
}

/// A call of a function that takes whole columns.
pub(crate) fn call_on_batches(
    key: impl Into<String>,
    output: &Type,
    args: Vec<Expr>,
    body: BatchBody,
) -> Expr {
    build(key.into(), output, args, Work::Batch(body))
}

/// A condition that fails with `error` for every row there is. Nothing evaluates it without one.
pub(crate) fn refuse(key: impl Into<String>, args: Vec<Expr>, error: SqlError) -> Expr {
    let body: Body = Arc::new(move |_| Err(error.clone()));
    let work = Work::Row {
        body,
        sees_nulls: true,
    };
    function(key.into(), &Type::Boolean, args, work, Volatility::Volatile)
}

fn build(key: String, output: &Type, args: Vec<Expr>, work: Work) -> Expr {
    function(key, output, args, work, Volatility::Immutable)
}

fn function(
    key: String,
    output: &Type,
    args: Vec<Expr>,
    work: Work,
    volatility: Volatility,
) -> Expr {
    let signature = signature(args.len(), volatility);
    let native = Native {
        key,
        output: output.arrow(),
        work,
        signature,
    };
    Expr::ScalarFunction(ScalarFunction {
        func: Arc::new(ScalarUDF::from(native)),
        args,
    })
}

/// Any types, so many.
fn signature(arguments: usize, volatility: Volatility) -> Signature {
    if arguments == 0 {
        Signature::nullary(volatility)
    } else {
        Signature::any(arguments, volatility)
    }
}

impl fmt::Debug for Native {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.key)
    }
}

impl PartialEq for Native {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key && self.output == other.output
    }
}

impl Eq for Native {}

impl Hash for Native {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

impl ScalarUDFImpl for Native {
    fn name(&self) -> &str {
        &self.key
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.output.clone())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        if args.number_rows == 0 && self.signature.volatility == Volatility::Volatile {
            return Ok(ColumnarValue::Array(new_empty_array(&self.output)));
        }
        let constant = args
            .args
            .iter()
            .all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
        let rows = if constant { 1 } else { args.number_rows };
        let columns = args
            .args
            .iter()
            .map(|arg| match arg {
                ColumnarValue::Array(array) => value::from_array(array),
                ColumnarValue::Scalar(scalar) => value::from_array(&scalar.to_array_of_size(1)?),
            })
            .collect::<Result<Vec<_>>>()?;
        let values = match &self.work {
            Work::Row { body, sees_nulls } => {
                each_row(&columns, rows, body, *sees_nulls).map_err(failure)?
            }
            Work::Batch(body) => {
                let columns: Vec<Vec<Value>> = columns
                    .into_iter()
                    .map(|column| match column.as_slice() {
                        [only] if rows != 1 => vec![only.clone(); rows],
                        _ => column,
                    })
                    .collect();
                body(&columns, rows).map_err(failure)?
            }
        };
        let array = value::to_array(&values, &self.output)?;
        Ok(if constant {
            ColumnarValue::Scalar(ScalarValue::try_from_array(&array, 0)?)
        } else {
            ColumnarValue::Array(array)
        })
    }
}

fn each_row(
    columns: &[Vec<Value>],
    rows: usize,
    body: &Body,
    sees_nulls: bool,
) -> Result<Vec<Value>, SqlError> {
    let mut row = vec![Value::Null; columns.len()];
    (0..rows)
        .map(|i| {
            for (cell, column) in row.iter_mut().zip(columns) {
                // A constant's column has one value.
                *cell = column
                    .get(i)
                    .or_else(|| column.first())
                    .cloned()
                    .unwrap_or(Value::Null);
            }
            if !sees_nulls && row.iter().any(Value::is_null) {
                Ok(Value::Null)
            } else {
                body(&row)
            }
        })
        .collect()
}

/// Carries our error through DataFusion.
pub(crate) fn failure(error: SqlError) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}

/// Our error out of DataFusion's, or what DataFusion says.
pub(crate) fn sql_error(error: &DataFusionError) -> SqlError {
    let mut inner = error;
    loop {
        match inner {
            DataFusionError::External(boxed) => {
                if let Some(ours) = boxed.downcast_ref::<SqlError>() {
                    return ours.clone();
                }
                if let Some(next) = boxed.downcast_ref::<DataFusionError>() {
                    inner = next;
                    continue;
                }
                return SqlError::new("GENERIC_INTERNAL_ERROR", boxed.to_string());
            }
            DataFusionError::Context(_, next) | DataFusionError::Diagnostic(_, next) => {
                inner = next
            }
            DataFusionError::Shared(next) => inner = next,
            DataFusionError::Collection(all) => match all.first() {
                Some(next) => inner = next,
                None => break,
            },
            DataFusionError::ArrowError(arrow, _) => {
                if let datafusion::arrow::error::ArrowError::ExternalError(boxed) = arrow.as_ref() {
                    if let Some(ours) = boxed.downcast_ref::<SqlError>() {
                        return ours.clone();
                    }
                    if let Some(next) = boxed.downcast_ref::<DataFusionError>() {
                        inner = next;
                        continue;
                    }
                }
                break;
            }
            _ => break,
        }
    }
    match inner {
        DataFusionError::ResourcesExhausted(message) => SqlError::new(
            "EXCEEDED_LOCAL_MEMORY_LIMIT",
            format!("Query exceeded the memory limit of the local engine: {message}"),
        ),
        DataFusionError::NotImplemented(message) => SqlError::new(
            "NOT_SUPPORTED",
            format!("not supported by the local engine yet: {message}"),
        ),
        other => SqlError::new("GENERIC_INTERNAL_ERROR", other.to_string()),
    }
}
