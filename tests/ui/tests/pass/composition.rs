//! Pipelines that take others in: what becomes of ids, labels and handles, and what is wrong when it is built.

use dune_pipeline::{Pipeline, QueryNode, RefreshNode, pipeline, query, refresh};
use serde_json::json;

use crate::nodes;

#[derive(Clone, Copy)]
struct Common {
    volume: RefreshNode,
    share: QueryNode,
}

/// The part that a team has in common, with a type that can be written down.
fn common(chain: &str) -> Pipeline<Common> {
    let common = pipeline![
        volume = refresh("dune.acme.result_dex_daily"),
        share = query(3101).parameters(blockchain = chain).after(volume),
    ];
    common.map_labels(|labels| Common {
        volume: labels.volume,
        share: labels.share,
    })
}

#[test]
fn all_nodes_of_a_base_come_in_where_it_is_written() {
    let daily = pipeline![
        takers = refresh("mv_1"),
        ..common("base"),
        trend = query(3103).after(volume, takers),
    ];
    let written = pipeline![
        takers = refresh("mv_1"),
        volume = refresh("dune.acme.result_dex_daily"),
        share = query(3101).parameters(blockchain = "base").after(volume),
        trend = query(3103).after(volume, takers),
    ];
    assert_eq!(nodes(&daily), nodes(&written));
    assert_eq!(
        [
            daily.takers.id(),
            daily.volume.id(),
            daily.share.id(),
            daily.trend.id()
        ],
        [1, 2, 3, 4]
    );
}

#[test]
fn handles_of_a_base_are_issued_anew() {
    let base = common("base");
    let daily = pipeline![trend = query(3103).after(volume), ..&base];
    assert_eq!(daily.query("share").unwrap(), daily.share);
    assert_eq!((base.share.id(), daily.share.id()), (2, 3));
    assert_ne!(base.share, daily.share);
    let copy = daily.clone();
    assert_eq!((copy.share, copy.trend), (daily.share, daily.trend));
}

#[test]
fn integer_ids_are_kept_and_labels_get_those_that_are_free() {
    let raw = pipeline![2 = refresh("mv_1"), late = query(7).after(2)];
    let daily = pipeline![first = query(1), ..raw, 1 = query(8).after(late)];
    let ids: Vec<_> = nodes(&daily)
        .as_array()
        .unwrap()
        .iter()
        .map(|node| node["id"].clone())
        .collect();
    assert_eq!(ids, [3, 2, 4, 1]);
    assert_eq!((daily.first.id(), daily.late.id()), (3, 4));
}

#[test]
fn a_base_of_a_base_keeps_its_labels() {
    let twice = pipeline![first = query(1), ..common("base")];
    let thrice = pipeline![
        zeroth = query(0x1),
        ..twice,
        last = query(2).after(share, first)
    ];
    assert_eq!(thrice.volume.id(), 3);
    assert_eq!(thrice.share, thrice.query("share").unwrap());
    assert_eq!(thrice.first, thrice.query("first").unwrap());
    let named = thrice.map_labels(|labels| (labels.first, labels.volume, labels.last));
    let again = pipeline![none = refresh("mv_0"), ..named];
    assert_eq!(again.2, again.query("last").unwrap());
    assert_eq!(again.1.id(), 4);
}

#[test]
fn of_several_bases_the_first_is_reached_by_fields_and_all_by_name() {
    let one = pipeline![volume = refresh("mv_1")];
    let other = pipeline![prices = refresh("mv_2")].into_erased();
    let both = pipeline![..one, ..&other, trend = query(3103).after(volume, prices)];
    assert_eq!(both.volume.id(), 1);
    assert_eq!(both.refresh("prices").unwrap().id(), 2);
    assert_eq!(nodes(&both)[2]["dependencies"], json!([1, 2]));
}

#[test]
fn a_base_is_evaluated_once_and_in_order() {
    let mut seen = Vec::new();
    let mut see = |what: &'static str| {
        seen.push(what);
        what
    };
    let base = |name: &str| pipeline![volume = refresh(name)];
    let _ = pipeline![
        a = refresh(see("mv_1")),
        ..base(see("mv_2")),
        b = refresh(see("mv_3")),
    ];
    assert_eq!(seen, ["mv_1", "mv_2", "mv_3"]);
}

#[test]
fn an_error_of_a_base_leaves_the_function() {
    fn parts(ok: bool) -> Result<Pipeline<Common>, String> {
        ok.then(|| common("base")).ok_or("no".to_owned())
    }
    fn daily(ok: bool) -> Result<Pipeline, String> {
        Ok(pipeline![..parts(ok)?, trend = query(3103).after(share)].into_erased())
    }
    assert!(daily(true).unwrap().check().is_ok());
    assert_eq!(daily(false).unwrap_err(), "no");
}

