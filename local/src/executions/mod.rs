//! Executions: statements that run on the engine, a bounded number at a time, and what has become
//! of them. They live in memory and are gone when the server stops.

mod execution;
mod result;
mod shelf;
mod work;

use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures::{FutureExt, StreamExt};
use tokio::sync::Semaphore;

pub(crate) use self::execution::{Execution, Phase, State};
use self::result::ResultWriter;
pub(crate) use self::result::{StoredResult, text_bytes};
use self::shelf::Shelf;
pub(crate) use self::work::{Refused, Work};
use crate::engine::{Column, Engine, SqlError, TableName};
use crate::parameters::Values;
use crate::statement::Statement;
use crate::views::Views;
use crate::workspace::Tables;

/// How much may run and be kept.
#[derive(Debug, Clone)]
pub(crate) struct Limits {
    /// Executions that run at the same time.
    pub(crate) parallel: usize,
    /// The bytes that one result may take.
    pub(crate) result_bytes: u64,
    /// The bytes that all results may take before the oldest expire.
    pub(crate) kept_bytes: u64,
    /// The executions that are remembered.
    pub(crate) kept: usize,
}

/// How long what runs may take to stop.
const GOODBYE: Duration = Duration::from_secs(10);

/// Runs executions and remembers them.
#[derive(Clone)]
pub(crate) struct Executions(Arc<Inner>);

struct Inner {
    engine: Arc<dyn Engine>,
    tables: Arc<Tables>,
    views: Arc<Views>,
    folder: PathBuf,
    limits: Limits,
    slots: Semaphore,
    shelf: Shelf,
}

impl std::fmt::Debug for Executions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Executions")
            .field("limits", &self.0.limits)
            .finish_non_exhaustive()
    }
}

impl Executions {
    /// Runs on `engine`; large results go to `folder`.
    pub(crate) fn new(
        engine: Arc<dyn Engine>,
        tables: Arc<Tables>,
        views: Arc<Views>,
        folder: PathBuf,
        limits: Limits,
    ) -> Self {
        Self(Arc::new(Inner {
            engine,
            tables,
            views,
            folder,
            slots: Semaphore::new(limits.parallel),
            shelf: Shelf::new(limits.kept, limits.kept_bytes),
            limits,
        }))
    }

    /// Starts an execution.
    pub(crate) fn start(&self, work: Work) -> Arc<Execution> {
        let execution = Arc::new(Execution::new(work.query_id, work.values.clone()));
        self.0.shelf.put(Arc::clone(&execution), work.view.clone());
        let inner = Arc::clone(&self.0);
        let running = Arc::clone(&execution);
        let view = work.view.clone();
        tokio::spawn(async move {
            // What is dropped when the cancel wins is the engine's future or stream, and with it
            // the engine's work.
            let run = AssertUnwindSafe(inner.run(&running, work)).catch_unwind();
            let outcome = tokio::select! {
                biased;
                () = running.cancelled() => return,
                outcome = run => outcome,
            };
            match outcome {
                Ok(Ok(result)) => {
                    running.end(Phase::Completed(Arc::new(result)));
                    inner.shelf.make_room();
                }
                Ok(Err(error)) => {
                    if let Some(view) = &view {
                        inner.views.failed(view, &error);
                    }
                    running.end(Phase::Failed(error));
                }
                Err(_) => {
                    let message = "the engine broke down over this statement";
                    running.end(Phase::Failed(SqlError::new(
                        "GENERIC_INTERNAL_ERROR",
                        message,
                    )));
                }
            }
        });
        execution
    }

    /// The execution of that id.
    pub(crate) fn find(&self, id: &str) -> Option<Arc<Execution>> {
        self.0.shelf.find(id)
    }

