//! Nodes that were declared together, under one name.

use dune_pipeline_graph::{At, Group, Node, Target, check_with_groups};

/// `share = each(..)` on this line, of so many nodes that wait for these.
fn each(nodes: &mut Vec<Node>, label: &str, line: usize, members: usize, after: &[&str]) -> Group {
    let start = nodes.len();
    for index in 0..members {
        let name = At::on_line(format!("{label}[{index}]").as_str(), line);
        let node = Node::new(name).target(Target::query(3101));
        nodes.push(
            after
                .iter()
                .fold(node, |node, &on| node.after(At::on_line(on, line))),
        );
    }
    Group {
        name: At::on_line(label, line),
        nodes: start..nodes.len(),
        in_turn: false,
    }
}

/// The same, each of which waits for the one before it too.
fn in_turn(nodes: &mut Vec<Node>, label: &str, members: usize, after: &[&str]) -> Group {
    let group = each(nodes, label, 1, members, after);
    for index in group.nodes.clone().skip(1) {
        let before = nodes[index - 1].name.clone();
        nodes[index].dependencies.push(before);
    }
    Group {
        in_turn: true,
        ..group
    }
}

#[test]
fn who_waits_for_a_group_in_turn_waits_for_its_last() {
    let mut nodes = vec![single("volume", &[])];
    let day = in_turn(&mut nodes, "day", 3, &["volume"]);
    let none = in_turn(&mut nodes, "none", 0, &[]);
    nodes.push(single("report", &["day", "none"]));
    let plan = check_with_groups(&nodes, &[day, none]).unwrap();
    assert_eq!(
        plan.dependencies,
        [vec![], vec![0], vec![0, 1], vec![0, 2], vec![3]]
    );
}

#[test]
fn a_member_that_is_not_there_is_told_with_those_that_are() {
    let mut nodes = vec![single("single", &[])];
    let two = each(&mut nodes, "two", 1, 2, &[]);
    let one = each(&mut nodes, "one", 1, 1, &[]);
    let none = each(&mut nodes, "none", 1, 0, &[]);
    let after = [
        "two[1]",
        "two[2]",
        "one[9]",
        "none[0]",
        "single[0]",
        "tow[0]",
    ];
    nodes.push(single("late", &after));
    let told = told(&nodes, &[two, one, none]);
    assert_eq!(
        told,
        [
            "`two` has 2 members: there is no `two[2]`\n\
             note: they are `two[0]` to `two[1]`\n\
             help: wait for one that there is, or for all of them: `.after(two)`",
            "`one` has 1 member: there is no `one[9]`\n\
             note: it is `one[0]`\n\
             help: wait for one that there is, or for all of them: `.after(one)`",
            "`none` has no members: there is no `none[0]`\n\
             note: where there are no items there are no nodes\n\
             help: wait for one that there is, or for all of them: `.after(none)`",
            "`single` is one node and has no members\n\
             note: what `each` or `in_turn` declares has members\n\
             help: wait for it by its name alone: `.after(single)`",
            "no node named `tow` in this pipeline\n\
             note: `two` is declared on line 1\n\
             help: did you mean `two`?",
        ]
    );
}

#[test]
fn a_ring_through_a_group_in_turn_is_told_by_its_members() {
    let mut nodes = Vec::new();
    let day = in_turn(&mut nodes, "day", 3, &[]);
    nodes.push(single("report", &["day[2]"]));
    nodes[0].dependencies.push("report".into());
    let told = told(&nodes, &[day]);
    assert_eq!(
        told,
        [
            "dependency cycle: `day[0]` -> `report` -> `day[2]` -> `day[1]` -> `day[0]`\n\
          note: `day[0]` waits for `report`\n\
          note: `report` waits for `day[2]`\n\
          note: `day[2]` waits for `day[1]` (line 1)\n\
          note: `day[1]` waits for `day[0]` (line 1)\n\
          help: remove one of these dependencies"
        ]
    );
}

fn single(label: &str, after: &[&str]) -> Node {
    let node = Node::new(label).target(Target::query(1));
    after.iter().fold(node, |node, &on| node.after(on))
}

fn told(nodes: &[Node], groups: &[Group]) -> Vec<String> {
    let faults = check_with_groups(nodes, groups).err().into_iter().flatten();
    faults.map(|fault| fault.to_string()).collect()
}

