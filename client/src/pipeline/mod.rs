//! Pipelines as values: declared by `pipeline!` or built at run time, judged by the same rules, named by typed handles,
//! and written as the body that Dune's API takes.

mod body;
mod builder;
mod fault;
mod handle;
mod macros;
mod node;
mod parameter;
pub mod private;
mod target;

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use dune_api::types::ExecutePipelineRequest;
use dune_pipeline_graph::Name;
use dune_pipeline_graph::names::{list, nearest};

use body::Declaration;
pub use builder::PipelineBuilder;
pub use fault::{InvalidPipeline, NoSuchNode, PipelineFault};
pub(crate) use handle::Identity;
pub use handle::{NodeHandle, QueryNode, RefreshNode, ReturnsRows};
pub use node::{NodeSpec, QuerySpec, RefreshSpec, query, refresh};
pub use parameter::{Parameter, ParameterValue};
pub use target::{QueryId, ViewName};

/// A pipeline on Dune: nodes that refresh views or execute queries, each after those it depends on.
///
/// [`pipeline!`](crate::pipeline) declares one, and `L` is then a struct of its own with a field for each label, which the
/// pipeline derefs to: `daily.share` is the handle of the node `share`. Such a struct has no name. Where a type must be
/// written, in a signature or a struct, it is `Pipeline`, without the fields, and the handles are kept beside it:
///
/// ```
/// use dune_pipeline::{Pipeline, QueryNode, pipeline};
///
/// struct Daily {
///     pipeline: Pipeline,
///     share: QueryNode,
/// }
///
/// fn daily(chain: &str) -> Daily {
///     let daily = pipeline![
///         volume = refresh("dune.acme.result_dex_daily"),
///         share = query(3101).parameters(blockchain = chain).after(volume),
///     ];
///     Daily { share: daily.share, pipeline: daily.into_erased() }
/// }
///
/// let base = daily("base");
/// assert_eq!(base.pipeline.query("share")?, base.share);
/// # Ok::<(), dune_pipeline::NoSuchNode>(())
/// ```
///
/// It is cheap to clone, and may be sent to other threads.
#[must_use = "a pipeline does nothing until it is executed"]
#[derive(Clone)]
pub struct Pipeline<L = ()> {
    content: Arc<Content>,
    labels: L,
}

struct Content {
    identity: Identity,
    nodes: Vec<Declared>,
    request: Result<ExecutePipelineRequest, InvalidPipeline>,
}

/// What is remembered of a node beside its body.
struct Declared {
    name: Name,
    id: i64,
    is_query: bool,
}

impl Pipeline {
    /// Puts a pipeline together at run time.
    pub fn builder() -> PipelineBuilder {
        PipelineBuilder::default()
    }
}

impl<L> Pipeline<L> {
    /// Whether the pipeline breaks no rule. What is literal in `pipeline!` was judged when compiling; this judges the names
    /// of views and the ids of queries that were not known then. Whoever does not ask is told when executing it,
    /// before anything is sent.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn check(&self) -> Result<(), InvalidPipeline> {
        self.request().map(drop)
    }

    /// The body of the request that executes it, as `POST /v1/pipelines/execute` takes it.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub fn to_json(&self) -> Result<String, InvalidPipeline> {
        let request = self.request()?;
        #[expect(
            clippy::expect_used,
            reason = "numbers, texts and maps with text for keys can always be written as JSON"
        )]
        Ok(serde_json::to_string(request).expect("a pipeline can be written as JSON"))
    }

    /// The same pipeline under a type that can be written down. The handles stay good; take those you need first.
    pub fn into_erased(self) -> Pipeline {
        Pipeline {
            content: self.content,
            labels: (),
        }
    }

    /// The handle of a query node, by its label or id.
    ///
    /// # Errors
    /// There is no such node, or it refreshes a view.
    pub fn query(&self, name: impl Into<Name>) -> Result<QueryNode, NoSuchNode> {
        let name = name.into();
        let node = self.content.node(&name)?;
        match node.is_query {
            true => Ok(self.handles().query(node.id)),
            false => Err(NoSuchNode::IsRefresh {
                name: name.to_string(),
            }),
        }
    }

    /// The handle of a node that refreshes a view, by its label or id.
    ///
    /// # Errors
    /// There is no such node, or it executes a query.
    pub fn refresh(&self, name: impl Into<Name>) -> Result<RefreshNode, NoSuchNode> {
        let name = name.into();
        let node = self.content.node(&name)?;
        match node.is_query {
            false => Ok(self.handles().refresh(node.id)),
            true => Err(NoSuchNode::IsQuery {
                name: name.to_string(),
            }),
        }
    }

    /// The body to send, or why there is none.
    pub(crate) fn request(&self) -> Result<&ExecutePipelineRequest, InvalidPipeline> {
        self.content.request.as_ref().map_err(Clone::clone)
    }

    /// The id of each node and what it is called, in the order declared.
    pub(crate) fn names(&self) -> impl Iterator<Item = (i64, &Name)> {
        self.content.nodes.iter().map(|node| (node.id, &node.name))
    }

    /// Which pipeline this is: handles carry the same.
    pub(crate) fn identity(&self) -> Identity {
        self.content.identity
    }

    fn of(content: Content, labels: impl FnOnce(handle::Handles) -> L) -> Self {
        let identity = content.identity;
        Self {
            labels: labels(handle::Handles { identity }),
            content: Arc::new(content),
        }
    }

    fn handles(&self) -> handle::Handles {
        handle::Handles {
            identity: self.identity(),
        }
    }
}

impl Content {
    fn new(declared: Vec<Declaration>) -> Self {
        let mut nodes: Vec<Declared> = (1..)
            .zip(&declared)
            .map(|(id, node)| Declared {
                name: node.name.value.clone(),
                id,
                is_query: matches!(node.spec, NodeSpec::Query(_)),
            })
            .collect();
        let request = body::build(declared).map(|body| {
            for (node, id) in nodes.iter_mut().zip(body.ids) {
                node.id = id;
            }
            body.request
        });
        Self {
            identity: Identity::new(),
            nodes,
            request,
        }
    }

    fn node(&self, name: &Name) -> Result<&Declared, NoSuchNode> {
        let named = |node: &&Declared| match name {
            Name::Label(_) => node.name == *name,
            Name::Id(id) => i128::from(node.id) == *id,
        };
        self.nodes
            .iter()
            .find(named)
            .ok_or_else(|| NoSuchNode::NotDeclared {
                name: name.to_string(),
                hint: self.hint(name),
            })
    }

    fn hint(&self, name: &Name) -> Option<String> {
        if self.nodes.is_empty() {
            return None;
        }
        let labels = self.nodes.iter().filter_map(|node| match &node.name {
            Name::Label(label) => Some(label.as_str()),
            Name::Id(_) => None,
        });
        let near = match name {
            Name::Label(label) => nearest(label, labels),
            Name::Id(_) => None,
        };
        Some(match near {
            Some(near) => format!("; did you mean `{near}`?"),
            None => {
                let names = list(self.nodes.iter().map(|node| &node.name));
                format!("; its nodes are {names}")
            }
        })
    }
}

/// The handles, as fields.
impl<L> Deref for Pipeline<L> {
    type Target = L;

    fn deref(&self) -> &L {
        &self.labels
    }
}

impl<L> fmt::Debug for Pipeline<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.content.request {
            Ok(request) => f.debug_tuple("Pipeline").field(request).finish(),
            Err(invalid) => f.debug_tuple("Pipeline").field(invalid).finish(),
        }
    }
}
