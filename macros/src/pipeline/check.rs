//! Hands the graph of the pipeline to the crate that knows the rules, and its faults to the report.
//! What only follows from something the parser has reported is left out.

use super::place::Place;
use super::report::{Mistake, Report};
use super::syntax::{Called, Expression, Known, Name, Node, Pipeline, Work};
use dune_pipeline_graph::{self as graph, At, Fault, Firsts, Part, Rule, Target};
use proc_macro2::Span;
use syn::ext::IdentExt;

/// Reports every rule that the nodes break, as far as that can be known while compiling.
pub(crate) fn check(pipeline: &Pipeline, report: &mut Report) {
    let nodes = pipeline.nodes();
    let mut graph_nodes = Vec::with_capacity(nodes.len());
    for node in &nodes {
        graph_nodes.push(graph_node(node));
        literal_targets(node, report);
    }
    members_of_single_nodes(&nodes, report);
    waits_for_bases(pipeline, report);
    let Err(faults) = graph::check(&graph_nodes) else {
        return;
    };
    for fault in faults {
        if is_consequence(&fault, pipeline, report) {
            continue;
        }
        let of_groups = waits_within_its_group(&fault, &nodes);
        if let Some(mistake) = of_groups.or_else(|| waits_for_a_group_twice(&fault, &nodes)) {
            report.add(mistake);
        } else {
            let at = fault.place.and_then(|at| nodes.get(at.node));
            let place = place(&fault, &nodes);
            let rule = without_guesses(fault, &nodes, &graph_nodes);
            report.add(match (&rule, at) {
                (Rule::NoKind { node }, Some(at)) if at.bare => bare(place, &rule, node),
                _ => Mistake::of_rule(place, &rule),
            });
        }
    }
}

/// A word alone: perhaps it was to be a pipeline that is taken in.
fn bare(place: Place, rule: &Rule, word: &graph::Name) -> Mistake {
    let mistake = Mistake::new(place, &rule.headline()).note("nothing stands behind its label");
    mistake.help(&format!(
        "write `{word} = refresh(view)` or `{word} = query(id)`; if it is a pipeline to take in, `..{word}`"
    ))
}

/// `.after(..base)` where nothing of that name is taken in, or twice.
fn waits_for_bases(pipeline: &Pipeline, report: &mut Report) {
    for node in pipeline.nodes() {
        let mut named = Firsts::default();
        for (at, base) in node.waits_for_bases().iter().enumerate() {
            let word = &base.word;
            if named.text(word.to_string(), at) != at {
                report.add(Mistake::of_rule(
                    base.place,
                    &Rule::DependsTwice {
                        node: name(&node.name).value,
                        on: graph::Name::Label(format!("..{word}")),
                        line: None,
                    },
                ));
            } else if pipeline.base_called(word).is_none() {
                let mut is_node = false;
                for other in pipeline.nodes() {
                    is_node |= matches!(&other.name.called, Called::Label(label) if label == word);
                }
                let help = match is_node {
                    true => format!("`{word}` is a node: write `.after({word})`"),
                    false => format!(
                        "write `..{word}` among the nodes, or wait for a label, without dots"
                    ),
                };
                report.add(
                    Mistake::new(base.place, &format!("no pipeline `{word}` is taken in here"))
                        .note("`.after(..base)` waits for all nodes of a pipeline that is taken in, by its name")
                        .help(&help),
                );
            }
        }
    }
}

/// Does it follow from something that was reported, or may it be no fault at all with the nodes that only a run knows?
fn is_consequence(fault: &Fault, pipeline: &Pipeline, report: &Report) -> bool {
    let is_closed = !pipeline.has_base();
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
            &format!("a node of `{name}` depends on another of `{name}`"),
        )
        .note("they are declared as one, of which none can be named before all are there")
        .help(match in_turn {
            true => "remove it: each waits for the one before it already",
            false => "`in_turn(..)` instead of `each(..)` makes each wait for the one before it",
        }),
    )
}

