//! Remembers executions, newest last, within bounds: what is over them loses its result first and
//! is forgotten after that.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::execution::{Execution, Phase};
use super::result::Room;
use crate::engine::TableName;
use crate::parameters::Values;

/// How many refreshes of a view are told.
const TOLD: usize = 10;

#[derive(Debug)]
pub(super) struct Shelf {
    kept: usize,
    kept_bytes: u64,
    /// What the results that are kept take.
    pub(super) room: Room,
    books: Mutex<Books>,
}

#[derive(Debug, Default)]
struct Books {
    by_id: HashMap<String, Arc<Execution>>,
    by_query: HashMap<i64, VecDeque<Arc<Execution>>>,
    by_view: HashMap<TableName, VecDeque<String>>,
    /// Oldest first.
    order: VecDeque<Arc<Execution>>,
}

impl Shelf {
    pub(super) fn new(kept: usize, kept_bytes: u64) -> Self {
        Self {
            kept,
            kept_bytes,
            room: Room::default(),
            books: Mutex::default(),
        }
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers an execution. Of a view's refreshes the query's results are not those of its runs.
    pub(super) fn put(&self, execution: Arc<Execution>, view: Option<TableName>) {
        let mut books = self.books();
        match view {
            Some(view) => {
                let refreshes = books.by_view.entry(view).or_default();
                refreshes.push_front(execution.id.clone());
                refreshes.truncate(TOLD);
            }
            None => {
                let runs = books.by_query.entry(execution.query_id).or_default();
                runs.push_back(Arc::clone(&execution));
            }
        }
        books
            .by_id
            .insert(execution.id.clone(), Arc::clone(&execution));
        books.order.push_back(execution);
        books.forget(self.kept);
    }

    /// Gives up the oldest results while they take more room than they may.
    pub(super) fn make_room(&self) {
        let books = self.books();
        // The newest stays, however large it is.
        let last = books.order.len().saturating_sub(1);
        for old in books.order.iter().take(last) {
            if self.room.taken() <= self.kept_bytes {
                break;
            }
            old.expire();
        }
    }

    pub(super) fn find(&self, id: &str) -> Option<Arc<Execution>> {
        self.books().by_id.get(id).cloned()
    }

    pub(super) fn latest(
        &self,
        query_id: i64,
        fits: impl Fn(&Values) -> bool,
    ) -> Option<Arc<Execution>> {
        let books = self.books();
        let runs = books.by_query.get(&query_id)?;
        let mut fitting = runs.iter().rev().filter(|run| fits(&run.values));
        let newest = fitting.clone().next().cloned();
        // A run that failed or still runs does not hide the last one that has an answer.
        let completed = fitting.find(|run| matches!(run.peek().phase, Phase::Completed(_)));
        completed.cloned().or(newest)
    }

    pub(super) fn refreshes(&self, view: &TableName) -> Vec<String> {
        let books = self.books();
        let refreshes = books.by_view.get(view);
        refreshes
            .map(|ids| ids.iter().cloned().collect())
            .unwrap_or_default()
    }

    pub(super) fn each(&self, mut tell: impl FnMut(&Execution)) {
        let all: Vec<Arc<Execution>> = self.books().order.iter().cloned().collect();
        all.iter().for_each(|execution| tell(execution));
    }
}

impl Books {
    /// Forgets the oldest that have ended, down to `kept`.
    fn forget(&mut self, kept: usize) {
        while self.order.len() > kept {
            let ended = |execution: &Arc<Execution>| execution.peek().finished();
            let Some(oldest) = self
                .order
                .iter()
                .position(ended)
                .and_then(|at| self.order.remove(at))
            else {
                break;
            };
            oldest.expire();
            self.by_id.remove(&oldest.id);
            let Some(runs) = self.by_query.get_mut(&oldest.query_id) else {
                continue;
            };
            if runs.front().is_some_and(|run| run.id == oldest.id) {
                runs.pop_front();
            } else {
                runs.retain(|run| run.id != oldest.id);
            }
            if runs.is_empty() {
                self.by_query.remove(&oldest.query_id);
            }
        }
    }
}