#[test]
fn generic_arguments_with_commas_belong_to_the_base() {
    fn base<A, B>(_: A, _: B) -> Pipeline {
        pipeline![volume = refresh("mv_1")].into_erased()
    }
    let daily = pipeline![
        ..base::<u8, Vec<u8>>(1, vec![]),
        trend = query(1).after(volume)
    ];
    assert_eq!(daily.trend.id(), 2);
}

#[test]
fn a_label_that_nobody_declares_is_told_when_it_is_built() {
    let line = line!() + 1;
    let invalid = pipeline![..common("base"), trend = query(3103).after(volum)]
        .check()
        .unwrap_err();
    assert_eq!(
        invalid.to_string(),
        format!(
            "no node named `volum` in this pipeline\nnote: `volume` is declared on line {line}\n\
             help: did you mean `volume`?"
        )
    );
}

#[test]
fn a_clash_names_both_places() {
    let line = line!() + 4;
    let label = pipeline![
        share = query(1),
        other = query(2),
        ..common("base"),
        first = refresh("dune.acme.result_dex_daily"),
    ]
    .check()
    .unwrap_err();
    assert_eq!(
        label.to_string(),
        format!(
            "two nodes are named `share`\n\
             note: the first of them is on line {}\n\
             help: give one of them another label\n\n\
             `dune.acme.result_dex_daily` is refreshed twice\n\
             note: node `volume` already refreshes it (line {line})\n\
             help: refresh it once and depend on that node: `.after(volume)`",
            line - 2
        )
    );
}

#[test]
fn what_was_wrong_with_a_base_is_told_once_with_the_rest() {
    let (view, other) = ("no view", "none either");
    let base = pipeline![bad = refresh(view), good = query(1).after(bad)];
    let own = base.check().unwrap_err();
    let invalid = pipeline![first = refresh(other), ..&base, last = query(0_u8 as u64)]
        .check()
        .unwrap_err();
    let told: Vec<_> = invalid.faults().iter().map(|fault| fault.node()).collect();
    assert_eq!(told, [Some("first"), Some("bad"), Some("last")]);
    assert_eq!(invalid.faults()[1].headline(), own.faults()[0].headline());
    let twice = pipeline![..pipeline![..&base]].check().unwrap_err();
    assert_eq!(twice.to_string(), own.to_string());
}

#[test]
fn a_dangling_label_of_a_base_stays_one() {
    let base = pipeline![..pipeline![a = query(1)], b = query(2).after(volume)];
    let whole = pipeline![volume = refresh("mv_1"), ..base];
    assert_eq!(
        whole.check().unwrap_err().to_string(),
        "no node named `volume` in this pipeline\nnote: its nodes are `a`, `b`\nhelp: declare `volume`, or do not wait for it"
    );
}

#[test]
fn the_builder_includes_what_the_macro_takes_in() {
    let declared = pipeline![
        takers = refresh("mv_1"),
        ..common("base"),
        trend = query(3103).after(volume)
    ];
    let built = Pipeline::builder()
        .node("takers", refresh("mv_1"))
        .include(&common("base"))
        .node("trend", query(3103).after(["volume"]))
        .build()
        .unwrap();
    assert_eq!(nodes(&built), nodes(&declared));
    assert_eq!(built.query("share").unwrap().id(), 3);
}

#[test]
fn waiting_for_a_base_is_waiting_for_the_last_of_its_nodes() {
    let common = pipeline![
        volume = refresh("mv_1"),
        share = each(["base", "zora"], |chain| {
            query(1).parameters(chain = chain).after(volume)
        }),
        total = query(2).after(share),
        gas = each([1, 2], |day| query(3).parameters(day = day)),
        7 = refresh("mv_7"),
    ];
    let daily = pipeline![
        early = query(4).after(..common),
        ..&common,
        day = each([1, 2], |day| {
            query(5).parameters(day = day).after(early, ..common)
        }),
    ];
    let written = nodes(&daily);
    let on = |label: &str| {
        let id = daily.query(label).unwrap().id();
        let mut nodes = written.as_array().unwrap().iter();
        nodes.find(|node| node["id"] == id).unwrap()["dependencies"].clone()
    };
    let id = |label: &str| daily.query(label).unwrap().id();
    let last = [id("total"), id("gas[0]"), id("gas[1]"), 7];
    assert_eq!(on("early"), json!(last));
    for day in ["day[0]", "day[1]"] {
        let all: Vec<i64> = [id("early")].into_iter().chain(last).collect();
        assert_eq!(on(day), json!(all));
    }
}

#[test]
fn waiting_for_a_base_goes_with_it_into_another_pipeline() {
    let common = pipeline![volume = refresh("mv_1")];
    let daily = pipeline![..&common, a = query(1).after(..common, volume)];
    let whole = pipeline![first = query(0x2), ..daily, last = query(3).after(..daily)];
    assert_eq!(nodes(&whole)[2]["dependencies"], json!([2]));
    assert_eq!(nodes(&whole)[3]["dependencies"], json!([3]));
}

