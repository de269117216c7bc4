//! Hands the graph of the pipeline to the crate that knows the rules, and its faults to the report.
//! What only follows from something the parser has reported is left out.

use super::place::Place;
use super::report::{Mistake, Report};
use super::syntax::{Called, Expression, Kind, Known, Name, Node, Parameter, Pipeline, Work};
use dune_pipeline_graph::{self as graph, At, Fault, Part, Rule, Target};
use proc_macro2::Span;
use std::collections::{HashMap, HashSet};
use syn::ext::IdentExt;

/// Reports every rule that the nodes break, as far as that can be known while compiling.
pub(crate) fn check(pipeline: &Pipeline, report: &mut Report) {
    let nodes: Vec<&Node> = pipeline.nodes().collect();
    let graph_nodes: Vec<graph::Node> = nodes.iter().map(|node| graph_node(node)).collect();
    nodes.iter().for_each(|node| literal_targets(node, report));
    members_of_single_nodes(&nodes, report);
    let Err(faults) = graph::check(&graph_nodes) else {
        return;
    };
    for fault in faults {
        if is_consequence(&fault, pipeline, report) {
            continue;
        }
        if let Some(mistake) = waits_within_its_group(&fault, &nodes) {
            report.add(mistake);
        } else {
            let place = place(&fault, &nodes);
            let rule = without_guesses(fault, &nodes, &graph_nodes);
            report.add(Mistake::of_rule(place, &rule));
        }
    }
}

/// Does it follow from something that was reported, or may it be no fault at all with the nodes that only a run knows?
fn is_consequence(fault: &Fault, pipeline: &Pipeline, report: &Report) -> bool {
    let is_closed = pipeline.bases().next().is_none();
    match fault.rule {
        Rule::Empty => !is_closed || !report.is_empty(),
        Rule::Dangling { .. } => !is_closed || pipeline.lost_a_label,
        _ => false,
    }
}

/// Waiting for another of the same group is told by the word that does it.
fn waits_within_its_group(fault: &Fault, nodes: &[&Node]) -> Option<Mistake> {
    let (Rule::DependsOnItself { node: name }, Some(at)) = (&fault.rule, fault.place) else {
        return None;
    };
    let Part::Dependency(index) = at.part else {
        return None;
    };
    let node = nodes.get(at.node)?;
    let in_turn = node.each.as_ref()?.word == "in_turn";
    dependencies(node).get(index)?.index.as_ref()?;
    Some(
        Mistake::new(
            place(fault, nodes),
            format!("a node of `{name}` depends on another of `{name}`"),
        )
        .note("they are declared as one, of which none can be named before all are there")
        .help(match in_turn {
            true => "remove it: each waits for the one before it already",
            false => "`in_turn(..)` instead of `each(..)` makes each wait for the one before it",
        }),
    )
}

/// `.after(label[0])` where the label is that of one node.
fn members_of_single_nodes(nodes: &[&Node], report: &mut Report) {
    let mut is_group: HashMap<String, bool> = HashMap::new();
    for node in nodes {
        *is_group.entry(node.name.to_string()).or_default() |= node.each.is_some() || node.broken;
    }
    for node in nodes {
        for on in node.after.iter().flat_map(|after| &after.list) {
            let on_itself = on.to_string() == node.name.to_string();
            if on.index.is_some() && !on_itself && is_group.get(&on.to_string()) == Some(&false) {
                let rule = Rule::NoGroup {
                    node: name(on).value,
                };
                report.add(Mistake::of_rule(on.place, &rule));
            }
        }
    }
}

/// The fault's rule; but of a node whose kind could not be read nobody knows that it was meant to be of another kind than
/// the node that has its label already.
fn without_guesses(fault: Fault, nodes: &[&Node], graph_nodes: &[graph::Node]) -> Rule {
    if let (
        Rule::TwoKinds { node: name, .. },
        Some(graph::Place {
            node,
            part: Part::Name,
        }),
    ) = (&fault.rule, fault.place)
        && let Some(first) = graph_nodes.iter().position(|node| node.name.value == *name)
        && let (Some(one), Some(other)) = (nodes.get(first), nodes.get(node))
        && (one.broken || other.broken)
    {
        return Rule::DeclaredTwice {
            name: name.clone(),
            first,
            line: one.name.place.line(),
        };
    }
    fault.rule
}

