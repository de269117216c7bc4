//! Where pipelines are declared and where they go: functions, modules, other macros, generic and async functions, structs,
//! threads.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::thread;

use dune_pipeline::{ParameterValue, Performance, Pipeline, QueryNode, ViewName, pipeline};
use serde_json::json;

use crate::nodes;

mod inner {
    /// By a path, without an import.
    pub(super) fn daily(id: u32) -> dune_pipeline::Pipeline {
        ::dune_pipeline::pipeline!(share = query(id)).into_erased()
    }
}

#[test]
fn a_function_of_another_module_gives_a_pipeline() {
    let share = inner::daily(3101).query("share").unwrap();
    assert_eq!(share.id(), 1);
}

fn chain_of<V: ViewName, P: ParameterValue + Clone>(view: V, chain: P) -> Pipeline {
    let pipeline = pipeline![
        volume = refresh(view),
        share = query(3101).parameters(chain = chain.clone()).after(volume),
        trend = query(3103).parameters(chain = chain).after(volume),
    ];
    pipeline.into_erased()
}

#[test]
fn generic_functions_pass_on_what_they_get() {
    let nodes = nodes(&chain_of(String::from("mv_1"), 7));
    assert_eq!(nodes[0]["materialized_view_refresh"]["name"], "mv_1");
    assert_eq!(
        nodes[2]["query_execution"]["query_parameters"],
        json!({"chain": "7"})
    );
}

/// A pipeline kept with the handles that are needed later.
struct Daily {
    pipeline: Pipeline,
    share: QueryNode,
}

impl Daily {
    fn new() -> Self {
        let daily = pipeline![share = query(3101)];
        Self {
            share: daily.share,
            pipeline: daily.into_erased(),
        }
    }
}

#[test]
fn a_struct_keeps_pipeline_and_handles() {
    let daily = Daily::new();
    assert_eq!(daily.pipeline.query("share").unwrap(), daily.share);
    assert_ne!(
        Daily::new().share,
        daily.share,
        "handles know their pipeline"
    );
}

#[test]
fn threads_share_and_take_pipelines() {
    let daily = pipeline![volume = refresh("mv_1"), share = query(3101).after(volume)];
    let copy = daily.clone();
    thread::scope(|scope| {
        scope.spawn(|| assert_eq!(daily.share.id(), 2));
    });
    let json = thread::spawn(move || (copy.share, copy.to_json().unwrap()))
        .join()
        .unwrap();
    assert_eq!(json, (daily.share, daily.to_json().unwrap()));
}

async fn fetch(id: u64) -> Result<u64, String> {
    Ok(id)
}

async fn from_elsewhere(chain: &str) -> Result<Pipeline, String> {
    let pipeline = pipeline![
        share = query(fetch(3101).await?).parameters(chain = chain.to_owned()),
        trend = query(fetch(3103).await?).after(share),
    ];
    Ok(pipeline.into_erased())
}

#[test]
fn async_functions_wait_within_and_stay_send() {
    fn is_send<T: Send>(value: T) -> T {
        value
    }
    let future = pin!(is_send(from_elsewhere("base")));
    let Poll::Ready(pipeline) = future.poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("nothing to wait for");
    };
    assert_eq!(
        nodes(&pipeline.unwrap())[1]["query_execution"]["query_id"],
        3103
    );
}

#[test]
fn an_error_of_an_expression_leaves_the_function() {
    fn daily(id: &str) -> Result<Pipeline, std::num::ParseIntError> {
        Ok(pipeline![share = query(id.parse::<u64>()?)].into_erased())
    }
    assert!(daily("3101").is_ok());
    assert!(daily("three").is_err());
}

#[test]
fn expressions_are_evaluated_once_in_the_order_written() {
    let mut seen = Vec::new();
    let mut see = |what: &'static str| {
        seen.push(what);
        what
    };
    let _ = pipeline![
        a = refresh(see("mv_1")),
        b = query(see("12").parse::<u64>().unwrap()).parameters(x = see("x"), y = see("y")),
        c = each([see("mv_2")], |view| refresh(view)),
        d = query(3)
            .after(c[see("").len()])
            .parameters(z = see("z"))
            .performance(see("large").parse::<Performance>().unwrap()),
    ];
    assert_eq!(seen, ["mv_1", "12", "x", "y", "mv_2", "", "z", "large"]);
}