#[test]
fn who_waits_for_a_group_waits_for_all_of_it() {
    let mut nodes = vec![single("last", &["share", "none"])];
    let groups = [
        each(&mut nodes, "share", 2, 3, &[]),
        each(&mut nodes, "none", 3, 0, &[]),
    ];
    let plan = check_with_groups(&nodes, &groups).unwrap();
    assert_eq!(plan.dependencies, [vec![1, 2, 3], vec![], vec![], vec![]]);
    assert_eq!(plan.order, [1, 2, 3, 0]);
    assert_eq!(plan.ids, [1, 2, 3, 4]);
}

#[test]
fn a_group_and_a_node_of_it_are_waited_for_once() {
    let mut nodes = vec![single("last", &["share[1]", "share"])];
    let groups = [each(&mut nodes, "share", 2, 2, &[])];
    let plan = check_with_groups(&nodes, &groups).unwrap();
    assert_eq!(plan.dependencies[0], [2, 1]);
}

#[test]
fn what_is_wrong_with_every_node_of_a_group_is_told_once() {
    let mut nodes = vec![single("volume", &[])];
    let groups = [each(
        &mut nodes,
        "share",
        4,
        8,
        &["volum", "share", "volume", "volume"],
    )];
    assert_eq!(
        told(&nodes, &groups),
        [
            "no node named `volum` in this pipeline\nhelp: did you mean `volume`?",
            "node `share` depends on itself\nnote: it would wait for its own end, and never begin\nhelp: remove `share` from its own dependencies",
            "node `share` depends on `volume` twice\nnote: `volume` is first named on line 4\nhelp: name it once",
        ]
    );
}

#[test]
fn lists_and_near_misses_name_the_group_and_not_its_nodes() {
    let mut nodes = vec![single("last", &["shar"]), single("other", &["gas"])];
    let groups = [each(&mut nodes, "share", 4, 8, &[])];
    assert_eq!(
        told(&nodes, &groups),
        [
            "no node named `shar` in this pipeline\nnote: `share` is declared on line 4\nhelp: did you mean `share`?",
            "no node named `gas` in this pipeline\nnote: its nodes are `last`, `other`, `share`\nhelp: declare `gas`, or do not wait for it",
        ]
    );
}

#[test]
fn a_name_stands_for_one_node_or_one_group() {
    let twice = |line| {
        format!(
            "two nodes are named `share`\nnote: the first of them is on line {line}\nhelp: give one of them another label"
        )
    };
    let mut nodes = Vec::new();
    let groups = [
        each(&mut nodes, "share", 4, 2, &[]),
        each(&mut nodes, "share", 7, 3, &[]),
    ];
    nodes.push(Node::new(At::on_line("share", 9)).target(Target::query(1)));
    assert_eq!(told(&nodes, &groups), [twice(4), twice(4)]);

    let mut nodes = vec![Node::new(At::on_line("share", 2)).target(Target::query(1))];
    let groups = [each(&mut nodes, "share", 4, 0, &[])];
    assert_eq!(told(&nodes, &groups), [twice(2)]);
}

#[test]
fn a_ring_through_a_group_names_the_node_of_it() {
    let mut nodes = vec![single("first", &["share"])];
    let groups = [each(&mut nodes, "share", 4, 2, &["first"])];
    assert_eq!(
        told(&nodes, &groups),
        ["dependency cycle: `first` -> `share[0]` -> `first`\n\
             note: `first` waits for `share[0]`\n\
             note: `share[0]` waits for `first` (line 4)\n\
             help: remove one of these dependencies"]
    );
}

#[test]
fn a_view_that_two_nodes_refresh_is_told_by_the_name_of_the_group() {
    let refresh = |name: &str| Node::new(name).target(Target::refresh("mv_1"));
    let nodes = [
        refresh("views[0]"),
        refresh("views[1]"),
        refresh("views[2]"),
        refresh("again"),
    ];
    let name = At::from("views");
    let groups = [Group {
        name,
        nodes: 0..3,
        in_turn: false,
    }];
    let twice = "`mv_1` is refreshed twice\n\
                 note: node `views` already refreshes it\n\
                 help: refresh it once and depend on that node: `.after(views)`";
    assert_eq!(told(&nodes, &groups), [twice, twice]);
}

#[test]
fn two_nodes_of_one_group_have_names_of_their_own() {
    let mut nodes = Vec::new();
    let mut groups = [each(&mut nodes, "share", 2, 1, &[])];
    nodes.push(nodes[0].clone());
    groups[0].nodes = 0..2;
    let told = told(&nodes, &groups);
    assert_eq!(told.len(), 1, "{told:#?}");
    assert!(told[0].starts_with("two nodes are named `share[0]`"));
}
