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
