//! What a node is to do, before it is part of a pipeline: the words of `pipeline!` as functions and methods.

use dune_api::types::Performance;
use dune_pipeline_graph::{At, Name};

use super::named::NamedParameter;
use super::parameter::{Parameter, ParameterValue};
use super::target::{QueryId, Tier, ViewName};

/// A node that refreshes a materialized view, given by its full name, `dune.<team>.result_<name>`.
///
/// ```
/// use dune_pipeline::{Performance, refresh};
///
/// let volume = refresh("dune.acme.result_dex_daily").performance(Performance::Large);
/// ```
pub fn refresh<V: ViewName>(view: V) -> RefreshSpec {
    RefreshSpec {
        view: view.view_name(),
        performance: None,
        after: Vec::new(),
    }
}

/// A node that executes a saved query, given by its id: the number in its address, `dune.com/queries/<id>`.
///
/// ```
/// use dune_pipeline::query;
///
/// let share = query(3101).parameter("blockchain", "ethereum").after(["volume"]);
/// ```
pub fn query<Q: QueryId>(id: Q) -> QuerySpec {
    QuerySpec {
        id: id.query_id(),
        performance: None,
        parameters: Vec::new(),
        after: Vec::new(),
    }
}

/// The refresh of a view, made by [`refresh`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a node does nothing until it is part of a pipeline"]
pub struct RefreshSpec {
    pub(super) view: String,
    pub(super) performance: Option<Performance>,
    pub(super) after: Vec<At<Name>>,
}

/// The execution of a query, made by [`query`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a node does nothing until it is part of a pipeline"]
pub struct QuerySpec {
    pub(super) id: i128,
    pub(super) performance: Option<Performance>,
    pub(super) parameters: Vec<(At<String>, Parameter)>,
    pub(super) after: Vec<At<Name>>,
}

impl RefreshSpec {
    /// The tier of Dune's engine that it runs on. Dune chooses where none is given, or `None`.
    pub fn performance<T: Tier>(mut self, tier: T) -> Self {
        self.performance = tier.tier();
        self
    }

    /// The nodes that it waits for, by label or id.
    pub fn after(mut self, nodes: impl IntoIterator<Item = impl Into<At<Name>>>) -> Self {
        self.after.extend(nodes.into_iter().map(Into::into));
        self
    }
}

impl QuerySpec {
    /// The tier of Dune's engine that it runs on. Dune chooses where none is given, or `None`.
    pub fn performance<T: Tier>(mut self, tier: T) -> Self {
        self.performance = tier.tier();
        self
    }

    /// A value for one of the query's parameters; those without take the values saved with the query.
    pub fn parameter(self, key: impl Into<At<String>>, value: impl ParameterValue) -> Self {
        self.parameters([(key, value)])
    }

    /// Values for several of the query's parameters: a map, or a list of pairs of key and value. That a key is empty or was
    /// given before is told when the pipeline is built.
    ///
    /// ```
    /// use std::collections::BTreeMap;
    /// use dune_pipeline::query;
    ///
    /// let arguments = BTreeMap::from([("blockchain", "base"), ("day", "2026-01-31 00:00:00")]);
    /// let share = query(3101).parameters(&arguments).parameters([("min_volume_usd", 40_000)]);
    /// ```
    pub fn parameters<P: NamedParameter>(
        mut self,
        parameters: impl IntoIterator<Item = P>,
    ) -> Self {
        let parameters = parameters.into_iter().map(P::into_named);
        self.parameters.extend(parameters);
        self
    }

    /// The nodes that it waits for, by label or id.
    pub fn after(mut self, nodes: impl IntoIterator<Item = impl Into<At<Name>>>) -> Self {
        self.after.extend(nodes.into_iter().map(Into::into));
        self
    }
}

/// A node of either kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NodeSpec {
    /// Refreshes a view.
    Refresh(RefreshSpec),
    /// Executes a query.
    Query(QuerySpec),
}

impl NodeSpec {
    /// The nodes that it waits for.
    pub(super) fn waits_for(&self) -> &[At<Name>] {
        match self {
            Self::Refresh(refresh) => &refresh.after,
            Self::Query(query) => &query.after,
        }
    }

    /// Whether it is the same as another, wherever they are written.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let does_the_same = match (self, other) {
            (Self::Refresh(one), Self::Refresh(other)) => {
                (&one.view, one.performance) == (&other.view, other.performance)
            }
            (Self::Query(one), Self::Query(other)) => {
                let theirs = other
                    .parameters
                    .iter()
                    .map(|(key, value)| (&key.value, value));
                let ours = one
                    .parameters
                    .iter()
                    .map(|(key, value)| (&key.value, value));
                (one.id, one.performance) == (other.id, other.performance) && ours.eq(theirs)
            }
            _ => false,
        };
        let theirs = other.waits_for().iter().map(|on| &on.value);
        does_the_same && self.waits_for().iter().map(|on| &on.value).eq(theirs)
    }

    /// It waits for this node too, unless it is said to already.
    pub(super) fn wait_for(&mut self, node: &At<Name>) {
        let after = match self {
            Self::Refresh(refresh) => &mut refresh.after,
            Self::Query(query) => &mut query.after,
        };
        if !after.iter().any(|on| on.value == node.value) {
            after.push(node.clone());
        }
    }
}

impl From<RefreshSpec> for NodeSpec {
    fn from(node: RefreshSpec) -> Self {
        Self::Refresh(node)
    }
}

impl From<QuerySpec> for NodeSpec {
    fn from(node: QuerySpec) -> Self {
        Self::Query(node)
    }
}
