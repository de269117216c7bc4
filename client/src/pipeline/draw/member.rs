//! What tells a member of a group from its siblings, for `share[3]` alone tells nobody which item that is: the view that it
//! refreshes, or of its query what the others do not have alike.

use std::collections::{HashMap, HashSet};

use dune_api::types::{PipelineNode, PipelineQueryExecutionNode};

use super::text::{fitted, value, view, word};
use crate::pipeline::Pipeline;

/// How many columns it takes at most.
const WIDEST: usize = 100;

impl<L> Pipeline<L> {
    /// That of each member of a group, by its id, on one line of bounded width. A member that has nothing to tell is left out.
    pub(crate) fn members_told_apart(&self) -> HashMap<i64, String> {
        let request = self.content.built.as_ref().ok().map(|built| &built.request);
        let pipeline = request.and_then(|request| request.pipeline.as_ref());
        let nodes = pipeline.map_or(&[][..], |pipeline| &pipeline.nodes);
        let groups = self.content.draft.groups.iter();
        groups
            .filter_map(|group| nodes.get(group.nodes.clone()))
            .flat_map(told_apart)
            .collect()
    }
}

fn told_apart(members: &[PipelineNode]) -> Vec<(i64, String)> {
    let different = Different::among(members);
    let words = members.iter().map(|member| {
        let words = match (&member.materialized_view_refresh, &member.query_execution) {
            (Some(refresh), _) => view(&refresh.name),
            (None, Some(query)) => different.words(query),
            (None, None) => String::new(),
        };
        (member.id, fitted(&words, WIDEST))
    });
    words.filter(|(_, words)| !words.is_empty()).collect()
}

/// What the queries of a group do not have alike.
struct Different<'g> {
    /// Whether it is the query itself.
    query: bool,
    /// The keys of parameters that some have with another value, or do not have.
    keys: HashSet<&'g str>,
}

impl<'g> Different<'g> {
    fn among(members: &'g [PipelineNode]) -> Self {
        let mut queries = members
            .iter()
            .filter_map(|node| node.query_execution.as_ref());
        let mut different = Self {
            query: false,
            keys: HashSet::new(),
        };
        let Some(first) = queries.next() else {
            return different;
        };
        for other in queries {
            different.query |= other.query_id != first.query_id;
            for (one, than) in [(first, other), (other, first)] {
                let keys = one.query_parameters.iter();
                let keys =
                    keys.filter(|(key, value)| than.query_parameters.get(*key) != Some(value));
                different.keys.extend(keys.map(|(key, _)| key.as_str()));
            }
        }
        different
    }

    /// What is different of this one; where that is nothing, all its parameters.
    fn words(&self, query: &PipelineQueryExecutionNode) -> String {
        let parameters = |shown: &dyn Fn(&str) -> bool| {
            let shown = query.query_parameters.iter().filter(|(key, _)| shown(key));
            let shown = shown.map(|(key, of)| format!("{} = {}", word(key), value(of)));
            shown.collect::<Vec<_>>()
        };
        let mut words = Vec::new();
        if self.query {
            words.push(format!("query {}", query.query_id));
        }
        words.extend(parameters(&|key| self.keys.contains(key)));
        if words.is_empty() {
            words = parameters(&|_| true);
        }
        words.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use crate::pipeline;

    /// What is told of the members of the group `g`, in order.
    fn told<L>(pipeline: &crate::Pipeline<L>, nodes: usize) -> Vec<String> {
        pipeline.check().unwrap();
        let mut told = pipeline.members_told_apart();
        let ids = (1..).take(nodes);
        let words = ids.map(|id| told.remove(&id).unwrap_or_default()).collect();
        assert!(
            told.is_empty(),
            "of no other node anything is told: {told:?}"
        );
        words
    }

    #[test]
    fn a_member_is_told_by_what_its_siblings_do_not_have_alike() {
        let floors = [
            ("base", 1, "2026"),
            ("bnb", 1, "2026"),
            ("polygon", 2, "2026"),
        ];
        let daily = pipeline![
            g = each(floors, |(chain, floor, year)| {
                query(3101).parameters(blockchain = chain, floor = floor, year = year)
            }),
            alone = query(3102).parameters(year = "2026"),
        ];
        assert_eq!(
            told(&daily, 3),
            [
                "blockchain = base, floor = 1",
                "blockchain = bnb, floor = 1",
                "blockchain = polygon, floor = 2"
            ]
        );
    }

    #[test]
    fn views_and_queries_tell_members_apart_too() {
        let views = pipeline![
            g = each(["dune.acme.result_a", "dune.\"21co\".result_b"], |view| {
                refresh(view)
            })
        ];
        assert_eq!(
            told(&views, 2),
            ["dune.acme.result_a", "dune.\"21co\".result_b"]
        );
        let queries = pipeline![g = each([3101, 3102], |id| query(id).parameters(day = "monday"))];
        assert_eq!(told(&queries, 2), ["query 3101", "query 3102"]);
    }

    #[test]
    fn where_nothing_is_different_all_parameters_are_told() {
        let one = pipeline![
            g = each(Some("base"), |chain| query(3101)
                .parameters(blockchain = chain))
        ];
        assert_eq!(told(&one, 1), ["blockchain = base"]);
        let same = pipeline![g = each([1, 2], |_item| query(3101))];
        assert_eq!(told(&same, 2), ["", ""]);
        let left_out = pipeline![
            g = each([Some("base"), None], |chain| query(3101)
                .parameters(blockchain = chain, top = 3)),
        ];
        assert_eq!(told(&left_out, 2), ["blockchain = base", "top = 3"]);
    }

    #[test]
    fn hostile_texts_stay_on_one_line_of_bounded_width() {
        let texts = [
            "\u{1b}[31m\r\nrun completed\u{202e}".to_owned(),
            "界".repeat(5_000),
        ];
        let keyed = |text: &String| [(text.clone(), text.clone()), ("k".to_owned(), text.clone())];
        let hostile = pipeline![g = each(&texts, |text| query(3101).parameters(..keyed(text)))];
        for words in told(&hostile, 2) {
            assert!(!words.chars().any(char::is_control), "{words}");
            assert!(!words.contains('\u{202e}'), "{words}");
            assert!(
                super::super::text::width(&words) <= super::WIDEST,
                "{words}"
            );
        }
    }
}
