//! What a million nodes do to the checks: nothing but take their time, whatever shape they have.
//! No time is asserted; a walk that recursed or looked at everything from everywhere would not come back here.

use dune_pipeline_graph::{Fault, Name, Node, Rule, Target, check};

const MILLION: i64 = 1_000_000;

/// Nodes `1..=count`, each waiting for the ones that `on` names.
fn nodes(count: i64, on: impl Fn(i64) -> Vec<i64>) -> Vec<Node> {
    (1..=count)
        .map(|i| {
            on(i)
                .into_iter()
                .fold(Node::new(i).target(Target::query(1)), Node::after)
        })
        .collect()
}

fn faults(nodes: &[Node]) -> Vec<Fault> {
    check(nodes).err().into_iter().flatten().collect()
}

fn ring_length(fault: &Fault) -> usize {
    match &fault.rule {
        Rule::Cycle { ring } => ring.len(),
        _ => 0,
    }
}

#[test]
fn a_chain_of_a_million_nodes_is_ordered() {
    let backwards = check(&nodes(MILLION, |i| {
        (i > 1).then_some(i - 1).into_iter().collect()
    }))
    .unwrap();
    assert!(backwards.order.iter().copied().eq(0..1_000_000));
    let forwards = check(&nodes(MILLION, |i| {
        (i < MILLION).then_some(i + 1).into_iter().collect()
    }))
    .unwrap();
    assert!(forwards.order.iter().copied().eq((0..1_000_000).rev()));
}

#[test]
fn a_ring_of_a_million_nodes_is_told_whole() {
    let faults = faults(&nodes(MILLION, |i| vec![i % MILLION + 1]));
    assert_eq!(
        faults.iter().map(ring_length).collect::<Vec<_>>(),
        [1_000_000]
    );
}

#[test]
fn many_rings_are_each_told() {
    // Ten thousand rings of ten.
    let faults = faults(&nodes(100_000, |i| {
        vec![if i % 10 == 0 { i - 9 } else { i + 1 }]
    }));
    assert_eq!(faults.len(), 10_000);
    assert!(faults.iter().all(|fault| ring_length(fault) == 10));
}

#[test]
fn a_knot_too_large_to_search_from_everywhere_still_names_a_ring() {
    // Four layers of five hundred, each node waiting for the whole next layer and the last layer for the first.
    let layers = |i: i64| {
        let next = ((i - 1) / 500 + 1) % 4;
        (1..=500).map(|j| next * 500 + j).collect()
    };
    let faults = faults(&nodes(2_000, layers));
    assert_eq!(faults.iter().map(ring_length).collect::<Vec<_>>(), [4]);
}

#[test]
fn one_node_that_waits_for_all_and_all_that_wait_for_one_are_no_burden() {
    let star = nodes(200_000, |i| {
        if i == 200_000 {
            (1..200_000).collect()
        } else {
            Vec::new()
        }
    });
    assert_eq!(
        check(&star).map(|plan| plan.dependencies.last().map(Vec::len)),
        Ok(Some(199_999))
    );
    let sun = nodes(200_000, |i| if i == 1 { Vec::new() } else { vec![1] });
    assert!(check(&sun).is_ok());
}

#[test]
fn a_hundred_thousand_misspelt_labels_are_each_told() {
    let label = |i: i64| Name::from(format!("label_number_{i}"));
    let wrong = |i: i64| Name::from(format!("lable_number_{i}"));
    let nodes: Vec<Node> = (0..100_000)
        .map(|i| Node::new(label(i)).target(Target::query(1)).after(wrong(i)))
        .collect();
    assert_eq!(faults(&nodes).len(), 100_000);
}
