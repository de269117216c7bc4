//! `each`: a node for each item, in all the forms in which people have items.

use std::collections::BTreeMap;

use dune_pipeline::{NoSuchNode, NodeSpec, Pipeline, QueryNode, QueryNodes, RefreshNodes};
use dune_pipeline::{pipeline, query, refresh};
use serde_json::{Value, json};

use crate::nodes;

const CHAINS: [&str; 3] = ["ethereum", "base", "solana"];

#[test]
fn a_node_for_each_item_is_the_nodes_written_out() {
    let daily = pipeline![
        volume = refresh("mv_1"),
        share = each(CHAINS, |chain| query(3101)
            .parameters(blockchain = chain)
            .after(volume)),
        ranking = query(3105).after(share, volume),
    ];
    let written = pipeline![
        volume = refresh("mv_1"),
        ethereum = query(3101)
            .parameters(blockchain = "ethereum")
            .after(volume),
        base = query(3101).parameters(blockchain = "base").after(volume),
        solana = query(3101).parameters(blockchain = "solana").after(volume),
        ranking = query(3105).after(ethereum, base, solana, volume),
    ];
    assert_eq!(nodes(&daily), nodes(&written));
    let ids: Vec<i64> = daily.share.iter().map(QueryNode::id).collect();
    assert_eq!(ids, [2, 3, 4]);
    assert_eq!((daily.volume.id(), daily.ranking.id()), (1, 5));
}

#[test]
fn one_node_waits_for_one_of_a_group() {
    let views = ["mv_1", "mv_2", "mv_3"];
    let last = || views.len() - 1;
    let daily = pipeline![
        volume = each(views, |view| refresh(view)),
        share = each(CHAINS.iter().enumerate(), |(i, chain)| {
            query(3101)
                .after(volume[i])
                .parameters(blockchain = chain, rank = i)
        }),
        two = query(3102).after(volume[0], volume[last()]),
        all = query(3103).after(share),
    ];
    let nodes = nodes(&daily);
    let after: Vec<&Value> = (3..8).map(|node| &nodes[node]["dependencies"]).collect();
    let expected = [
        json!([1]),
        json!([2]),
        json!([3]),
        json!([1, 3]),
        json!([4, 5, 6]),
    ];
    assert_eq!(after, expected.iter().collect::<Vec<_>>());
    let built = Pipeline::builder()
        .each("volume", views, refresh)
        .node("two", query(3102).after(["volume[0]", "volume[2]"]))
        .build()
        .unwrap();
    assert_eq!(crate::nodes(&built)[3]["dependencies"], json!([1, 3]));
}

#[test]
fn a_member_that_is_not_there_is_told_when_built() {
    let views = ["mv_1", "mv_2"];
    let at = 8;
    let base = pipeline![volume = each(views, |view| refresh(view)), one = query(1)];
    let daily = pipeline![
        ..base,
        share = query(3101).after(volume[at]),
        other = query(3102).after(one[0]),
    ];
    let invalid = daily.check().unwrap_err();
    let told: Vec<&str> = invalid.faults().iter().map(|it| it.headline()).collect();
    assert_eq!(
        told,
        [
            "`volume` has 2 members: there is no `volume[8]`",
            "`one` is one node and has no members"
        ]
    );
    let own = pipeline![
        volume = each(views, |view| refresh(view)),
        share = query(3101).after(volume[2]),
    ];
    assert!(own.check().is_err());
}

#[test]
fn in_turn_each_node_waits_for_the_one_before_it() {
    let backfill = pipeline![
        volume = refresh("mv_1"),
        day = in_turn(1..=3, |day| {
            query(3108).parameters(day = day).after(volume)
        }),
        report = query(3106).after(day),
        none = in_turn(None::<i64>, |day| query(3107).parameters(day = day)),
        last = query(3109).after(none, report),
    ];
    let written = pipeline![
        volume = refresh("mv_1"),
        first = query(3108).parameters(day = 1).after(volume),
        second = query(3108).parameters(day = 2).after(volume, first),
        third = query(3108).parameters(day = 3).after(volume, second),
        report = query(3106).after(third),
        last = query(3109).after(report),
    ];
    assert_eq!(nodes(&backfill), nodes(&written));
    let day: &QueryNodes = &backfill.day;
    assert_eq!((day.len(), backfill.none.len()), (3, 0));
    let built = Pipeline::builder()
        .node("volume", refresh("mv_1"))
        .in_turn("day", 1..=3, |day| {
            query(3108).parameter("day", day).after(["volume"])
        })
        .node("report", query(3106).after(["day"]))
        .in_turn("none", None::<i64>, |day| query(3107).parameter("day", day))
        .node("last", query(3109).after(["none", "report"]))
        .build()
        .unwrap();
    assert_eq!(nodes(&built), nodes(&written));
}