/// The tokens a fault is about. A part that is not there cannot be at fault; were it, the node's name would have it.
fn place(fault: &Fault, nodes: &[&Node]) -> Place {
    let Some((at, node)) = fault.place.and_then(|at| Some((at, nodes.get(at.node)?))) else {
        return Place::of_span(Span::call_site(), 0);
    };
    match at.part {
        Part::Name => None,
        Part::Target(index) => node
            .kinds
            .get(index)
            .map(|kind| match (index, &kind.target) {
                // A second kind is wrong as such, a first one for what it names.
                (0, Some(target)) => target.place,
                _ => kind.place,
            }),
        Part::Parameter(index) => node
            .parameters
            .as_ref()
            .and_then(|parameters| parameters.list.get(index))
            .map(|parameter| parameter.place),
        Part::Dependency(index) => dependencies(node).get(index).map(|label| label.place),
    }
    .unwrap_or(node.name.place)
}

/// What is written in the nodes of an `each` holds for each of them, if there is one: a name or number that can never be
/// is told, and what would only be wrong twice is not.
fn literal_targets(node: &Node, report: &mut Report) {
    for kind in node.kinds.iter().filter(|_| node.each.is_some()) {
        let rule = match target(kind.work, kind.target.as_ref()) {
            Target::Refresh { view: Some(view) } => graph::check_view(&view).err(),
            Target::Query { id: Some(id) } => graph::check_query_id(id).err(),
            Target::Refresh { view: None } | Target::Query { id: None } => None,
        };
        if let (Some(rule), Some(target)) = (rule, &kind.target) {
            report.add(Mistake::of_rule(target.place, &rule));
        }
    }
}

fn graph_node(node: &Node) -> graph::Node {
    let written = |kind: &Kind| match (&node.each, kind.work) {
        (None, work) => target(work, kind.target.as_ref()),
        // Nobody knows yet how many there will be.
        (Some(_), Work::Refresh) => Target::Refresh { view: None },
        (Some(_), Work::Query) => Target::Query { id: None },
    };
    let mut targets: Vec<At<Target>> = node
        .kinds
        .iter()
        .map(|kind| At {
            value: written(kind),
            line: kind.place.line(),
        })
        .collect();
    if targets.is_empty() && node.broken {
        targets.push(At::from(Target::Query { id: None }));
    }
    let parameter = |parameter: &Parameter| At {
        value: parameter.key.clone(),
        line: parameter.place.line(),
    };
    graph::Node {
        name: name(&node.name),
        targets,
        parameters: node.parameters().iter().map(parameter).collect(),
        dependencies: dependencies(node).into_iter().map(name).collect(),
    }
}

/// What it waits for. Several nodes of one group are no group named twice, and to the rules that group once; one node of it
/// named twice is.
fn dependencies(node: &Node) -> Vec<&Name> {
    let mut members: HashMap<String, HashSet<Option<String>>> = HashMap::new();
    let list = node.after.iter().flat_map(|after| &after.list);
    let is_told = |name: &&Name| {
        let Some(index) = &name.index else {
            return true;
        };
        let index = match &index.known {
            Known::Integer { digits, .. } => Some(digits.clone()),
            _ => None,
        };
        let others = members.entry(name.to_string()).or_default();
        let is_first = others.is_empty();
        let is_known = index.is_some();
        let is_again = !others.insert(index) && is_known;
        is_first || is_again
    };
    list.filter(is_told).collect()
}

fn target(work: Work, written: Option<&Expression>) -> Target {
    match (work, written.map(|target| &target.known)) {
        (Work::Refresh, Some(Known::Text(view))) => Target::Refresh {
            view: Some(view.clone()),
        },
        (Work::Refresh, _) => Target::Refresh { view: None },
        // A number that is too large even for this type is rustc's to refuse, where it is passed on.
        (Work::Query, Some(Known::Integer { digits, .. })) => Target::Query {
            id: digits.parse().ok(),
        },
        (Work::Query, _) => Target::Query { id: None },
    }
}

fn name(name: &Name) -> At<graph::Name> {
    At {
        value: match &name.called {
            Called::Label(label) => graph::Name::Label(label.unraw().to_string()),
            Called::Id(id) => graph::Name::from(*id),
        },
        line: name.place.line(),
    }
}
