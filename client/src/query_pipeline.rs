//! The pipeline that Dune builds for a query, read into one that can be looked at, changed and run.

use dune_api::types;
use serde_json::Value;

use crate::pipeline::{NodeSpec, Pipeline, query, refresh};

/// Reads Dune's answer. Nodes have its ids for names.
///
/// # Errors
/// What of it cannot be in a pipeline, such as a tier that the documents do not name.
pub(crate) fn read(answer: types::ResponsePipeline) -> Result<Pipeline, String> {
    let mut pipeline = Pipeline::builder();
    for node in answer.nodes.unwrap_or_default() {
        let id = node.id;
        pipeline.node(id, spec(node).map_err(|why| format!("node `{id}`: {why}"))?);
    }
    pipeline.build().map_err(|invalid| invalid.to_string())
}

fn spec(node: types::ResponsePipelineNode) -> Result<NodeSpec, String> {
    let after = node.dependencies.unwrap_or_default();
    match (node.materialized_view_refresh, node.query_execution) {
        (Some(view), None) => {
            let tier = tier(view.performance)?;
            Ok(refresh(view.name).performance(tier).after(after).into())
        }
        (None, Some(execution)) => {
            let mut spec = query(execution.query_id).after(after);
            for (key, value) in execution.query_parameters.unwrap_or_default() {
                spec = match value {
                    Value::String(text) => spec.parameter(key.as_str(), text),
                    other => spec.parameter(key.as_str(), other.to_string()),
                };
            }
            Ok(spec.performance(tier(execution.performance)?).into())
        }
        _ => Err("it is neither the refresh of one view nor one query".to_owned()),
    }
}

fn tier(name: Option<String>) -> Result<Option<types::Performance>, String> {
    let tier = name.map(|name| {
        name.parse()
            .map_err(|_| format!("its tier `{name}` is in no document"))
    });
    tier.transpose()
}