#[test]
fn a_group_in_turn_stays_one_where_it_is_taken_in() {
    let views = pipeline![view = in_turn(["mv_1", "mv_2", "mv_3"], |view| refresh(view))];
    let daily = pipeline![
        trend = query(3103).after(view),
        ..&views,
        share = query(3101).after(view),
    ];
    let nodes = nodes(&daily);
    let after: Vec<&Value> = (0..5).map(|node| &nodes[node]["dependencies"]).collect();
    let expected = [json!([4]), json!([]), json!([2]), json!([3]), json!([4])];
    assert_eq!(after, expected.iter().collect::<Vec<_>>());
    let view: &RefreshNodes = &daily.view;
    assert_eq!(view.len(), 3);
}

#[test]
fn the_handle_names_all_nodes_in_order() {
    let daily = pipeline![
        share = each(CHAINS, |chain| query(3101).parameters(chain = chain)),
        views = each(["mv_1", "mv_2"], |view| refresh(view)),
    ];
    let share: &QueryNodes = &daily.share;
    let views: &RefreshNodes = &daily.views;
    assert_eq!((share.len(), views.len()), (3, 2));
    assert!(!share.is_empty());
    assert_eq!(share.get(1), Some(daily.query("share[1]").unwrap()));
    assert_eq!(share.get(3), None);
    assert_eq!(daily.queries("share").unwrap(), *share);
    assert_eq!(daily.refreshes("views").unwrap(), *views);
    let by_reference: Vec<QueryNode> = share.into_iter().collect();
    let by_value: Vec<QueryNode> = share.clone().into_iter().collect();
    assert_eq!(by_reference, by_value);
    let copy = daily.clone();
    assert_eq!(copy.share, daily.share);
}

#[test]
fn an_option_is_a_node_or_none_and_nobody_waits_for_none() {
    let daily = |token: Option<&str>| {
        pipeline![
            share = query(3101),
            extra = each(token, |token| query(3102)
                .parameters(token = token)
                .after(share)),
            ranking = query(3105).after(share, extra),
        ]
    };
    let with = daily(Some("0xa0b8"));
    assert_eq!(nodes(&with)[2]["dependencies"], json!([1, 2]));
    assert_eq!(with.ranking.id(), 3);
    let without = daily(None);
    assert_eq!(nodes(&without)[1]["dependencies"], json!([1]));
    assert_eq!(without.ranking.id(), 2);
    assert!(without.extra.is_empty());
    assert_eq!(without.queries("extra").unwrap().len(), 0);
}

#[test]
fn items_are_anything_that_can_be_gone_through() {
    let owned = vec![String::from("a"), String::from("b")];
    let pairs = BTreeMap::from([("base", 1_u64), ("ethereum", 2)]);
    let daily = pipeline![
        borrowed = each(&owned, |chain| query(1).parameters(chain = chain)),
        taken = each(owned.clone(), move |chain: String| query(2)
            .parameters(chain = chain)),
        pairs = each(pairs, |(chain, id)| query(id).parameters(chain = chain)),
        numbers = each(1..=3, |day: i64| query(3).parameters(day = day)),
        generic = each(BTreeMap::<u8, Vec<u8>>::new(), |(_, _)| query(4)),
        mapped = each(CHAINS.iter().filter(|chain| chain.len() > 4), |chain| {
            let key = chain.to_uppercase();
            let tier = dune_pipeline::Performance::Large;
            query(5).parameters(chain = key).performance(tier)
        }),
    ];
    let lengths = [
        daily.borrowed.len(),
        daily.taken.len(),
        daily.pairs.len(),
        daily.numbers.len(),
        daily.generic.len(),
        daily.mapped.len(),
    ];
    assert_eq!(lengths, [2, 2, 2, 3, 0, 2]);
    let last = &nodes(&daily)[10]["query_execution"];
    assert_eq!(
        *last,
        json!({"query_id": 5, "performance": "large", "query_parameters": {"chain": "SOLANA"}})
    );
}