/// A node of a group twice, or the group and a node of it: told by what is written, for to the rules both are the group.
fn waits_for_a_group_twice(fault: &Fault, nodes: &[&Node]) -> Option<Mistake> {
    let (Rule::DependsTwice { node: name, on, .. }, Some(at)) = (&fault.rule, fault.place) else {
        return None;
    };
    let Part::Dependency(index) = at.part else {
        return None;
    };
    let node = nodes.get(at.node)?;
    let again = *dependencies(node).get(index)?;
    let before = node.waits_for().iter();
    let before = before.take_while(|other| !std::ptr::eq(*other, again));
    let mut before = before.filter(|other| other.to_string() == again.to_string());
    if let Some(digits) = literal_index(again)
        && let Some(first) = before.clone().find(|it| literal_index(it) == Some(digits))
    {
        let rule = Rule::DependsTwice {
            node: name.clone(),
            on: graph::Name::Label(format!("{again}[{digits}]")),
            line: first.place.line(),
        };
        return Some(Mistake::of_rule(again.place, &rule));
    }
    let is_whole = again.index.is_none();
    before.find(|other| other.index.is_none() != is_whole)?;
    let mistake = Mistake::new(again.place, &fault.headline());
    let mistake = mistake.note(&format!("`{on}` alone stands for all of its nodes"));
    Some(mistake.help(&format!(
        "name `{on}` alone, or those of its nodes that `{name}` is to wait for"
    )))
}

fn literal_index(name: &Name) -> Option<&str> {
    match &name.index.as_ref()?.known {
        Known::Integer { digits, .. } => Some(digits),
        _ => None,
    }
}

/// `.after(label[0])` where the label is that of one node.
fn members_of_single_nodes(nodes: &[&Node], report: &mut Report) {
    let mut firsts = Firsts::default();
    let mut is_group = vec![false; nodes.len()];
    for (at, node) in nodes.iter().enumerate() {
        let first = firsts.text(node.name.to_string(), at);
        is_group[first] |= node.each.is_some() || node.broken;
    }
    for node in nodes {
        for on in node.waits_for() {
            if on.index.is_none() || on.to_string() == node.name.to_string() {
                continue;
            }
            if let Some(first) = firsts.of_text(&on.to_string())
                && !is_group[first]
            {
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
    let Some(at) = fault.place else {
        return Place::of_span(Span::call_site(), 0);
    };
    let Some(node) = nodes.get(at.node) else {
        return Place::of_span(Span::call_site(), 0);
    };
    let part = match at.part {
        Part::Name => None,
        Part::Target(index) => match (index, node.kinds.get(index)) {
            // A second kind is wrong as such, a first one for what it names.
            (0, Some(kind)) => match &kind.target {
                Some(target) => Some(target.place),
                None => Some(kind.place),
            },
            (_, kind) => kind.map(|kind| kind.place),
        },
        Part::Parameter(index) => node.parameters().get(index).map(|it| it.place),
        Part::Dependency(index) => dependencies(node).get(index).map(|label| label.place),
    };
    part.unwrap_or(node.name.place)
}

/// What is written in the nodes of an `each` holds for each of them, if there is one: a name or number that can never be
/// is told, and what would only be wrong twice is not.
fn literal_targets(node: &Node, report: &mut Report) {
    if node.each.is_none() {
        return;
    }
    for kind in &node.kinds {
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
    let mut targets = Vec::with_capacity(1);
    for kind in &node.kinds {
        // Nobody knows yet what is made of each item, nor how often.
        let written = match node.each {
            None => kind.target.as_ref(),
            Some(_) => None,
        };
        targets.push(At {
            value: target(kind.work, written),
            line: kind.place.line(),
        });
    }
    if targets.is_empty() && node.broken {
        targets.push(At::from(Target::Query { id: None }));
    }
    let mut parameters = Vec::with_capacity(node.parameters().len());
    for parameter in node.parameters() {
        parameters.push(At {
            value: parameter.key.clone(),
            line: parameter.place.line(),
        });
    }
    let mut depends_on = Vec::with_capacity(node.waits_for().len());
    for on in &dependencies(node) {
        depends_on.push(name(on));
    }
    graph::Node {
        name: name(&node.name),
        targets,
        parameters,
        dependencies: depends_on,
    }
}

/// What it waits for. Several nodes of one group are no group named twice, and to the rules that group once; one node of it
/// named twice is.
fn dependencies(node: &Node) -> Vec<&Name> {
    let mut members = Firsts::default();
    let mut told = Vec::with_capacity(node.waits_for().len());
    for (at, name) in node.waits_for().iter().enumerate() {
        if name.index.is_some() {
            let is_first = members.text(name.to_string(), at) == at;
            let is_again = literal_index(name)
                .is_some_and(|digits| members.text(format!("{name}[{digits}]"), at) != at);
            if !is_first && !is_again {
                continue;
            }
        }
        told.push(name);
    }
    told
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
