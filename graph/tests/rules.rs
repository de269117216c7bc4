//! The rules of a pipeline graph as whoever breaks them reads them: each with its full text.
//! The compiler shows the same sentences, and the local server answers with them.

use dune_pipeline_graph::{At, Fault, Name, Node, Part, Place, Target, check};

/// A node on a line of its own, which waits for others on the same line.
fn node(line: usize, name: impl Into<Name>, target: Target, after: &[&str]) -> Node {
    let node = Node::new(At::on_line(name, line)).target(At::on_line(target, line));
    after
        .iter()
        .fold(node, |node, label| node.after(At::on_line(*label, line)))
}

fn refresh(view: &str) -> Target {
    Target::refresh(view)
}

fn query(id: i64) -> Target {
    Target::query(id)
}

fn faults(nodes: &[Node]) -> Vec<Fault> {
    check(nodes).err().into_iter().flatten().collect()
}

/// The only fault of a pipeline.
fn fault(nodes: &[Node]) -> Fault {
    let mut faults = faults(nodes);
    assert_eq!(faults.len(), 1, "{faults:#?}");
    faults.remove(0)
}

fn at(node: usize, part: Part) -> Option<Place> {
    Some(Place { node, part })
}

#[track_caller]
fn reads(fault: &Fault, text: &[&str]) {
    assert_eq!(fault.to_string().lines().collect::<Vec<_>>(), text);
}

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
            "help: add a node: `volume = refresh(\"dune.<team>.result_<name>\")` or `share = query(<id>)`",
        ],
    );
}

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
        ],
    );
}

#[test]
fn a_label_twice_says_where_the_first_is() {
    let nodes = [
        node(4, "volume", refresh("result_a"), &[]),
        node(5, "volume", refresh("result_b"), &[]),
    ];
    let fault = fault(&nodes);
    assert_eq!(fault.place, at(1, Part::Name));
    reads(
        &fault,
        &[
            "two nodes are named `volume`",
            "note: the first of them is on line 4",
            "help: give one of them another label",
        ],
    );
}

#[test]
fn an_id_twice_in_json_says_which_node_has_it_already() {
    let fault = fault(&[
        Node::new(7).target(query(1)),
        Node::new(7).target(refresh("result_a")),
    ]);
    reads(
        &fault,
        &[
            "two nodes have the id `7`",
            "note: the first of them is number 1 of the nodes",
            "help: give one of them another id",
        ],
    );
}

#[test]
fn a_label_that_is_a_query_here_and_a_refresh_there_was_meant_as_one_node() {
    let fault = fault(&[
        node(4, "volume", refresh("result_a"), &[]),
        node(6, "volume", query(1), &[]),
    ]);
    assert_eq!(fault.place, at(1, Part::Name));
    reads(
        &fault,
        &[
            "node `volume` is both a query and a refresh of a view",
            "note: `volume` refreshes a view (line 4)",
            "note: `volume` runs a query (line 6)",
            "help: a node does one thing: make it two and join them with `.after(..)`",
        ],
    );
}

#[test]
fn a_node_of_two_kinds_is_one_too_many() {
    let both = Node::new(At::on_line("volume", 4))
        .target(At::on_line(refresh("result_a"), 4))
        .target(At::on_line(query(1), 4));
    let fault = fault(&[both]);
    assert_eq!(fault.place, at(0, Part::Target(1)));
    reads(
        &fault,
        &[
            "node `volume` is both a query and a refresh of a view",
            "help: a node does one thing: make it two and join them with `.after(..)`",
        ],
    );
}

#[test]
fn a_node_refreshes_one_view_and_runs_one_query() {
    let views = Node::new("volume")
        .target(refresh("result_a"))
        .target(refresh("result_b"));
    assert_eq!(
        fault(&[views]).headline(),
        "node `volume` refreshes two views"
    );
    let queries = Node::new("volume").target(query(1)).target(query(2));
    assert_eq!(
        fault(&[queries]).headline(),
        "node `volume` runs two queries"
    );
}

