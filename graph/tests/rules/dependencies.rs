//! What is said of dependencies: on nodes that are not there, on oneself, twice, in a ring.
//! Near misses are proposed; else it is told what there is.

use super::*;

#[test]
fn a_ring_is_told_in_order_from_its_first_declared_node_and_stands_where_it_closes() {
    let fault = fault(&[
        node(3, "base", refresh("result_base"), &[]),
        node(4, "prices", refresh("result_prices"), &["base", "report"]),
        node(5, "volume", refresh("result_volume"), &["prices"]),
        node(6, "report", query(1), &["volume"]),
    ]);
    assert_eq!(fault.place, at(2, Part::Dependency(0)));
    reads(
        &fault,
        &[
            "dependency cycle: `prices` -> `report` -> `volume` -> `prices`",
            "note: `prices` waits for `report` (line 4)",
            "note: `report` waits for `volume` (line 6)",
            "note: `volume` waits for `prices` (line 5)",
            "help: remove one of these dependencies",
        ],
    );
}

#[test]
fn of_rings_that_share_nodes_the_shortest_is_told() {
    let fault = fault(&[
        node(1, "a", query(1), &["b"]),
        node(2, "b", query(1), &["c"]),
        node(3, "c", query(1), &["d", "a"]),
        node(4, "d", query(1), &["c"]),
    ]);
    assert_eq!(fault.headline(), "dependency cycle: `c` -> `d` -> `c`");
}

#[test]
fn every_knot_of_rings_is_told_once() {
    let headlines: Vec<String> = faults(&[
        node(1, "a", query(1), &["b"]),
        node(2, "x", query(1), &["y", "a"]),
        node(3, "b", query(1), &["a"]),
        node(4, "y", query(1), &["x"]),
    ])
    .iter()
    .map(Fault::headline)
    .collect();
    assert_eq!(
        headlines,
        [
            "dependency cycle: `a` -> `b` -> `a`",
            "dependency cycle: `x` -> `y` -> `x`"
        ]
    );
}

#[test]
fn a_name_that_is_nearly_there_was_probably_meant() {
    let fault = fault(&[
        node(1, "prices", refresh("result_prices"), &[]),
        node(2, "report", query(1), &["pricse"]),
    ]);
    assert_eq!(fault.place, at(1, Part::Dependency(0)));
    reads(
        &fault,
        &[
            "no node named `pricse` in this pipeline",
            "note: `prices` is declared on line 1",
            "help: did you mean `prices`?",
        ],
    );
}

#[test]
fn a_name_that_is_near_nothing_is_told_what_there_is() {
    let fault = fault(&[
        node(1, "prices", refresh("result_prices"), &[]),
        node(2, "report", query(1), &["gas"]),
    ]);
    reads(
        &fault,
        &[
            "no node named `gas` in this pipeline",
            "note: its nodes are `prices`, `report`",
            "help: declare `gas`, or do not wait for it",
        ],
    );
}

#[test]
fn no_more_than_eight_names_are_listed() {
    let mut nodes: Vec<Node> = (1..20)
        .map(|i| node(i, format!("view_number_{i}"), query(1), &[]))
        .collect();
    nodes.push(node(20, "last", query(1), &["gas"]));
    let names = (1..=8)
        .map(|i| format!("`view_number_{i}`"))
        .collect::<Vec<_>>()
        .join(", ");
    assert_eq!(
        fault(&nodes).notes(),
        [format!("its nodes are {names} and 12 others")]
    );
}

#[test]
fn a_node_is_never_told_to_wait_for_itself() {
    let fault = fault(&[node(1, "volumes", query(1), &["volume"])]);
    reads(
        &fault,
        &[
            "no node named `volume` in this pipeline",
            "note: its only node is `volumes`",
            "help: declare `volume`, or do not wait for it",
        ],
    );
}

#[test]
fn an_id_that_is_not_there_has_no_near_misses() {
    let fault = fault(&[
        node(1, 1, query(1), &[]),
        Node::new(2).target(query(1)).after(3),
    ]);
    reads(
        &fault,
        &[
            "no node with the id `3` in this pipeline",
            "note: its nodes are `1`, `2`",
            "help: declare `3`, or do not wait for it",
        ],
    );
}

#[test]
fn a_node_that_waits_for_itself_is_no_ring_of_one() {
    let fault = fault(&[node(1, "volume", query(1), &["volume"])]);
    assert_eq!(fault.place, at(0, Part::Dependency(0)));
    reads(
        &fault,
        &[
            "node `volume` depends on itself",
            "note: it would wait for its own end, and never begin",
            "help: remove `volume` from its own dependencies",
        ],
    );
}

#[test]
fn a_dependency_is_named_once() {
    let fault = fault(&[
        node(1, "volume", query(1), &[]),
        node(2, "trend", query(2), &["volume", "volume"]),
    ]);
    assert_eq!(fault.place, at(1, Part::Dependency(1)));
    reads(
        &fault,
        &[
            "node `trend` depends on `volume` twice",
            "note: `volume` is first named on line 2",
            "help: name it once",
        ],
    );
}
