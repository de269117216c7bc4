//! The rules of a pipeline said a second time, as plainly as one can, without a thought for speed or words. Also of use to
//! the fuzzers.

use std::collections::HashSet;

use dune_pipeline_graph::{At, Name, Node, Target, check_view};

pub(crate) fn all_different<T: Eq + std::hash::Hash>(values: impl IntoIterator<Item = T>) -> bool {
    let mut seen = HashSet::new();
    values.into_iter().all(|value| seen.insert(value))
}

pub(crate) fn is_id(id: i128) -> bool {
    (1..=i128::from(i64::MAX)).contains(&id)
}

/// Whether the pipeline breaks no rule.
pub(crate) fn is_good(nodes: &[Node]) -> bool {
    let names: HashSet<&Name> = nodes.iter().map(|node| &node.name.value).collect();
    let views = nodes
        .iter()
        .flat_map(|node| &node.targets)
        .filter_map(|target| match &target.value {
            Target::Refresh { view: Some(view) } => Some(view.to_lowercase()),
            _ => None,
        });
    let good = |node: &Node| {
        let named = match &node.name.value {
            Name::Label(label) => !label.is_empty(),
            Name::Id(id) => is_id(*id),
        };
        let does = match node.targets.as_slice() {
            [
                At {
                    value: Target::Refresh { view },
                    ..
                },
            ] => view.as_ref().is_none_or(|view| check_view(view).is_ok()),
            [
                At {
                    value: Target::Query { id },
                    ..
                },
            ] => id.is_none_or(is_id),
            _ => false,
        };
        let keys = node.parameters.iter().map(|key| &key.value);
        let after = || node.dependencies.iter().map(|dependency| &dependency.value);
        let sets = keys.clone().all(|key| !key.is_empty()) && all_different(keys);
        named
            && does
            && sets
            && all_different(after())
            && after().all(|on| names.contains(on) && *on != node.name.value)
    };
    !nodes.is_empty()
        && all_different(nodes.iter().map(|node| &node.name.value))
        && all_different(views)
        && nodes.iter().all(good)
        && can_all_run(nodes)
}

/// Runs what can run until nothing more can.
fn can_all_run(nodes: &[Node]) -> bool {
    let mut done: HashSet<&Name> = HashSet::new();
    for _ in nodes {
        let ready = nodes
            .iter()
            .filter(|node| node.dependencies.iter().all(|on| done.contains(&on.value)));
        let ready: Vec<&Name> = ready.map(|node| &node.name.value).collect();
        done.extend(ready);
    }
    nodes.iter().all(|node| done.contains(&node.name.value))
}