#[test]
fn a_node_without_a_kind_is_told_both() {
    let fault = fault(&[Node::new(At::on_line("volume", 4))]);
    assert_eq!(fault.place, at(0, Part::Name));
    reads(
        &fault,
        &[
            "node `volume` has no kind",
            "help: a node is one of two kinds: `refresh(view)` or `query(id)`",
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

#[test]
fn a_view_is_refreshed_once_however_it_is_spelled() {
    let fault = fault(&[
        node(4, "volume", refresh("dune.acme.result_volume"), &[]),
        node(5, "other", refresh("result_volume"), &[]),
        node(6, "again", refresh("Dune.\"ACME\".result_volume"), &[]),
    ]);
    assert_eq!(fault.place, at(2, Part::Target(0)));
    reads(
        &fault,
        &[
            "`Dune.\"ACME\".result_volume` is refreshed twice",
            "note: node `volume` already refreshes it (line 4)",
            "help: refresh it once and depend on that node: `.after(volume)`",
        ],
    );
}

#[test]
fn the_name_of_a_view_has_one_part_or_three() {
    let fault = fault(&[node(1, "volume", refresh("acme.result_volume"), &[])]);
    assert_eq!(fault.place, at(0, Part::Target(0)));
    reads(
        &fault,
        &[
            "`acme.result_volume` cannot be the name of a view",
            "note: it has 2 parts, and a view's name has one or three",
            "help: write it like `dune.<team>.result_<name>`",
        ],
    );
}

#[test]
fn the_name_of_a_view_says_what_else_is_wrong_with_it() {
    let text = |view: &str| fault(&[node(1, "volume", refresh(view), &[])]).to_string();
    let help = "help: write it like `dune.<team>.result_<name>`";
    assert_eq!(text(""), format!("the name of this view is empty\n{help}"));
    for (view, shown, why) in [
        (
            "result x",
            "result x",
            "there are blanks or control characters in it",
        ),
        (
            "result_x\n",
            "result_x\\n",
            "there are blanks or control characters in it",
        ),
        ("dune..x", "dune..x", "one of its parts is empty"),
        (
            "dune.\"acme.x",
            "dune.\"acme.x",
            "a quote in it does not enclose a whole part",
        ),
    ] {
        assert_eq!(
            text(view),
            format!("`{shown}` cannot be the name of a view\nnote: {why}\n{help}")
        );
    }
}

#[test]
fn the_id_of_a_query_is_positive_and_fits_the_api() {
    reads(
        &fault(&[node(1, "share", query(0), &[])]),
        &[
            "`0` cannot be the id of a query",
            "note: ids start at 1",
            "help: a query's id is the number in its address, `dune.com/queries/<id>`",
        ],
    );
    let huge = fault(&[node(
        1,
        "share",
        Target::query(i128::from(i64::MAX) + 1),
        &[],
    )]);
    assert_eq!(
        huge.headline(),
        "`9223372036854775808` cannot be the id of a query"
    );
    assert_eq!(
        huge.notes(),
        ["the largest id there can be is 9223372036854775807"]
    );
}

#[test]
fn the_id_of_a_node_is_positive_and_fits_the_api() {
    let fault = fault(&[node(1, -3, query(1), &[])]);
    assert_eq!(fault.place, at(0, Part::Name));
    reads(
        &fault,
        &[
            "`-3` cannot be the id of a node",
            "note: ids start at 1",
            "help: number the nodes from 1 on, or give them labels and leave the ids to us",
        ],
    );
}

#[test]
fn a_label_made_at_run_time_is_not_empty_and_cannot_tear_a_message() {
    assert_eq!(
        fault(&[node(1, "", query(1), &[])]).to_string(),
        "the label of this node is empty\nhelp: give it a name that the nodes after it can call it by"
    );
    assert_eq!(
        fault(&[node(1, "a\nb", query(1), &["a\nb"])]).headline(),
        "node `a\\nb` depends on itself"
    );
}

#[test]
fn values_that_are_not_known_yet_are_not_judged() {
    let later = [
        Node::new("a").target(Target::Refresh { view: None }),
        Node::new("b").target(Target::Refresh { view: None }),
        Node::new("c").target(Target::Query { id: None }),
    ];
    assert!(check(&later).is_ok());
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

#[test]
fn a_parameter_is_given_once_and_its_key_is_not_empty() {
    let twice = Node::new("share")
        .target(query(3101))
        .parameter(At::on_line("chain", 3))
        .parameter(At::on_line("token", 3))
        .parameter(At::on_line("chain", 4))
        .parameter("");
    let faults = faults(&[twice]);
    assert_eq!(faults.len(), 2, "{faults:#?}");
    assert_eq!(faults[0].place, at(0, Part::Parameter(2)));
    reads(
        &faults[0],
        &[
            "parameter `chain` is given twice",
            "note: it is first given on line 3",
            "help: a parameter has one value: keep one of them",
        ],
    );
    assert_eq!(faults[1].place, at(0, Part::Parameter(3)));
    reads(
        &faults[1],
        &[
            "the key of this parameter is empty",
            "help: name the parameter as the query's SQL does between `{{` and `}}`",
        ],
    );
}
