//! Running statements on the engine's own threads, and stopping them.

use std::{
    collections::HashMap, future::Future, panic::AssertUnwindSafe, sync::atomic::Ordering,
    time::SystemTime,
};

use datafusion::execution::{SendableRecordBatchStream, session_state::SessionState};
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::execute_stream;
use futures::{FutureExt, StreamExt, stream};
use tokio::{runtime::Runtime, sync::mpsc, task::AbortHandle};

use super::{
    files::Table,
    native,
    plan::{self, Tables},
    session::{Session, Settings},
    sql, text,
    types::Type,
    value,
    watch::Cancelled,
};
use crate::engine::{Column, Row, Rows, SqlError, TableName};

/// Stacks are deep because plans are: only what is used takes memory.
const STACK: usize = 64 << 20;
/// Batches that wait for a slow reader.
const WAITING: usize = 2;

/// The threads that queries run on.
pub(super) struct Workers(Option<Runtime>);

impl Workers {
    pub(super) fn new(settings: &Settings) -> std::io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(settings.threads.max(1))
            .thread_stack_size(STACK)
            .thread_name("dune-local-sql")
            .enable_all()
            .build()?;
        Ok(Self(Some(runtime)))
    }

    /// Runs to the end; dropped before, it stops.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, SqlError>> + Send + 'static,
        cancelled: Cancelled,
    ) -> Result<T, SqlError> {
        let Some(runtime) = &self.0 else {
            return Err(stopped());
        };
        let task = runtime.spawn(work);
        let _guard = StopOnDrop::new(task.abort_handle(), cancelled);
        match task.await {
            Ok(result) => result,
            Err(error) if error.is_panic() => Err(crashed()),
            Err(_) => Err(stopped()),
        }
    }

    /// Runs what blocks; `None` if it panicked.
    pub(super) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        self.0.as_ref()?.spawn_blocking(work).await.ok()
    }

    /// The rows of a statement. Dropping them stops it.
    pub(super) fn stream(&self, prepared: Prepared) -> Rows {
        let (sender, receiver) = mpsc::channel(WAITING);
        let Some(runtime) = &self.0 else {
            return stream::iter([Err(stopped())]).boxed();
        };
        let cancelled = prepared.cancelled.clone();
        let work = async move {
            let answer = AssertUnwindSafe(send(prepared, &sender))
                .catch_unwind()
                .await;
            let failed = match answer {
                Ok(Ok(())) => return,
                Ok(Err(error)) => error,
                Err(_) => crashed(),
            };
            // A reader that has gone needs no error.
            let _ = sender.send(Err(failed)).await;
        };
        let guard = StopOnDrop::new(runtime.spawn(work).abort_handle(), cancelled);
        stream::unfold((receiver, guard), |(mut receiver, guard)| async move {
            receiver
                .recv()
                .await
                .map(|batch| (batch, (receiver, guard)))
        })
        .boxed()
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

struct StopOnDrop {
    task: AbortHandle,
    _cancel: CancelOnDrop,
}

impl StopOnDrop {
    fn new(task: AbortHandle, cancelled: Cancelled) -> Self {
        Self {
            task,
            _cancel: CancelOnDrop(cancelled),
        }
    }
}

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Tells work that nobody waits for it any more.
pub(super) struct CancelOnDrop(pub(super) Cancelled);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn crashed() -> SqlError {
    SqlError::new(
        "GENERIC_INTERNAL_ERROR",
        "the local engine failed on this statement; please report it",
    )
}

fn stopped() -> SqlError {
    SqlError::new("USER_CANCELED", "Query was canceled")
}

async fn send(
    prepared: Prepared,
    sender: &mpsc::Sender<Result<Vec<Row>, SqlError>>,
) -> Result<(), SqlError> {
    let types = prepared.types();
    let mut batches = prepared.execute().await?;
    while let Some(batch) = batches.next().await {
        let batch = batch.map_err(|error| native::sql_error(&error))?;
        let columns = batch
            .columns()
            .iter()
            .map(value::from_array)
            .collect::<Result<Vec<_>, _>>();
        let columns = columns.map_err(|error| native::sql_error(&error))?;
        let mut rows: Vec<Row> = (0..batch.num_rows())
            .map(|_| Row::with_capacity(columns.len()))
            .collect();
        for (column, ty) in columns.iter().zip(&types) {
            rows.iter_mut()
                .zip(column)
                .for_each(|(row, value)| row.push(text::json(value, ty)));
        }
        if !rows.is_empty() && sender.send(Ok(rows)).await.is_err() {
            return Ok(());
        }
    }
    Ok(())
}

/// A planned statement.
pub(super) struct Prepared {
    plan: LogicalPlan,
    columns: Vec<(Column, Type)>,
    /// Which columns the statement gives a name to.
    pub(super) named: Vec<bool>,
    state: SessionState,
    cancelled: Cancelled,
}

struct Catalog<'t>(&'t HashMap<TableName, Table>);

impl Tables for Catalog<'_> {
    fn scan(&self, parts: &[String]) -> Option<plan::Result<plan::Scan>> {
        let table = self.0.get(&TableName::new(parts).ok()?)?;
        Some(table.scan())
    }
}

impl Prepared {
    pub(super) fn new(
        sql: &str,
        tables: &HashMap<TableName, Table>,
        session: &Session,
        cancelled: Cancelled,
    ) -> Result<Self, SqlError> {
        let query = sql::parse(sql)?;
        let since = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        let now = i64::try_from(since.as_micros()).unwrap_or(0);
        let plan::Planned {
            plan,
            columns,
            named,
        } = plan::plan(&query, &Catalog(tables), now)?;
        let state = session
            .for_query(&cancelled)
            .map_err(|error| native::sql_error(&error))?;
        Ok(Self {
            plan,
            columns,
            named,
            state,
            cancelled,
        })
    }

    pub(super) fn columns(&self) -> Vec<Column> {
        self.columns
            .iter()
            .map(|(column, _)| column.clone())
            .collect()
    }

    pub(super) fn types(&self) -> Vec<Type> {
        self.columns.iter().map(|(_, ty)| ty.clone()).collect()
    }

    pub(super) async fn execute(self) -> Result<SendableRecordBatchStream, SqlError> {
        let physical = self
            .state
            .create_physical_plan(&self.plan)
            .await
            .map_err(|error| native::sql_error(&error))?;
        execute_stream(physical, self.state.task_ctx()).map_err(|error| native::sql_error(&error))
    }
}