#[test]
fn of_several_bases_the_one_that_is_named_is_waited_for() {
    let one = pipeline![volume = refresh("mv_1")];
    let other = pipeline![prices = refresh("mv_2")];
    let both = pipeline![
        ..&one,
        ..&other,
        a = query(1).after(..one),
        b = refresh("mv_3").after(..other),
    ];
    assert_eq!(nodes(&both)[2]["dependencies"], json!([1]));
    assert_eq!(nodes(&both)[3]["dependencies"], json!([2]));
}

#[test]
fn a_label_that_is_the_name_of_a_base_is_said_to_be_that() {
    let common = pipeline![volume = refresh("mv_1")];
    let invalid = pipeline![..common, a = query(1).after(common)]
        .check()
        .unwrap_err();
    assert_eq!(
        invalid.to_string(),
        "no node named `common` in this pipeline\n\
         note: `common` is a pipeline that is taken in, and no label\n\
         help: wait for all of its nodes: `.after(..common)`"
    );
    // A label goes before.
    let volume = pipeline![volume = refresh("mv_1")];
    let daily = pipeline![..volume, a = query(1).after(volume)];
    assert_eq!(nodes(&daily)[1]["dependencies"], json!([1]));
}

#[test]
fn what_comes_in_with_two_pipelines_is_told_once() {
    let shared = || {
        pipeline![
            volume = refresh("mv_1"),
            share = each(["base", "zora"], |chain| {
                query(1).parameters(chain = chain).after(volume)
            }),
            none = each(None::<u8>, |_| query(2)),
            3 = query(3).performance(Large).after(share),
        ]
    };
    let dex = pipeline![..shared(), a = query(4).after(volume)];
    let nft = pipeline![..pipeline![..shared()], b = query(5).after(share)];
    let line = line!() + 2;
    let both = pipeline![
        ..&dex, // on the first line
        ..&nft, // and on the second
    ];
    let invalid = both.check().unwrap_err();
    let told = format!(
        "`volume`, `share`, `none`, `3` come in twice\n\
         note: the pipeline that is taken in on line {line} has them, and so has the one on line {}\n\
         help: let one of the two take the other in, where it takes in what they share; then only that one is taken in \
         here",
        line + 1
    );
    assert_eq!(invalid.to_string(), told);
    assert_eq!(invalid.faults()[0].node(), Some("volume"));
    // It stays one where that is taken in, with the line that it then has.
    let more = pipeline![first = query(6), ..both].check().unwrap_err();
    assert_eq!(more.to_string(), told);

    let built = Pipeline::builder().include(&dex).include(&nft).build();
    assert_eq!(
        built.unwrap_err().faults()[0].notes(),
        ["two of the pipelines that are taken in have them"]
    );
    let line = line!() + 1;
    let twice = pipeline![..&dex, ..&dex].check().unwrap_err();
    assert_eq!(twice.faults().len(), 1);
    assert_eq!(
        twice.faults()[0].notes(),
        [format!(
            "two of the pipelines that are taken in on line {line} have them"
        )]
    );
    assert_eq!(twice.faults()[0].help(), Some("take that pipeline in once"));
}

#[test]
fn what_is_wrong_with_a_node_that_comes_in_twice_is_told_of_the_first() {
    let view = "no view";
    let shared = pipeline![volume = refresh(view)];
    let dex = pipeline![..&shared, a = query(4).after(volume)];
    let nft = pipeline![..&shared, b = query(5).after(volume)];
    let invalid = pipeline![..dex, ..nft].check().unwrap_err();
    let told: Vec<_> = invalid.faults().iter().map(|it| it.headline()).collect();
    assert_eq!(
        told,
        [
            "`no view` cannot be the name of a view",
            "`volume` comes in twice"
        ]
    );
}

#[test]
fn what_has_one_label_and_is_not_the_same_stays_a_clash() {
    let base = pipeline![share = query(1).parameters(chain = "base")];
    let zora = pipeline![share = query(1).parameters(chain = "zora")];
    let invalid = pipeline![..base, ..zora].check().unwrap_err();
    assert_eq!(
        invalid.faults()[0].headline(),
        "two nodes are named `share`"
    );
    let one = pipeline![share = each([1], |day| query(1).parameters(day = day))];
    let two = pipeline![share = each([1, 2], |day| query(1).parameters(day = day))];
    let turn = pipeline![share = in_turn([1], |day| query(1).parameters(day = day))];
    for other in [two.into_erased(), turn.into_erased()] {
        let invalid = pipeline![..&one, ..other].check().unwrap_err();
        assert_eq!(
            invalid.faults()[0].headline(),
            "two nodes are named `share`"
        );
    }
    // What is declared here is not taken in.
    let own = pipeline![..&one, share = query(1)].check().unwrap_err();
    assert_eq!(own.faults()[0].headline(), "two nodes are named `share`");
}