#[test]
fn closures_see_what_is_around_them_and_leave_the_function() {
    fn daily(ids: &[&str]) -> Result<Pipeline, std::num::ParseIntError> {
        let mut seen = 0;
        let daily = pipeline![
            share = each(ids, |id| {
                seen += 1;
                query(id.parse::<u64>()?).parameters(nodes = seen)
            })
        ];
        Ok(daily.into_erased())
    }
    let two = nodes(&daily(&["7", "8"]).unwrap());
    assert_eq!(
        two[1]["query_execution"]["query_parameters"],
        json!({"nodes": "2"})
    );
    assert!(daily(&["7", "eight"]).is_err());
}

#[test]
fn loops_within_a_closure_are_left_and_gone_on_with_as_anywhere() {
    let daily = pipeline![
        share = each([7, 200, 3_000], |floor| {
            let mut digits: u32 = 0;
            loop {
                digits += 1;
                if floor >= 10_i64.pow(digits) {
                    continue;
                }
                break;
            }
            let odd = (0..floor).filter(|n| n % 2 == 1);
            let label = 'found: {
                for n in odd {
                    if n * n > floor {
                        break 'found n;
                    }
                }
                0
            };
            query(floor).parameters(
                digits = digits,
                first = label,
                half = loop {
                    digits -= 1;
                    if digits == 0 {
                        break floor / 2;
                    }
                },
            )
        }),
    ];
    let parameters =
        |node: usize| nodes(&daily)[node]["query_execution"]["query_parameters"].clone();
    assert_eq!(nodes(&daily).as_array().map(Vec::len), Some(3));
    assert_eq!(
        parameters(0),
        json!({"digits": "1", "first": "3", "half": "3"})
    );
    assert_eq!(
        parameters(2),
        json!({"digits": "4", "first": "55", "half": "1500"})
    );
}

#[test]
fn an_outer_loop_is_left_by_its_label() {
    let mut made = Vec::new();
    'weeks: for week in 0..4 {
        let week = pipeline![
            day = each(1..=7, |day| {
                if week == 2 {
                    continue 'weeks;
                }
                query(10 * week + day)
            }),
        ];
        made.push(week.day.len());
    }
    assert_eq!(made, [7, 7, 7]);
}

#[test]
fn groups_wait_for_groups_and_may_be_named_before() {
    let daily = pipeline![
        last = query(9).after(share),
        share = each([1, 2], |id| query(id).after(views)),
        views = each(["mv_1", "mv_2"], |view| refresh(view)),
    ];
    let waits: Vec<Value> = nodes(&daily)
        .as_array()
        .unwrap()
        .iter()
        .map(|node| node["dependencies"].clone())
        .collect();
    assert_eq!(
        waits,
        [
            json!([2, 3]),
            json!([4, 5]),
            json!([4, 5]),
            json!([]),
            json!([])
        ]
    );
}

#[test]
fn groups_come_in_with_their_pipeline() {
    #[derive(Clone)]
    struct Shares {
        share: QueryNodes,
    }
    let shares = || {
        pipeline![
            volume = refresh("mv_1"),
            share = each(CHAINS, |chain| query(1).parameters(c = chain).after(volume)),
        ]
        .map_labels(|labels| Shares {
            share: labels.share,
        })
    };
    let daily = pipeline![
        views = each(["mv_2", "mv_3"], |view| refresh(view)),
        ..shares(),
        last = query(2).after(share),
    ];
    let ids: Vec<i64> = daily.share.iter().map(QueryNode::id).collect();
    assert_eq!(ids, [4, 5, 6]);
    assert_eq!(nodes(&daily)[6]["dependencies"], json!([4, 5, 6]));
    let again = pipeline![first = query(3), ..&daily];
    assert_eq!(again.share.get(0).map(QueryNode::id), Some(5));
    assert_eq!(again.share, again.queries("share").unwrap());
}

#[test]
fn the_builder_makes_what_each_makes() {
    let declared = pipeline![
        volume = refresh("mv_1"),
        share = each(CHAINS, |chain| query(3101)
            .parameters(blockchain = chain)
            .after(volume)),
        ranking = query(3105).after(share),
    ];
    let mut builder = Pipeline::builder();
    builder.node("volume", refresh("mv_1"));
    builder.each("share", CHAINS, |chain| {
        query(3101).parameter("blockchain", chain).after(["volume"])
    });
    let built = builder
        .node("ranking", query(3105).after(["share"]))
        .build()
        .unwrap();
    assert_eq!(nodes(&built), nodes(&declared));
}

