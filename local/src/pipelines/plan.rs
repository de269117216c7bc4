//! What a pipeline is before it runs: judged, its queries and views found, its nodes in order.
//! It comes from the nodes that somebody sends, or from the lineage of one query.

use std::collections::HashMap;

use dune_api::types;
use dune_pipeline_graph as graph;

use crate::executions::{Refused, Work};
use crate::library::{Library, view_name};
use crate::parameters::Given;
use crate::statement::{Lineage, LineageError, lineage};

/// A pipeline that can run.
#[derive(Debug)]
pub(crate) struct Planned {
    pub(crate) nodes: Vec<Node>,
}

/// A node of it.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) id: i64,
    pub(crate) work: Work,
    /// The nodes it waits for: indices into the pipeline's nodes.
    pub(crate) dependencies: Vec<usize>,
}

/// Why a pipeline is not started. Nothing of it has run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlanError {
    /// Its graph breaks the rules.
    #[error(transparent)]
    Graph(#[from] graph::Faults),
    /// Nodes name what is not there, or give what is not taken.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Nodes(Vec<NodeError>),
    /// The one query it is to be built from cannot run.
    #[error(transparent)]
    Query(#[from] Refused),
    /// The lineage of that query cannot be told.
    #[error(transparent)]
    Lineage(#[from] LineageError),
}

/// What is wrong with one node.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NodeError {
    #[error("node `{node}`: there is no query {query}")]
    NoQuery { node: i64, query: i64 },
    #[error("node `{node}`: there is no view `{view}`{suggestion}")]
    NoView {
        node: i64,
        view: String,
        suggestion: String,
    },
    #[error("node `{node}`: {refused}")]
    Refused { node: i64, refused: Refused },
}

impl Planned {
    /// Judges the nodes that somebody sends.
    pub(crate) fn explicit(
        library: &Library,
        nodes: &[types::PipelineNode],
    ) -> Result<Self, PlanError> {
        let declared: Vec<graph::Node> = nodes.iter().map(declared).collect();
        let plan = graph::check(&declared)?;
        let mut errors = Vec::new();
        let mut planned = Vec::with_capacity(nodes.len());
        for (node, dependencies) in nodes.iter().zip(plan.dependencies) {
            match work(library, node) {
                Ok(Some(work)) => planned.push(Node {
                    id: node.id,
                    work,
                    dependencies,
                }),
                // A node without a kind does not get past the graph's rules.
                Ok(None) => {}
                Err(error) => errors.push(error),
            }
        }
        if errors.is_empty() {
            Ok(Self { nodes: planned })
        } else {
            Err(PlanError::Nodes(errors))
        }
    }

    /// Builds the pipeline of a query: every view under it, each after what it reads, and the
    /// query itself last.
    pub(crate) fn of_query(library: &Library, id: i64, given: &Given) -> Result<Self, PlanError> {
        let work = Work::query(library, id, given)?;
        let statement = work.statement.as_ref().map_err(|error| LineageError::Sql {
            view: None,
            error: error.clone(),
        })?;
        let Lineage { views, read } = lineage(library, statement)?;
        let mut nodes = Vec::with_capacity(views.len() + 1);
        for upstream in &views {
            // The lineage names only views that the library has.
            let Some(view) = library.view(&upstream.name) else {
                continue;
            };
            nodes.push((Work::refresh(library, &view), upstream.reads.clone()));
        }
        nodes.push((work, read));
        Ok(Self::numbered(nodes))
    }

    /// Builds the pipeline that fills these views, each after those of them it reads. A view
    /// whose lineage cannot be told waits for nothing, and fails when it runs.
    pub(crate) fn of_views(library: &Library, names: &[crate::engine::TableName]) -> Self {
        let index: HashMap<_, _> = names
            .iter()
            .enumerate()
            .map(|(at, name)| (name, at))
            .collect();
        let nodes = names.iter().filter_map(|name| {
            let work = Work::refresh(library, &*library.view(name)?);
            let found = work.statement.as_ref().ok();
            let found = found.and_then(|statement| lineage(library, statement).ok());
            let under = found.map(|found| found.views).unwrap_or_default();
            let dependencies = under
                .iter()
                .filter_map(|view| index.get(&view.name).copied());
            Some((work, dependencies.collect()))
        });
        Self::numbered(nodes.collect())
    }

    fn numbered(nodes: Vec<(Work, Vec<usize>)>) -> Self {
        let nodes = (1..).zip(nodes).map(|(id, (work, dependencies))| Node {
            id,
            work,
            dependencies,
        });
        Self {
            nodes: nodes.collect(),
        }
    }

    /// The pipeline as Dune writes it.
    pub(crate) fn describe(
        &self,
        performance: types::Performance,
        given: &Given,
    ) -> types::ResponsePipeline {
        let tier = Some(performance.to_string());
        let id = |at: &usize| self.nodes.get(*at).map(|node| node.id);
        let nodes = self.nodes.iter().map(|node| types::ResponsePipelineNode {
            id: node.id,
            dependencies: Some(node.dependencies.iter().filter_map(id).collect()),
            materialized_view_refresh: node.work.view.as_ref().map(|view| {
                types::ResponsePipelineMaterializedViewRefreshNode {
                    name: view.to_string(),
                    performance: tier.clone(),
                }
            }),
            query_execution: node.work.view.is_none().then(|| {
                types::ResponsePipelineQueryExecutionNode {
                    performance: tier.clone(),
                    query_id: node.work.query_id,
                    query_parameters: (!given.is_empty()).then(|| given.clone()),
                }
            }),
        });
        types::ResponsePipeline {
            nodes: Some(nodes.collect()),
        }
    }
}

/// A node in the words of the graph's rules.
fn declared(node: &types::PipelineNode) -> graph::Node {
    let mut declared = graph::Node::new(node.id);
    if let Some(refresh) = &node.materialized_view_refresh {
        declared = declared.target(graph::Target::refresh(&refresh.name));
    }
    if let Some(query) = &node.query_execution {
        declared = declared.target(graph::Target::query(query.query_id));
    }
    node.dependencies
        .iter()
        .fold(declared, |declared, on| declared.after(*on))
}

fn work(library: &Library, node: &types::PipelineNode) -> Result<Option<Work>, NodeError> {
    if let Some(query) = &node.query_execution {
        return Work::query(library, query.query_id, &query.query_parameters)
            .map(Some)
            .map_err(|refused| match refused {
                Refused::NotFound => NodeError::NoQuery {
                    node: node.id,
                    query: query.query_id,
                },
                refused => NodeError::Refused {
                    node: node.id,
                    refused,
                },
            });
    }
    let Some(refresh) = &node.materialized_view_refresh else {
        return Ok(None);
    };
    let view = view_name(library.team(), &refresh.name).and_then(|name| library.view(&name));
    match view {
        Some(view) => Ok(Some(Work::refresh(library, &view))),
        None => Err(NodeError::NoView {
            node: node.id,
            view: refresh.name.clone(),
            suggestion: suggestion(library, &refresh.name),
        }),
    }
}

fn suggestion(library: &Library, view: &str) -> String {
    let names: Vec<String> = library
        .views()
        .iter()
        .map(|view| view.name.to_string())
        .collect();
    let nearest = graph::names::nearest(view, names.iter().map(String::as_str));
    nearest
        .map(|nearest| format!(": did you mean `{nearest}`?"))
        .unwrap_or_default()
}
