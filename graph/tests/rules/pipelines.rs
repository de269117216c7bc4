//! What becomes of a pipeline as a whole: ids, an order, or all of its faults at once.
//! What only follows from a fault is not told.

use super::*;

#[test]
fn a_good_pipeline_gets_ids_and_an_order() {
    let plan = check(&[
        node(1, "trend", query(3103), &["volume", "takers"]),
        node(2, "volume", refresh("dune.acme.result_dex_daily"), &[]),
        node(3, "takers", refresh("dune.acme.result_takers"), &["volume"]),
    ])
    .unwrap();
    assert_eq!(plan.ids, [1, 2, 3]);
    assert_eq!(plan.dependencies, [vec![1, 2], vec![], vec![1]]);
    assert_eq!(plan.order, [1, 2, 0]);
}

#[test]
fn labels_get_the_lowest_ids_that_are_free_in_the_order_written() {
    let names = [
        Name::from("a"),
        Name::from(2),
        Name::from("b"),
        Name::from(1),
        Name::from("c"),
        Name::from(i64::MAX),
    ];
    let nodes: Vec<Node> = names
        .into_iter()
        .map(|name| node(1, name, query(1), &[]))
        .collect();
    assert_eq!(check(&nodes).unwrap().ids, [3, 2, 4, 1, 5, i64::MAX]);
}

#[test]
fn a_pipeline_that_can_run_as_written_runs_as_written() {
    let nodes = [
        node(1, "a", query(1), &[]),
        node(2, "z", query(1), &[]),
        node(3, "b", query(1), &["a"]),
        node(4, "c", query(1), &["z", "a"]),
    ];
    assert_eq!(check(&nodes).unwrap().order, [0, 1, 2, 3]);
}

#[test]
fn an_empty_pipeline_is_none() {
    let fault = fault(&[]);
    assert_eq!(fault.place, None);
    reads(
        &fault,
        &[
            "this pipeline has no nodes",
            "note: there is nothing to run",
            "help: add a node: `volume = refresh(\"dune.<team>.result_<name>\")` or `share = query(<id>)`",
        ],
    );
}

#[test]
fn all_faults_are_told_at_once_and_by_place() {
    let all = faults(&[
        node(1, "a", query(0), &["c", "nothere", "c"]),
        node(2, "a", refresh("x y"), &[]),
        node(3, "c", query(1), &["d", "c"]),
        node(4, "d", query(1), &["c"]),
        Node::new("e"),
    ]);
    let told: Vec<(Place, String)> = all
        .iter()
        .map(|fault| (fault.place.unwrap(), fault.headline()))
        .collect();
    let place = |node, part| Place { node, part };
    assert_eq!(
        told,
        [
            (
                place(0, Part::Target(0)),
                "`0` cannot be the id of a query".to_owned()
            ),
            (
                place(0, Part::Dependency(1)),
                "no node named `nothere` in this pipeline".to_owned()
            ),
            (
                place(0, Part::Dependency(2)),
                "node `a` depends on `c` twice".to_owned()
            ),
            (
                place(1, Part::Name),
                "node `a` is both a query and a refresh of a view".to_owned()
            ),
            (
                place(1, Part::Target(0)),
                "`x y` cannot be the name of a view".to_owned()
            ),
            (
                place(2, Part::Dependency(1)),
                "node `c` depends on itself".to_owned()
            ),
            (
                place(3, Part::Dependency(0)),
                "dependency cycle: `c` -> `d` -> `c`".to_owned()
            ),
            (place(4, Part::Name), "node `e` has no kind".to_owned()),
        ]
    );
    let text = check(&[]).unwrap_err().to_string();
    assert!(!text.ends_with('\n'), "{text}");
}

#[test]
fn what_only_follows_from_another_fault_is_not_told() {
    // A dangling dependency is not also half a ring, and written twice it is told as that only.
    let dangling = [
        node(1, "a", query(1), &["b"]),
        node(2, "b", query(1), &["gone", "gone"]),
    ];
    let told: Vec<String> = faults(&dangling).iter().map(Fault::headline).collect();
    assert_eq!(
        told,
        [
            "no node named `gone` in this pipeline",
            "node `b` depends on `gone` twice"
        ]
    );

    // Who waits for a name that stands for two nodes may mean either: no ring, no waiting for oneself.
    let doubled = [
        node(1, "a", refresh("result_a"), &["b"]),
        node(2, "b", query(1), &["a"]),
        node(3, "a", refresh("result_a"), &["a"]),
    ];
    assert_eq!(fault(&doubled).headline(), "two nodes are named `a`");
}
