//! A query outside of a pipeline: judged by the same rules as a node of one, and by one more, for there is nothing that it
//! could wait for.

use dune_api::types;
use dune_pipeline_graph::names::list;

use super::Pipeline;
use super::fault::{InvalidPipeline, PipelineFault};
use super::node::QuerySpec;

impl QuerySpec {
    /// As it is executed by itself.
    pub(crate) fn alone(self) -> Result<types::PipelineQueryExecutionNode, InvalidPipeline> {
        self.judged(None)
    }

    /// As Dune builds a pipeline for it.
    pub(crate) fn with_its_views(
        self,
    ) -> Result<types::PipelineQueryExecutionNode, InvalidPipeline> {
        self.judged(Some(
            "Dune itself refreshes the views under it before it runs",
        ))
    }

    fn judged(
        self,
        note: Option<&str>,
    ) -> Result<types::PipelineQueryExecutionNode, InvalidPipeline> {
        if !self.after.is_empty() {
            let on = list(self.after.iter().map(|dependency| &dependency.value));
            let fault = PipelineFault::waits_alone(&on, note);
            return Err(InvalidPipeline::of(vec![fault]));
        }
        let pipeline = Pipeline::builder().node("query", self).build()?;
        let nodes = pipeline
            .request()?
            .pipeline
            .iter()
            .flat_map(|pipeline| &pipeline.nodes);
        let mut queries = nodes.filter_map(|node| node.query_execution.clone());
        #[expect(
            clippy::expect_used,
            reason = "the one node of the pipeline is a query"
        )]
        Ok(queries.next().expect("the node of a query has a query"))
    }
}
