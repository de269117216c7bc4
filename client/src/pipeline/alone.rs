//! A query or a refresh outside of a pipeline: judged by the same rules as a node of one, and by one more, for there is
//! nothing that it could wait for.

use dune_api::types;
use dune_pipeline_graph::names::list;
use dune_pipeline_graph::{At, Name};

use super::Pipeline;
use super::fault::{InvalidPipeline, PipelineFault};
use super::node::{NodeSpec, QuerySpec, RefreshSpec};

impl QuerySpec {
    /// As it is executed by itself.
    pub(crate) fn alone(self) -> Result<types::PipelineQueryExecutionNode, InvalidPipeline> {
        waits_for_nothing("a query that is run alone", &self.after, None)?;
        let node = only_node("query", self)?;
        #[expect(clippy::expect_used, reason = "it was made of a query")]
        Ok(node.query_execution.expect("the node of a query has one"))
    }

    /// As Dune builds a pipeline for it.
    pub(crate) fn with_its_views(
        self,
    ) -> Result<types::PipelineQueryExecutionNode, InvalidPipeline> {
        let note = "Dune itself refreshes the views under it before it runs";
        waits_for_nothing("a query that is run alone", &self.after, Some(note))?;
        self.alone()
    }
}

impl RefreshSpec {
    /// As it is started by itself.
    pub(crate) fn alone(
        self,
    ) -> Result<types::PipelineMaterializedViewRefreshNode, InvalidPipeline> {
        waits_for_nothing("a view that is refreshed alone", &self.after, None)?;
        let node = only_node("view", self)?;
        #[expect(clippy::expect_used, reason = "it was made of a refresh")]
        Ok(node
            .materialized_view_refresh
            .expect("the node of a refresh has one"))
    }
}

fn waits_for_nothing(
    what: &str,
    after: &[At<Name>],
    note: Option<&str>,
) -> Result<(), InvalidPipeline> {
    if after.is_empty() {
        return Ok(());
    }
    let on = list(after.iter().map(|dependency| &dependency.value));
    let fault = PipelineFault::waits_alone(what, &on, note);
    Err(InvalidPipeline::of(vec![fault]))
}

fn only_node(
    label: &str,
    spec: impl Into<NodeSpec>,
) -> Result<types::PipelineNode, InvalidPipeline> {
    let pipeline = Pipeline::builder().node(label, spec).build()?;
    let mut nodes = pipeline
        .request()?
        .pipeline
        .iter()
        .flat_map(|pipeline| &pipeline.nodes);
    #[expect(clippy::expect_used, reason = "one node was put into the pipeline")]
    Ok(nodes.next().cloned().expect("a pipeline has its node"))
}
