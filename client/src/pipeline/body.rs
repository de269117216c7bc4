//! From declared nodes to the body that the API takes: the graph's rules are asked, and what holds is put into the types
//! generated from Dune's document.

use dune_api::types;
use dune_pipeline_graph::{self as graph, At, Name, Part, Place, Rule, Target};
use serde_json::{Map, Value};

use super::draft::{Declaration, Draft};
use super::fault::{InvalidPipeline, PipelineFault};
use super::node::{NodeSpec, QuerySpec, RefreshSpec};
use super::parameter::Sent;

/// What follows from a pipeline that breaks no rule.
pub(super) struct Body {
    /// The ids of the nodes, in the order declared.
    pub(super) ids: Vec<i64>,
    /// The nodes by their index, each after what it waits for.
    pub(super) order: Vec<usize>,
    pub(super) request: types::ExecutePipelineRequest,
}

/// Judges the nodes by every rule and makes the body of them.
pub(super) fn build(draft: &Draft) -> Result<Body, InvalidPipeline> {
    let nodes = &draft.nodes;
    let graph_nodes: Vec<graph::Node> = nodes.iter().map(graph_node).collect();
    let checked = graph::check_with_groups(&graph_nodes, &draft.groups);
    let is_of_copy =
        |place: Option<Place>| place.is_some_and(|place| draft.copies.contains(&place.node));
    let mut faults = draft.carried.clone();
    let found = checked.as_ref().err().into_iter().flatten();
    let found = found.filter(|fault| !is_of_copy(fault.place)).map(|fault| {
        let node = match &fault.rule {
            // That of a group has no node of its own where the group is empty.
            Rule::DeclaredTwice { name, .. } => Some(name),
            _ => fault
                .place
                .and_then(|place| Some(&nodes.get(place.node)?.name.value)),
        };
        let told = PipelineFault::of_graph(fault, node.map(ToString::to_string));
        match &fault.rule {
            Rule::Dangling {
                name: Name::Label(label),
                ..
            } if draft.variables.contains(&label.as_str()) => told.meant_all_of(label),
            _ => told,
        }
    });
    let unsent = values_that_cannot_be_sent(nodes).filter(|fault| !is_of_copy(fault.place));
    for fault in unsent.chain(found) {
        // What came in with its pipeline is found here once more.
        if !draft.carried.iter().any(|told| fault.is_again(told)) {
            faults.push(fault);
        }
    }
    match checked {
        Ok(plan) if faults.is_empty() => Ok(body(nodes, plan)),
        _ => {
            faults.sort_by_key(|fault| fault.place);
            Err(InvalidPipeline::of(faults))
        }
    }
}

fn body(nodes: &[Declaration], plan: graph::Plan) -> Body {
    let ids = plan.ids;
    let bodies = ids.iter().zip(nodes).zip(plan.dependencies);
    let bodies = bodies.map(|((&id, node), dependencies)| {
        let dependencies = dependencies
            .into_iter()
            .filter_map(|on| ids.get(on).copied());
        node.spec.to_body(id, dependencies.collect())
    });
    Body {
        request: request(bodies.collect()),
        order: plan.order,
        ids,
    }
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

fn values_that_cannot_be_sent(nodes: &[Declaration]) -> impl Iterator<Item = PipelineFault> {
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
            Sent::Refused(refused) => {
                let part = Part::Parameter(p);
                let place = Place { node, part };
                let name = name.to_string();
                Some(PipelineFault::refused(place, name, &key.value, refused))
            }
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
    fn to_body(&self, id: i64, dependencies: Vec<i64>) -> types::PipelineNode {
        let (materialized_view_refresh, query_execution) = match self {
            Self::Refresh(refresh) => (Some(refresh.to_body()), None),
            Self::Query(query) => (None, Some(query.to_body())),
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
    fn to_body(&self) -> types::PipelineMaterializedViewRefreshNode {
        types::PipelineMaterializedViewRefreshNode {
            name: self.view.clone(),
            performance: self.performance,
        }
    }
}

impl QuerySpec {
    fn to_body(&self) -> types::PipelineQueryExecutionNode {
        let parameters = self.parameters.iter();
        types::PipelineQueryExecutionNode {
            // In range: the graph's rules have judged it.
            query_id: i64::try_from(self.id).unwrap_or(i64::MAX),
            performance: self.performance,
            query_parameters: parameters
                .filter_map(|(key, value)| match &value.0 {
                    Sent::Text(text) => Some((key.value.clone(), Value::String(text.clone()))),
                    Sent::LeftOut | Sent::Refused(_) => None,
                })
                .collect(),
        }
    }
}
