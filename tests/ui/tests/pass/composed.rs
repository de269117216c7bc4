//! Whatever is put together of groups and of other pipelines has the body of the same nodes written out one by one.

use dune_pipeline::{NodeSpec, Pipeline, PipelineBuilder, query, refresh};
use proptest::prelude::*;

use crate::nodes;

/// A part of a pipeline. Numbers choose among the labels declared before it.
#[derive(Debug, Clone)]
enum Part {
    Node { is_query: bool, after: Vec<usize> },
    Each { members: usize, after: Vec<usize> },
    Base(Vec<Part>),
}

fn part() -> impl Strategy<Value = Part> {
    let after = || prop::collection::vec(0_usize..12, 0..4);
    let leaf = prop_oneof![
        (any::<bool>(), after()).prop_map(|(is_query, after)| Part::Node { is_query, after }),
        (0_usize..4, after()).prop_map(|(members, after)| Part::Each { members, after }),
    ];
    leaf.prop_recursive(3, 24, 5, |part| {
        prop::collection::vec(part, 1..5).prop_map(Part::Base)
    })
}

/// What `label` means once it is written out: itself, or the nodes of a group.
type Labels = Vec<(String, Vec<String>)>;

#[derive(Default)]
struct Both {
    /// By `each` and `include`.
    composed: PipelineBuilder,
    /// The same nodes, each under a name of its own.
    written: Vec<(String, bool, Vec<String>)>,
    labels: Labels,
}

impl Both {
    fn add(&mut self, part: &Part, count: &mut usize) {
        match part {
            Part::Node { is_query, after } => {
                let label = self.label(count);
                let (labels, names) = self.chosen(after);
                self.composed.node(&label, spec(*is_query, &label, labels));
                self.labels.push((label.clone(), vec![label.clone()]));
                self.written.push((label, *is_query, names));
            }
            Part::Each { members, after } => {
                let label = self.label(count);
                let (labels, names) = self.chosen(after);
                let spec = |index| spec(true, &format!("{label}[{index}]"), labels.clone());
                self.composed.each(label.clone(), 0..*members, spec);
                let all: Vec<_> = (0..*members).map(|i| format!("{label}[{i}]")).collect();
                let written = all.iter().map(|name| (name.clone(), true, names.clone()));
                self.written.extend(written);
                self.labels.push((label, all));
            }
            Part::Base(parts) => {
                let mut base = Both::default();
                parts.iter().for_each(|part| base.add(part, count));
                // A base without nodes is none by itself, and adds nothing.
                if let Ok(built) = base.composed.build() {
                    self.composed.include(&built);
                    self.labels.extend(base.labels);
                    self.written.extend(base.written);
                }
            }
        }
    }

    fn label(&self, count: &mut usize) -> String {
        *count += 1;
        format!("n{count}")
    }

    /// Labels to wait for, and the nodes they mean.
    fn chosen(&self, after: &[usize]) -> (Vec<String>, Vec<String>) {
        let (mut labels, mut names) = (Vec::new(), Vec::new());
        for choice in after {
            if let Some((label, nodes)) = self.labels.get(*choice)
                && !labels.contains(label)
            {
                labels.push(label.clone());
                names.extend(nodes.iter().cloned());
            }
        }
        (labels, names)
    }
}

fn spec(is_query: bool, name: &str, after: Vec<String>) -> NodeSpec {
    match is_query {
        true => query(1).parameter("name", name).after(after).into(),
        false => refresh(format!("mv_{name}")).after(after).into(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_pipeline_of_parts_is_the_one_written_out(parts in prop::collection::vec(part(), 1..8)) {
        let mut both = Both::default();
        let mut count = 0;
        parts.iter().for_each(|part| both.add(part, &mut count));
        let mut written = Pipeline::builder();
        for (name, is_query, after) in &both.written {
            written.node(name, spec(*is_query, name, after.clone()));
        }
        match (both.composed.build(), written.build()) {
            (Ok(composed), Ok(written)) => {
                prop_assert_eq!(nodes(&composed), nodes(&written));
                for (label, members) in &both.labels {
                    let ids = |names: &[String]| -> Vec<i64> {
                        names.iter().map(|name| id(&composed, name)).collect()
                    };
                    if *members == [label.clone()] {
                        continue;
                    }
                    let group = composed.queries(label).unwrap();
                    let handles: Vec<i64> = group.iter().map(|node| node.id()).collect();
                    prop_assert_eq!(handles, ids(members));
                }
            }
            (composed, written) => prop_assert_eq!(
                composed.map(drop).unwrap_err().to_string(),
                written.map(drop).unwrap_err().to_string()
            ),
        }
    }
}

fn id(pipeline: &Pipeline, name: &str) -> i64 {
    let query = pipeline.query(name).map(|node| node.id());
    query
        .or_else(|_| pipeline.refresh(name).map(|node| node.id()))
        .unwrap()
}
