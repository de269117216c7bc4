//! How a run stood when Dune was asked: the whole, each node by handle, by label and in order, and what follows from who
//! waits for whom.
//! It is a value: nothing in it changes afterwards, and it can be kept, compared and printed.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use dune_api::{ApiKey, types};

use super::node::{NodeStatus, said};
use super::plan::{Plan, labelled};
use super::state::State;
use crate::pipeline::{Identity, NodeGroup, NodeHandle};

/// How a run stood when Dune was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunStatus {
    run: Arc<str>,
    pipeline: Option<Identity>,
    state: State,
    error: Option<String>,
    nodes: Vec<NodeStatus>,
    /// Where in `nodes` each id is.
    places: HashMap<i64, usize>,
}

impl RunStatus {
    /// Reads Dune's answer; the plan adds labels and dependencies, and what texts say of the key is hidden.
    pub(crate) fn read(
        run: Arc<str>,
        answer: types::GetPipelineExecutionStatusResponse,
        plan: &Plan,
        key: &ApiKey,
    ) -> RunStatus {
        let nodes = answer.node_executions.unwrap_or_default();
        let nodes: Vec<_> = nodes
            .into_iter()
            .map(|node| NodeStatus::read(node, plan, key))
            .collect();
        let status = RunStatus {
            run,
            pipeline: None,
            state: State::parse(&answer.status),
            error: said(answer.error, key),
            places: nodes.iter().map(|node| node.id).zip(0..).collect(),
            nodes,
        };
        status.of(plan)
    }

    /// The same with the labels of this plan, and with what follows from who waits for whom in it.
    pub(super) fn of(mut self, plan: &Plan) -> RunStatus {
        self.pipeline = plan.pipeline();
        for node in &mut self.nodes {
            node.label_by(plan);
        }
        let stuck = self.stuck();
        for (place, node) in self.nodes.iter_mut().enumerate() {
            node.over = node.state.is_final() || stuck.contains(&place);
        }
        let run_over = self.is_final();
        let because_of: Vec<_> = {
            let nodes = self.nodes.iter();
            nodes.map(|node| self.blockers_of(node, run_over)).collect()
        };
        for (node, because_of) in self.nodes.iter_mut().zip(because_of) {
            node.over |= run_over && node.execution_id.is_none();
            node.because_of = because_of;
        }
        self
    }

    /// The run's id.
    #[must_use]
    pub fn run_id(&self) -> &str {
        &self.run
    }

    /// How the run as a whole stood.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Dune's words on why the run failed.
    #[must_use]
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    /// Every node that Dune lists, in its order.
    #[must_use]
    pub fn nodes(&self) -> &[NodeStatus] {
        &self.nodes
    }

    /// The node of a handle. `None` when Dune does not list it, and when the handle belongs to another pipeline than
    /// the run was started with or taken up with.
    #[must_use]
    pub fn node(&self, handle: impl NodeHandle) -> Option<&NodeStatus> {
        let own = self.pipeline == Some(handle.identity());
        own.then(|| self.node_by_id(handle.id()))?
    }

    /// The nodes of a group, one item for each of its members in their order: what [`node`](Self::node) gives for it.
    ///
    /// ```
    /// # use dune_pipeline::{QueryNodes, RunStatus};
    /// /// Which of the chains have no rows.
    /// fn missing<'c>(chains: &[&'c str], share: &QueryNodes, status: &RunStatus) -> Vec<&'c str> {
    ///     let chains = chains.iter().zip(status.nodes_of(share));
    ///     let missing = chains.filter(|(_, node)| node.is_none_or(|node| !node.state().is_success()));
    ///     missing.map(|(chain, _)| *chain).collect()
    /// }
    /// ```
    pub fn nodes_of<N: NodeHandle + Copy>(
        &self,
        group: &NodeGroup<N>,
    ) -> impl DoubleEndedIterator<Item = Option<&NodeStatus>> + ExactSizeIterator {
        group.iter().map(|handle| self.node(handle))
    }

    /// The node of a label.
    #[must_use]
    pub fn node_by_label(&self, label: &str) -> Option<&NodeStatus> {
        let mut nodes = self.nodes.iter();
        nodes.find(|node| node.label.as_deref() == Some(label))
    }

