//! What a run that did not complete says: every node that failed, in Dune's words, and every node that did not run
//! because of it.

use std::fmt;

use crate::execution::QueryError;
use crate::run::{NodeStatus, Outcome, RunStatus, State};

/// A run that ended without completing.
#[derive(Debug, Clone)]
pub struct FailedRun {
    status: RunStatus,
    nodes: Vec<UnfinishedNode>,
}

/// A node that did not complete in a run that has ended.
#[derive(Debug, Clone)]
pub struct UnfinishedNode {
    name: String,
    state: State,
    error: Option<QueryError>,
    was_run: bool,
    waited_for: Vec<String>,
    blocked_by: Vec<String>,
    /// Whether all of those were run and failed; else some were cancelled, or not run themselves.
    blockers_failed: bool,
}

impl FailedRun {
    pub(crate) fn new(status: RunStatus) -> FailedRun {
        let nodes = status
            .nodes()
            .iter()
            .filter(|node| !node.state().is_success())
            .map(|node| UnfinishedNode::new(node, &status))
            .collect();
        FailedRun { status, nodes }
    }

    /// How everything stood at the end, completed nodes too.
    #[must_use]
    pub fn status(&self) -> &RunStatus {
        &self.status
    }

    /// The nodes that completed, maybe in part: their rows can be read as if nothing had failed.
    ///
    /// ```no_run
    /// # use dune_pipeline::{Dune, Error, pipeline};
    /// # async fn example(dune: Dune) -> Result<(), Error> {
    /// let daily = pipeline![share = query(3101), trend = query(3103)];
    /// let run = dune.execute(&daily).await?;
    /// if let Err(Error::Failed(failed)) = run.wait().await {
    ///     eprintln!("{failed}");
    ///     let share = failed.status().node(daily.share);
    ///     if failed.completed().any(|node| Some(node) == share) {
    ///         let rows: Vec<serde_json::Value> = run.rows(daily.share).await?;
    ///         println!("{} rows all the same", rows.len());
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn completed(&self) -> impl Iterator<Item = &NodeStatus> {
        let nodes = self.status.nodes().iter();
        nodes.filter(|node| node.state().is_success())
    }

    /// The nodes that were run and did not complete.
    pub fn failed(&self) -> impl Iterator<Item = &UnfinishedNode> {
        self.nodes.iter().filter(|node| node.was_run())
    }

    /// The nodes that were not run, because something they depend on did not complete.
    pub fn not_run(&self) -> impl Iterator<Item = &UnfinishedNode> {
        self.nodes.iter().filter(|node| !node.was_run())
    }

    /// Dune's words on the run, or else on the first node that failed.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        let first = || self.failed().find_map(UnfinishedNode::message);
        self.status.error().or_else(first)
    }
}

impl UnfinishedNode {
    pub(crate) fn new(node: &NodeStatus, status: &RunStatus) -> UnfinishedNode {
        let waited_for = node.dependencies().iter();
        let (blockers, outcome) = (node.because_of(), node.outcome());
        let failed = |id: &i64| {
            let node = status.node_by_id(*id);
            node.is_some_and(|node| *node.state() == State::Failed && node.because_of().is_empty())
        };
        UnfinishedNode {
            name: node.name(),
            state: node.state().clone(),
            error: node.query_error().cloned(),
            was_run: !matches!(outcome, Some(Outcome::NotRun { .. })),
            waited_for: waited_for.map(|id| status.short_name_of(*id)).collect(),
            blocked_by: blockers.iter().map(|id| status.name_of(*id)).collect(),
            blockers_failed: blockers.iter().all(failed),
        }
    }

    /// A node that is said to have completed, and whose result says otherwise.
    pub(crate) fn of_result(
        name: String,
        state: State,
        error: Option<QueryError>,
    ) -> UnfinishedNode {
        UnfinishedNode {
            name,
            state,
            error,
            was_run: true,
            waited_for: Vec::new(),
            blocked_by: Vec::new(),
            blockers_failed: false,
        }
    }

    /// Whether a text about the whole run holds what is said of this node.
    fn says(&self, whole: &str) -> bool {
        let own = self.message();
        own.is_some_and(|own| whole.contains(own))
    }

    /// What messages call the node: as [`NodeStatus::name`].
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How it ended.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Dune's words on it. Of a node that was not run the sentence has its own, with labels for ids, and leaves these out.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        let message = self.error().map(QueryError::message);
        message.filter(|text| !text.is_empty())
    }

    /// The same with the place in the SQL, if Dune's words name one. [`Run::executions`](crate::Run::executions) asks Dune
    /// for all it knows of it.
    #[must_use]
    pub fn error(&self) -> Option<&QueryError> {
        self.error.as_ref()
    }

    /// The nodes it depends on.
    #[must_use]
    pub fn waited_for(&self) -> &[String] {
        &self.waited_for
    }

    /// Those of them that did not complete, which is why it was not run; empty if it was, and where the pipeline is not at
    /// hand.
    #[must_use]
    pub fn blocked_by(&self) -> &[String] {
        &self.blocked_by
    }

    /// Whether it was run at all.
    #[must_use]
    pub fn was_run(&self) -> bool {
        self.was_run
    }
}

impl fmt::Display for FailedRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "run {} {}",
            self.status.run_id(),
            self.status.state().ended()
        )?;
        // What only repeats the text of a node is not said twice.
        let of_a_node = |text: &str| self.nodes.iter().any(|node| node.says(text));
        if let Some(message) = self.status.error().filter(|text| !of_a_node(text)) {
            write!(f, ": {message}")?;
        }
        for node in self.failed().chain(self.not_run()) {
            write!(f, "\n  {node}")?;
        }
        Ok(())
    }
}

impl std::error::Error for FailedRun {}

impl fmt::Display for UnfinishedNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "node {}", self.name)?;
        if !self.was_run() && self.blocked_by.is_empty() {
            f.write_str(" was not run")?;
        } else if !self.was_run() {
            let blockers = self.blocked_by.join(", ");
            let became = match self.blockers_failed {
                true => "failed",
                false => "did not complete",
            };
            // Dune's text would say the same again, by ids.
            return write!(f, " was not run because {blockers} {became}");
        } else {
            write!(f, " {}", self.state.ended())?;
        }
        if !self.waited_for.is_empty() {
            write!(f, " (it waited for {})", self.waited_for.join(", "))?;
        }
        match self.message() {
            Some(message) => write!(f, ": {message}"),
            None => Ok(()),
        }
    }
}
