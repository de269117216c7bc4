//! Pipelines as values: declared by `pipeline!` or built at run time, judged by the same rules, named by typed handles,
//! and written as the body that Dune's API takes.

mod alone;
mod body;
mod builder;
mod draft;
mod draw;
pub mod editor;
mod fault;
mod find;
mod group;
mod handle;
mod include;
mod json;
mod macros;
mod named;
mod node;
mod parameter;
pub mod private;
mod several;
mod target;
mod task;
mod twice;

use std::ops::Deref;
use std::sync::Arc;

use dune_api::types::{ExecutePipelineRequest, PipelineNode};
use dune_pipeline_graph::Name;

use body::Body;
pub use builder::PipelineBuilder;
use draft::{Draft, First, Slot};
pub use fault::{InvalidPipeline, NoSuchNode, PipelineFault};
pub use group::{NodeGroup, QueryNodes, RefreshNodes};
use handle::Handles;
pub(crate) use handle::Identity;
pub use handle::{NodeHandle, QueryNode, RefreshNode, ReturnsRows};
pub use json::{InvalidJson, JsonFault};
pub use named::NamedParameter;
pub use node::{NodeSpec, QuerySpec, RefreshSpec, query, refresh};
pub use parameter::{Parameter, ParameterValue};
pub use target::{QueryId, Tier, ViewName};
pub use task::Task;

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
///     Daily {
///         share: daily.share,
///         pipeline: daily.into_erased(),
///     }
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
    /// Makes the labels, and makes them anew where another pipeline takes this one in.
    relabel: include::Labels<L>,
}

struct Content {
    identity: Identity,
    draft: Draft,
    /// The items of the list, for whoever takes this pipeline in.
    slots: Arc<[Slot]>,
    /// The id of each node; where the pipeline is invalid they stand for nothing and tell the nodes apart.
    ids: Vec<i64>,
    built: Result<Built, InvalidPipeline>,
}

struct Built {
    request: ExecutePipelineRequest,
    order: Vec<usize>,
}

/// A node of a pipeline that breaks no rule.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NodeView<'p> {
    pub(crate) name: &'p Name,
    /// Its id, what it does, and the ids of what it waits for.
    pub(crate) body: &'p PipelineNode,
}

impl Pipeline {
    /// Puts a pipeline together at run time.
    pub fn builder() -> PipelineBuilder {
        PipelineBuilder::default()
    }

    fn unlabelled(content: Content) -> Pipeline {
        Pipeline::of(content, Arc::new(|_| ()))
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
            relabel: Arc::new(|_| ()),
        }
    }

    /// The same pipeline with its handles in a type of one's own, which can be written down: so a function returns
    /// a pipeline with its handles, and `..common()` keeps them.
    ///
    /// ```
    /// use dune_pipeline::{Pipeline, RefreshNode, pipeline};
    ///
    /// struct Common {
    ///     volume: RefreshNode,
    /// }
    ///
    /// fn common() -> Pipeline<Common> {
    ///     let common = pipeline![volume = refresh("dune.acme.result_dex_daily")];
    ///     common.map_labels(|labels| Common {
    ///         volume: labels.volume,
    ///     })
    /// }
    ///
    /// let daily = pipeline![..common(), trend = query(3103).after(volume)];
    /// assert_eq!(daily.volume.id(), 1);
    /// ```
    ///
    /// The function is called now, and again wherever another pipeline takes this one in: then with handles of that
    /// one. So take the handles from its argument, never from outside: one that it captured would go on naming a node of
    /// the pipeline it came from, and be foreign ([`Error::ForeignNode`](crate::Error::ForeignNode)) in a run of the other.
    pub fn map_labels<M>(self, map: impl Fn(L) -> M + Send + Sync + 'static) -> Pipeline<M>
    where
        L: 'static,
    {
        let relabel = self.relabel;
        Pipeline {
            content: self.content,
            labels: map(self.labels),
            relabel: Arc::new(move |handles| map(relabel(handles))),
        }
    }

    /// The body to send, or why there is none.
    pub(crate) fn request(&self) -> Result<&ExecutePipelineRequest, InvalidPipeline> {
        match &self.content.built {
            Ok(built) => Ok(&built.request),
            Err(invalid) => Err(invalid.clone()),
        }
    }

    /// The nodes, each after what it waits for; where nothing forces another order, as declared.
    pub(crate) fn nodes_in_order(&self) -> Result<Vec<NodeView<'_>>, InvalidPipeline> {
        let built = self.content.built.as_ref().map_err(Clone::clone)?;
        let bodies = built.request.pipeline.as_ref();
        let bodies = bodies.map_or(&[][..], |pipeline| &pipeline.nodes);
        let node = |&node: &usize| {
            let name = &self.content.draft.nodes.get(node)?.name.value;
            let body = bodies.get(node)?;
            Some(NodeView { name, body })
        };
        Ok(built.order.iter().filter_map(node).collect())
    }

    /// Which pipeline this is: handles carry the same.
    pub(crate) fn identity(&self) -> Identity {
        self.content.identity
    }

    fn of(content: Content, relabel: include::Labels<L>) -> Self {
        Self {
            labels: relabel(content.handles()),
            content: Arc::new(content),
            relabel,
        }
    }
}

impl Content {
    fn new(mut draft: Draft) -> Self {
        draft.find_copies();
        let (ids, built) = match body::build(&draft) {
            Ok(Body {
                ids,
                order,
                request,
            }) => (ids, Ok(Built { request, order })),
            Err(invalid) => ((1..).take(draft.nodes.len()).collect(), Err(invalid)),
        };
        Self {
            identity: Identity::new(),
            slots: std::mem::take(&mut draft.slots).into(),
            draft,
            ids,
            built,
        }
    }

    fn handles(&self) -> Handles<'_> {
        Handles {
            identity: self.identity,
            ids: &self.ids,
            groups: &self.draft.groups,
            items: &self.slots,
            first: First::default(),
        }
    }

    /// Everything that is wrong with it.
    fn faults(&self) -> &[PipelineFault] {
        self.built
            .as_ref()
            .err()
            .map_or(&[], InvalidPipeline::faults)
    }
}

/// The handles, as fields.
impl<L> Deref for Pipeline<L> {
    type Target = L;

    fn deref(&self) -> &L {
        &self.labels
    }
}
