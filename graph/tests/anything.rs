//! Any declaration at all, sense or nonsense, gets a plan or faults, and the right one of the two.

mod oracle;

use dune_pipeline_graph::{At, Name, Node, Part, Target, check};
use oracle::{all_different, is_good, is_id};
use proptest::prelude::*;

fn name() -> impl Strategy<Value = Name> {
    let labels = prop::sample::select(vec!["a", "b", "c", "ab", "volume", "volumes", "", "x\ny"]);
    let ids = prop::sample::select(vec![-1, 0, 1, 2, 3, i128::from(i64::MAX), i128::MAX]);
    // Mostly names that are all right, so that whole pipelines are.
    prop_oneof![4 => labels.prop_map(Name::from), 1 => ids.prop_map(Name::Id)]
}

fn target() -> impl Strategy<Value = Target> {
    let views = prop::sample::select(vec![
        "result_a",
        "RESULT_A",
        "dune.t.result_a",
        "a.b",
        "",
        "\"",
    ]);
    let queries = prop::sample::select(vec![1, 2, 0, -7, i128::MAX]);
    prop_oneof![
        3 => views.prop_map(Target::refresh),
        3 => queries.prop_map(|id| Target::Query { id: Some(id) }),
        1 => Just(Target::Query { id: None }),
        1 => Just(Target::Refresh { view: None }),
    ]
}

fn at<T>(value: T, line: Option<usize>) -> At<T> {
    At { value, line }
}

fn node() -> impl Strategy<Value = Node> {
    let line = prop::option::of(1usize..9);
    let targets = prop_oneof![8 => prop::collection::vec(target(), 1), 1 => prop::collection::vec(target(), 0..4)];
    let keys = prop::collection::vec(prop::sample::select(vec!["k", "l", ""]), 0..2);
    (
        name(),
        line,
        targets,
        keys,
        prop::collection::vec(name(), 0..3),
    )
        .prop_map(|(name, line, targets, keys, after)| Node {
            name: at(name, line),
            targets: targets.into_iter().map(|target| at(target, line)).collect(),
            parameters: keys
                .into_iter()
                .map(|key| at(key.to_owned(), line))
                .collect(),
            dependencies: after.into_iter().map(|name| at(name, line)).collect(),
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn a_pipeline_is_good_exactly_when_it_breaks_no_rule(nodes in prop::collection::vec(node(), 0..5)) {
        prop_assert_eq!(check(&nodes).is_ok(), is_good(&nodes));
    }

    #[test]
    fn ids_are_all_different_and_fit_the_api(nodes in prop::collection::vec(node(), 0..5)) {
        if let Ok(plan) = check(&nodes) {
            prop_assert_eq!(plan.ids.len(), nodes.len());
            prop_assert!(all_different(&plan.ids));
            prop_assert!(plan.ids.iter().all(|&id| is_id(id.into())));
        }
    }

    #[test]
    fn faults_are_sorted_at_places_that_are_there_and_tell_something(nodes in prop::collection::vec(node(), 0..8)) {
        let faults: Vec<_> = check(&nodes).err().into_iter().flatten().collect();
        prop_assert!(faults.is_sorted_by_key(|fault| fault.place));
        for fault in faults {
            if let Some(place) = fault.place {
                let node = &nodes[place.node];
                let there = match place.part {
                    Part::Name => true,
                    Part::Target(at) => at < node.targets.len(),
                    Part::Parameter(at) => at < node.parameters.len(),
                    Part::Dependency(at) => at < node.dependencies.len(),
                };
                prop_assert!(there, "{:?}", fault);
            }
            let lines: Vec<String> = [fault.headline()].into_iter().chain(fault.notes()).chain(fault.help()).collect();
            prop_assert!(lines.iter().all(|line| !line.trim().is_empty() && line.lines().count() == 1), "{:?}", lines);
        }
    }
}
