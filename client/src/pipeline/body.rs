//! From declared nodes to the body that the API takes: the graph's rules are asked, and what holds is put into the types
//! generated from Dune's document.

use dune_api::types;
use dune_pipeline_graph::{self as graph, At, Name, Part, Place, Target};
use serde_json::{Map, Value};

use super::fault::{InvalidPipeline, PipelineFault};
use super::node::{NodeSpec, QuerySpec, RefreshSpec};
use super::parameter::Sent;

/// A node as it was declared, right or wrong.
#[derive(Debug, Clone)]
pub(super) struct Declaration {
    pub(super) name: At<Name>,
    /// The line of its kind, where it comes from `pipeline!`.
    pub(super) line: Option<usize>,
    pub(super) spec: NodeSpec,
}

/// The ids of the nodes, in the order declared, and the body they make.
pub(super) struct Body {
    pub(super) ids: Vec<i64>,
    pub(super) request: types::ExecutePipelineRequest,
}

/// Judges the nodes by every rule and makes the body of them.
pub(super) fn build(nodes: Vec<Declaration>) -> Result<Body, InvalidPipeline> {
    let graph_nodes: Vec<graph::Node> = nodes.iter().map(graph_node).collect();
    let mut faults: Vec<_> = values_that_cannot_be_sent(&nodes).collect();
    match graph::check(&graph_nodes) {
        Ok(plan) if faults.is_empty() => Ok(body(nodes, plan)),
        checked => {
            for fault in checked.err().into_iter().flatten() {
                let node = fault.place.and_then(|place| nodes.get(place.node));
                let node = node.map(|node| node.name.value.to_string());
                faults.push((fault.place, PipelineFault::of_graph(&fault, node)));
            }
            faults.sort_by_key(|(place, _)| *place);
            let faults = faults.into_iter().map(|(_, fault)| fault);
            Err(InvalidPipeline::of(faults.collect()))
        }
    }
}

fn body(nodes: Vec<Declaration>, plan: graph::Plan) -> Body {
    let ids = plan.ids;
    let nodes = ids.iter().zip(nodes).zip(plan.dependencies);
    let nodes = nodes.map(|((&id, node), dependencies)| {
        let dependencies = dependencies
            .into_iter()
            .filter_map(|on| ids.get(on).copied());
        node.spec.into_body(id, dependencies.collect())
    });
    let request = request(nodes.collect());
    Body { ids, request }
}

fn graph_node(node: &Declaration) -> graph::Node {
    let (target, after) = match &node.spec {
        NodeSpec::Refresh(refresh) => (Target::refresh(&refresh.view), &refresh.after),
        NodeSpec::Query(query) => (Target::query(query.id), &query.after),
    };
    let parameters = match &node.spec {
        NodeSpec::Refresh(_) => [].as_slice(),
        NodeSpec::Query(query) => &query.parameters,
    };
    graph::Node {
        name: node.name.clone(),
        targets: vec![At {
            value: target,
            line: node.line,
        }],
        parameters: parameters.iter().map(|(key, _)| key.clone()).collect(),
        dependencies: after.clone(),
    }
}

fn values_that_cannot_be_sent(
    nodes: &[Declaration],
) -> impl Iterator<Item = (Option<Place>, PipelineFault)> {
    let queries = nodes
        .iter()
        .enumerate()
        .filter_map(|(i, node)| match &node.spec {
            NodeSpec::Query(query) => Some((i, &node.name.value, query)),
            NodeSpec::Refresh(_) => None,
        });
    queries.flat_map(|(node, name, query)| {
        let parameters = query.parameters.iter().enumerate();
        parameters.filter_map(move |(p, (key, value))| match &value.0 {
            Sent::NotFinite(value) => Some((
                Some(Place {
                    node,
                    part: Part::Parameter(p),
                }),
                PipelineFault::not_finite(name.to_string(), &key.value, value),
            )),
            Sent::Text(_) | Sent::LeftOut => None,
        })
    })
}

// The generated structs are written out in full, and here alone: a field that a newer document adds, renames or removes
// stops the build at this place, and no pipeline in anybody's code.

fn request(nodes: Vec<types::PipelineNode>) -> types::ExecutePipelineRequest {
    types::ExecutePipelineRequest {
        pipeline: Some(types::Pipeline { nodes }),
        query_id: None,
        performance: None,
        query_parameters: Map::new(),
    }
}

impl NodeSpec {
    fn into_body(self, id: i64, dependencies: Vec<i64>) -> types::PipelineNode {
        let (materialized_view_refresh, query_execution) = match self {
            Self::Refresh(refresh) => (Some(refresh.into_body()), None),
            Self::Query(query) => (None, Some(query.into_body())),
        };
        types::PipelineNode {
            id,
            dependencies,
            materialized_view_refresh,
            query_execution,
        }
    }
}

impl RefreshSpec {
    fn into_body(self) -> types::PipelineMaterializedViewRefreshNode {
        types::PipelineMaterializedViewRefreshNode {
            name: self.view,
            performance: self.performance,
        }
    }
}

impl QuerySpec {
    fn into_body(self) -> types::PipelineQueryExecutionNode {
        let parameters = self.parameters.into_iter();
        types::PipelineQueryExecutionNode {
            // In range: the graph's rules have judged it.
            query_id: i64::try_from(self.id).unwrap_or(i64::MAX),
            performance: self.performance,
            query_parameters: parameters
                .filter_map(|(key, value)| match value.0 {
                    Sent::Text(text) => Some((key.value, Value::String(text))),
                    Sent::LeftOut | Sent::NotFinite(_) => None,
                })
                .collect(),
        }
    }
}