/// Another macro that writes a pipeline, of pieces of every kind.
macro_rules! refreshed {
    ($view:expr => $($label:ident = $node:expr),+; $id:literal after $base:ident, tier $tier:ident, $key:literal = $value:expr) => {
        pipeline![
            $base = refresh($view).performance($tier),
            $($label = $node,)+
            last = query($id).parameters($key = $value).after($base),
        ]
    };
}

#[test]
fn other_macros_write_pipelines() {
    let name = "mv_1";
    let daily = refreshed!(name => share = query(3101).after(base), trend = query(1 + 1); 77 after base, tier Large, "a key" = 1 + 1);
    assert_eq!(daily.share.id(), 2);
    assert_eq!(
        nodes(&daily),
        json!([
            {"id": 1, "dependencies": [], "materialized_view_refresh": {"name": "mv_1", "performance": "large"}},
            {"id": 2, "dependencies": [1], "query_execution": {"query_id": 3101}},
            {"id": 3, "dependencies": [], "query_execution": {"query_id": 2}},
            {"id": 4, "dependencies": [1], "query_execution": {"query_id": 77, "query_parameters": {"a key": "2"}}},
        ])
    );
}

#[test]
fn closures_blocks_and_generic_arguments_are_expressions_too() {
    let ids = std::collections::BTreeMap::from([("share", 3101_u64)]);
    let daily = pipeline![
        share = query(ids.iter().fold(0, |sum, (_, id)| sum + id)).parameters(
            smaller = u8::from(1 < 2),
            parsed = "7".parse::<u8>().map_or::<u8, _>(0, |n| n),
            block = {
                let text = String::from("te");
                text + "xt"
            },
        ),
    ];
    assert_eq!(
        nodes(&daily)[0]["query_execution"],
        json!({"query_id": 3101, "query_parameters": {"smaller": "1", "parsed": "7", "block": "text"}})
    );
}

#[test]
fn handles_are_copied_out_and_outlive_the_pipeline() {
    let share = pipeline![share = query(3101)].share;
    let (one, other) = (share, share);
    assert_eq!(one, other);
}

/// With lints that nothing may lift again; clippy's are judged where clippy runs.
#[forbid(missing_docs, unreachable_pub, unsafe_code)]
#[deny(warnings, clippy::pedantic, clippy::nursery)]
mod under_strict_lints {
    use dune_pipeline::{Pipeline, pipeline};

    pub(super) fn daily() -> Pipeline {
        let daily = pipeline![
            base = refresh("mv_1"),
            Share = query(3101).parameters(low = 1.5).after(base),
        ];
        daily.into_erased()
    }
}

#[test]
fn crates_with_strict_lints_write_pipelines() {
    assert_eq!(under_strict_lints::daily().query("Share").unwrap().id(), 2);
}

/// With lints forbidden that the macro itself might want lifted: what it writes needs no `allow`.
#[forbid(dead_code, non_snake_case, unused, missing_docs, unreachable_pub)]
#[forbid(for_loops_over_fallibles, unexpected_cfgs, rust_2018_idioms)]
mod under_forbidden_lints {
    use dune_pipeline::{Pipeline, pipeline};

    pub(super) fn daily() -> Pipeline {
        let common = pipeline![volume = refresh("mv_1"), unused = query(1)];
        let daily = pipeline![
            ..common,
            share = each(Some("base"), |chain| query(2).parameters(c = chain)),
            last = query(3).after(share, volume),
        ];
        daily.into_erased()
    }

    pub(super) fn plain() -> Pipeline {
        pipeline![volume = refresh("mv_1"), share = query(2).after(volume)].into_erased()
    }

    pub(super) fn groups() -> Pipeline {
        pipeline![
            Share = each([1], |id| query(id)),
            Last = query(2).after(Share)
        ]
        .into_erased()
    }
}

#[test]
fn crates_that_forbid_lints_write_pipelines() {
    use under_forbidden_lints::{daily, groups, plain};
    assert_eq!(daily().query("last").unwrap().id(), 4);
    assert_eq!(plain().query("share").unwrap().id(), 2);
    assert_eq!(groups().query("Last").unwrap().id(), 2);
}
