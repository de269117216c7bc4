//! Whose rows are asked for: those of a node of a run, of an execution, or the latest of a query. Which execution that
//! is, whether it has rows, and how errors call it.

use serde_json::{Map, Value};

use crate::error::{Call, Error, FailedExecution, PageFault, ResultOf, UnfinishedNode};
use crate::execution::QueryError;
use crate::pipeline::{Identity, Task};
use crate::run::{NodeStatus, Plan, Run, RunStatus, State};

/// Whose rows they are.
#[derive(Debug, Clone)]
pub(super) enum Origin {
    /// Those of a node of a run.
    Node(Run, Source),
    /// Those of an execution.
    Execution(String),
    /// The newest ones of a query, with these values of its parameters.
    Latest(i64, Map<String, Value>),
}

/// Which node of a run it is.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// The node of a handle, with the pipeline it belongs to.
    Node(i64, Identity),
    /// The node that runs a query.
    Query(i64),
}

/// What is to be read.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) of: ResultOf,
    pub(super) target: Target,
}

/// Where it is read.
#[derive(Debug, Clone)]
pub(super) enum Target {
    /// An execution.
    Execution(String),
    /// A query, whose newest execution turns out with the first page.
    Query(i64, Map<String, Value>),
}

/// Why there are no rows in an answer.
pub(super) struct Rowless {
    pub(super) state: State,
    pub(super) error: Option<QueryError>,
}

impl Origin {
    /// Finds the execution; of a node, only once it has completed.
    pub(super) async fn find(&self, allow_partial: bool) -> Result<Found, Error> {
        match self {
            Origin::Node(run, source) => source.find(run, allow_partial).await,
            Origin::Execution(id) => Ok(Found {
                of: ResultOf::execution(id),
                target: Target::Execution(id.clone()),
            }),
            Origin::Latest(query, parameters) => Ok(Found {
                of: ResultOf::latest(*query),
                target: Target::Query(*query, parameters.clone()),
            }),
        }
    }
}

impl Found {
    /// The request for a page of it.
    pub(super) fn call(&self) -> Call {
        let call = match &self.target {
            Target::Execution(execution) => Call::read("reading rows").of_execution(execution),
            Target::Query(..) => Call::read(format!("reading rows of {}", self.of)),
        };
        match (&self.of.node, &self.of.run) {
            (Some(node), Some(run)) => call.of_node(node).of_run(run),
            _ => call,
        }
    }

    /// Takes up the execution that a page says it is of: the first one of a query's latest result decides.
    pub(super) fn settle(&mut self, execution: &str) -> Result<(), PageFault> {
        match &self.target {
            Target::Execution(expected) if expected != execution => Err(PageFault::Changed {
                expected: expected.clone(),
                found: execution.to_owned(),
            }),
            Target::Execution(_) => Ok(()),
            Target::Query(..) => {
                self.of.execution = Some(execution.to_owned());
                self.target = Target::Execution(execution.to_owned());
                Ok(())
            }
        }
    }

    pub(super) fn fault(&self, fault: PageFault) -> Error {
        Error::Pages {
            of: Box::new(self.of.clone()),
            fault,
        }
    }

    pub(super) fn partial(&self) -> Error {
        Error::Partial {
            of: Box::new(self.of.clone()),
        }
    }

    /// The error about an answer of success in which there are no rows.
    pub(super) fn rowless(&self, why: Rowless) -> Error {
        let Rowless { state, error } = why;
        match (self.of.run.clone(), self.of.node.clone()) {
            _ if state.is_success() => self.fault(PageFault::Missing),
            (Some(run), Some(node)) if state.is_final() => Error::NodeFailed {
                run,
                node: Box::new(UnfinishedNode::of_result(node, state, error)),
            },
            (Some(run), Some(node)) => Error::NodeNotFinished { run, node, state },
            _ if state.is_final() => Error::ExecutionFailed(Box::new(FailedExecution {
                of: self.of.clone(),
                state,
                error,
                status: None,
            })),
            _ => Error::ExecutionNotFinished {
                of: Box::new(self.of.clone()),
                state,
            },
        }
    }
}

impl Source {
    async fn find(&self, run: &Run, allow_partial: bool) -> Result<Found, Error> {
        let id = || run.id().to_owned();
        if let Source::Node(node, pipeline) = self
            && run.plan().pipeline() != Some(*pipeline)
        {
            return Err(Error::ForeignNode {
                run: id(),
                node: format!("`{node}`"),
            });
        }
        let done = |status: &RunStatus| {
            let node = self.node_in(status, run.plan());
            node.is_ok_and(|node| node.state().is_final())
        };
        let status = run.settled(done).await?;
        let node = self.node_in(&status, run.plan())?;
        let of = ResultOf::node(run.id(), node.name());
        match (node.state(), node.execution_id()) {
            (State::CompletedPartial, _) if !allow_partial => {
                Err(Error::Partial { of: Box::new(of) })
            }
            (state, Some(execution)) if state.is_success() => Ok(Found {
                of,
                target: Target::Execution(execution.to_owned()),
            }),
            (state, None) if state.is_success() => Err(Error::Pages {
                of: Box::new(of),
                fault: PageFault::Missing,
            }),
            (state, _) if state.is_final() || status.is_final() => Err(Error::NodeFailed {
                run: id(),
                node: Box::new(UnfinishedNode::new(node, &status)),
            }),
            (state, _) => Err(Error::NodeNotFinished {
                run: id(),
                node: node.name(),
                state: state.clone(),
            }),
        }
    }

    /// The node in a status of its run.
    fn node_in<'s>(&self, status: &'s RunStatus, plan: &Plan) -> Result<&'s NodeStatus, Error> {
        let run = || status.run_id().to_owned();
        match self {
            Source::Node(id, _) => status.node_by_id(*id).ok_or_else(|| Error::UnknownNode {
                run: run(),
                node: plan.name_of(*id),
            }),
            Source::Query(query) => {
                let nodes = status.nodes().iter();
                let nodes: Vec<_> = nodes
                    .filter(|node| *node.task() == Task::Query(*query))
                    .collect();
                match nodes.as_slice() {
                    [node] => Ok(node),
                    [] => Err(Error::UnknownQuery {
                        run: run(),
                        query: *query,
                    }),
                    several => Err(Error::AmbiguousQuery {
                        run: run(),
                        query: *query,
                        nodes: several.iter().map(|node| node.name()).collect(),
                    }),
                }
            }
        }
    }
}