    /// The newest execution of a saved query that completed, among those that `fits`; else the
    /// newest at all.
    pub(crate) fn latest(
        &self,
        query_id: i64,
        fits: impl Fn(&Values) -> bool,
    ) -> Option<Arc<Execution>> {
        self.0.shelf.latest(query_id, fits)
    }

    /// The newest refreshes of a view, the newest first.
    pub(crate) fn refreshes(&self, view: &TableName) -> Vec<String> {
        self.0.shelf.refreshes(view)
    }

    /// Cancels whatever runs and waits until it has stopped, but not for long.
    pub(crate) async fn stop(&self) {
        self.cancel_all();
        let all = u32::try_from(self.0.limits.parallel).unwrap_or(u32::MAX);
        let idle = self.0.slots.acquire_many(all);
        // What has not stopped by then ends with the process.
        let _ = tokio::time::timeout(GOODBYE, idle).await;
        self.0.slots.close();
    }

    /// Cancels whatever runs.
    pub(crate) fn cancel_all(&self) {
        self.0.shelf.each(|execution| {
            execution.cancel();
        });
    }
}

impl Inner {
    async fn run(&self, execution: &Execution, work: Work) -> Result<StoredResult, SqlError> {
        let statement = work.statement?;
        let _turn = match &work.view {
            Some(view) => Some(self.views.turn(view).await),
            None => None,
        };
        let _slot = self.slots.acquire().await.map_err(|_| stopped())?;
        execution.start();
        self.tables.refresh(&*self.engine).await?;
        let _reader = self.views.reader();
        let answer = match &work.view {
            None => self.answer(&statement).await,
            Some(view) => self.refresh(execution, &statement, view).await,
        };
        answer.map_err(|error| statement.place(self.views.explain(error)))
    }

    async fn answer(&self, statement: &Statement) -> Result<StoredResult, SqlError> {
        let mut answer = self.engine.query(&statement.sql).await?;
        let mut writer = self.writer(answer.columns);
        while let Some(batch) = answer.rows.next().await {
            for row in &batch? {
                writer.push(row).map_err(storing)?;
            }
            // Batches that are ready at once must not keep others from their turn.
            tokio::task::yield_now().await;
        }
        writer.finish().map_err(storing)
    }

    async fn refresh(
        &self,
        execution: &Execution,
        statement: &Statement,
        view: &TableName,
    ) -> Result<StoredResult, SqlError> {
        let keeping =
            |error: crate::views::ViewsError| SqlError::new("GENERIC_EXTERNAL", error.to_string());
        let draft = self.views.draft(view).map_err(keeping)?;
        let written = self
            .engine
            .materialize(&statement.sql, draft.file())
            .await?;
        if !execution.seal() {
            return Err(stopped());
        }
        // On a task of its own: it is done or not, whoever stops waiting for it.
        let views = Arc::clone(&self.views);
        let (rows, view) = (written.rows, view.clone());
        let publish = tokio::spawn(async move { views.publish(&view, draft, &written).await });
        publish.await.map_err(|_| stopped())?.map_err(keeping)?;
        let mut writer = self.writer(vec![Column::new("rows", "bigint")]);
        writer.push(&vec![rows.into()]).map_err(storing)?;
        let mut result = writer.finish().map_err(storing)?;
        result.update_type = Some("CREATE TABLE");
        Ok(result)
    }

    fn writer(&self, columns: Vec<Column>) -> ResultWriter {
        let room = self.shelf.room.clone();
        ResultWriter::new(columns, &self.folder, self.limits.result_bytes, room)
    }
}

fn storing(error: std::io::Error) -> SqlError {
    let name = match error.kind() {
        std::io::ErrorKind::FileTooLarge => "EXCEEDED_LOCAL_MEMORY_LIMIT",
        _ => "GENERIC_EXTERNAL",
    };
    SqlError::new(name, format!("the result cannot be kept: {error}"))
}

fn stopped() -> SqlError {
    SqlError::new("SERVER_SHUTTING_DOWN", "the server is shutting down")
}