    /// The node of an id.
    #[must_use]
    pub fn node_by_id(&self, id: i64) -> Option<&NodeStatus> {
        self.nodes.get(*self.places.get(&id)?)
    }

    /// The nodes whose result was cut by Dune because it is too large.
    pub fn partial(&self) -> impl Iterator<Item = &NodeStatus> {
        let nodes = self.nodes.iter();
        nodes.filter(|node| node.state == State::CompletedPartial)
    }

    /// Whether nothing more will happen.
    ///
    /// Dune documents no word for the whole of a run that failed. Where it uses one that is not known here, the run is
    /// over when each of its nodes is, or can no longer be run.
    #[must_use]
    pub fn is_final(&self) -> bool {
        match &self.state {
            State::Other(_) => !self.nodes.is_empty() && self.nodes.iter().all(|node| node.over),
            state => state.is_final(),
        }
    }

    /// Whether the run is over and everything in it completed, maybe with partial results.
    #[must_use]
    pub fn is_success(&self) -> bool {
        let nodes = || self.nodes.iter().all(|node| node.state.is_success());
        match &self.state {
            State::Other(_) => !self.nodes.is_empty() && nodes(),
            state => state.is_success() && nodes(),
        }
    }

    /// Whether nothing that has not started yet can still do so, as far as is known of who waits for whom.
    pub(super) fn nothing_can_start(&self) -> bool {
        let mut waiting = self.nodes.iter().filter(|node| node.execution_id.is_none());
        !self.nodes.is_empty() && waiting.all(|node| node.over)
    }

    /// The places of the nodes that cannot be run any more, because of something they depend on, however far above.
    fn stuck(&self) -> HashSet<usize> {
        let ended_badly = |node: &NodeStatus| node.state.is_final() && !node.state.is_success();
        let failed = self.nodes.iter().filter(|node| ended_badly(node));
        let mut reached: Vec<i64> = failed.map(|node| node.id).collect();
        let mut stuck = HashSet::new();
        if reached.is_empty() {
            return stuck;
        }
        let mut dependents: HashMap<i64, Vec<usize>> = HashMap::new();
        for (place, node) in self.nodes.iter().enumerate() {
            for id in &node.dependencies {
                dependents.entry(*id).or_default().push(place);
            }
        }
        while let Some(id) = reached.pop() {
            for place in dependents.remove(&id).unwrap_or_default() {
                let Some(node) = self.nodes.get(place) else {
                    continue;
                };
                let waits = node.execution_id.is_none() && !node.state.is_final();
                if waits && stuck.insert(place) {
                    reached.push(node.id);
                }
            }
        }
        stuck
    }

    /// What keeps a node from being run: those of its dependencies that will not complete, or, of a run that is over, that
    /// did not. Empty for a node that was run.
    fn blockers_of(&self, node: &NodeStatus, run_over: bool) -> Vec<i64> {
        if node.execution_id.is_some() || node.state.is_success() {
            return Vec::new();
        }
        let dependencies = |blocks: fn(&NodeStatus) -> bool| {
            let dependencies = node.dependencies.iter().copied();
            let blocking = dependencies.filter(move |id| self.node_by_id(*id).is_none_or(blocks));
            blocking.collect::<Vec<_>>()
        };
        let never = dependencies(|node| node.over && !node.state.is_success());
        match never.is_empty() && (run_over || node.over) {
            true => dependencies(|node| !node.state.is_success()),
            false => never,
        }
    }

    pub(crate) fn name_of(&self, id: i64) -> String {
        self.node_by_id(id)
            .map_or_else(|| format!("`{id}`"), NodeStatus::name)
    }

    /// The name without what tells members of a group apart, for where many are told in one go.
    pub(crate) fn short_name_of(&self, id: i64) -> String {
        let label = self.node_by_id(id).and_then(NodeStatus::label);
        label.map_or_else(|| self.name_of(id), |label| labelled(label, None))
    }
}

impl fmt::Display for RunStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "run {} {}", self.run, self.state)?;
        if let Some(error) = &self.error {
            write!(f, ": {error}")?;
        }
        for node in &self.nodes {
            write!(f, "\n  {node}")?;
        }
        Ok(())
    }
}