#[test]
fn what_is_wrong_with_all_nodes_of_a_group_is_told_once() {
    let (view, label) = ("mv_1", "volum");
    let again = pipeline![views = each([view, view, view], |view| refresh(view))];
    assert_eq!(
        again.check().unwrap_err().faults()[0].headline(),
        "`mv_1` is refreshed twice"
    );
    let invalid = Pipeline::builder()
        .node("volume", refresh(view))
        .each("share", CHAINS, |_| query(1).after([label]))
        .build()
        .unwrap_err();
    assert_eq!(
        invalid.to_string(),
        "no node named `volum` in this pipeline\nhelp: did you mean `volume`?"
    );
}

#[test]
fn a_pipeline_that_turns_out_empty_is_told() {
    let none = pipeline![share = each(None::<u8>, |id| query(id))];
    let told = none.check().unwrap_err().to_string();
    assert!(told.starts_with("this pipeline has no nodes\n"), "{told}");
    assert!(none.share.is_empty());
    let whole = pipeline![..none, other = query(1)];
    assert!(whole.check().is_ok());
    assert!(whole.share.is_empty());
}

#[test]
fn asking_for_a_group_as_a_node_says_what_it_is() {
    let daily = pipeline![
        volume = refresh("mv_1"),
        share = each(CHAINS, |chain| query(1).parameters(c = chain)),
    ];
    let told = |error: NoSuchNode| error.to_string();
    assert_eq!(
        daily.query("share").map_err(told).unwrap_err(),
        "`share` is a group of 3 nodes: ask for `share[0]`, or for all with `queries` or `refreshes`"
    );
    assert_eq!(
        daily.queries("volume").map_err(told).unwrap_err(),
        "`volume` is one node and no group: ask with `query` or `refresh`"
    );
    assert_eq!(
        daily.refreshes("share").map_err(told).unwrap_err(),
        "node `share[0]` runs a query; it refreshes no view"
    );
    assert_eq!(
        daily.queries("shar").map_err(told).unwrap_err(),
        "no node named `shar` in this pipeline; did you mean `share`?"
    );
    assert_eq!(
        daily.query("gas").map_err(told).unwrap_err(),
        "no node named `gas` in this pipeline; its nodes are `volume`, `share`"
    );
}

#[test]
fn a_builders_group_may_mix_kinds() {
    let built = Pipeline::builder()
        .each("all", [0, 1], |kind| -> NodeSpec {
            match kind {
                0 => refresh("mv_1").into(),
                _ => query(1).into(),
            }
        })
        .build()
        .unwrap();
    assert_eq!(built.refresh("all[0]").unwrap().id(), 1);
    assert_eq!(built.query("all[1]").unwrap().id(), 2);
    assert!(built.queries("all").is_err());
}

#[test]
fn a_group_is_kept_in_types_that_derive_and_gone_through_from_both_ends() {
    #[derive(Debug, Clone, PartialEq, Eq, Hash)]
    struct Kept {
        share: QueryNodes,
        views: RefreshNodes,
    }
    let daily = || {
        pipeline![
            views = each(
                ["dune.acme.result_a", "dune.acme.result_b"],
                |view| refresh(view)
            ),
            share = each(CHAINS, |chain| query(3101).parameters(blockchain = chain)),
        ]
        .map_labels(|of| Kept {
            share: of.share,
            views: of.views,
        })
    };
    let kept = daily();
    let labels: &Kept = &kept;
    assert_eq!(labels.clone(), *labels);
    assert_ne!(
        *labels,
        *daily(),
        "the nodes of another pipeline are others"
    );

    let mut nodes = kept.share.iter();
    assert_eq!(nodes.next_back(), kept.share.get(2));
    assert_eq!(nodes.len(), 2);
    let by_reference: Vec<QueryNode> = (&kept.share).into_iter().rev().collect();
    let by_value: Vec<QueryNode> = kept.share.clone().into_iter().rev().collect();
    assert_eq!(by_reference, by_value);
    assert_eq!(by_value.last().copied(), kept.share.get(0));
}
