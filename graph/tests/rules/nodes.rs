//! What is said of single nodes: their names and ids, their kinds, the views and queries they name.
//! Each text whole, as it is read.

use super::*;

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
            "note: a node is one step of a run, with one status",
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
            "note: nothing says what it is to do",
            "help: a node is one of two kinds: `refresh(view)` or `query(id)`",
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
    assert_eq!(
        text(""),
        format!("the name of this view is empty\nnote: a view is refreshed by its name\n{help}")
    );
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
        "the label of this node is empty\nnote: a node is waited for, and told of, by its label\nhelp: give it a name that the nodes after it can call it by"
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
            "note: a parameter is set by its key",
            "help: name the parameter as the query's SQL does between `{{` and `}}`",
        ],
    );
}
