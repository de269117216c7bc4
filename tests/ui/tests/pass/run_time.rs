//! What is not known while compiling is judged when the pipeline is built, by the same rules and in the same words.

use std::fs;

use dune_pipeline::{InvalidPipeline, NoSuchNode, Performance, Pipeline, pipeline, query, refresh};

use crate::nodes;

/// What the compiler says of `fail/<name>.rs`, as far as the macro says it: the faults, one text each.
fn compiler_says(name: &str) -> Vec<String> {
    let path = format!("{}/fail/{name}.stderr", env!("CARGO_MANIFEST_DIR"));
    let stderr = fs::read_to_string(path).unwrap();
    let mut faults: Vec<String> = Vec::new();
    for line in stderr.lines() {
        if let Some(headline) = line.strip_prefix("error: ") {
            faults.push(headline.to_owned());
        } else if let (Some(more), Some(fault)) =
            (line.strip_prefix("       = "), faults.last_mut())
        {
            *fault = format!("{fault}\n{more}");
        }
    }
    faults
}

fn faults(invalid: &InvalidPipeline) -> Vec<String> {
    invalid.faults().iter().map(ToString::to_string).collect()
}

/// Lines are where the source is, and a builder has no source.
fn without_lines(faults: Vec<String>) -> Vec<String> {
    let without = |fault: String| {
        let lines = fault.lines().filter(|line| !line.contains(" on line "));
        let lines = lines.map(|line| match line.split_once(" (line ") {
            Some((before, _)) => before,
            None => line,
        });
        lines.collect::<Vec<_>>().join("\n")
    };
    faults.into_iter().map(without).collect()
}

#[test]
fn views_in_variables_are_told_as_the_compiler_tells_literal_ones() {
    let views = [
        "",
        "dune.acme.result dex daily",
        "acme.result_dex_daily",
        "dune..result_dex_daily",
    ];
    let invalid = pipeline![
        a = refresh(views[0]),
        b = refresh(views[1]),
        c = refresh(views[2]),
        d = refresh(views[3]),
    ]
    .check()
    .unwrap_err();
    assert_eq!(faults(&invalid), compiler_says("view_name"));
    let nodes: Vec<_> = invalid
        .faults()
        .iter()
        .map(|fault| fault.node().unwrap())
        .collect();
    assert_eq!(nodes, ["a", "b", "c", "d"]);
}

#[test]
fn query_ids_in_variables_are_told_as_the_compiler_tells_literal_ones() {
    let (zero, negative, huge) = (0_u8, -3101, 9_223_372_036_854_775_808_u64);
    let invalid = pipeline![a = query(zero), b = query(negative), c = query(huge)]
        .to_json()
        .unwrap_err();
    assert_eq!(faults(&invalid), compiler_says("query_id"));
}

#[test]
fn a_view_refreshed_twice_names_the_line_of_the_first() {
    let view = "dune.acme.result_dex_daily";
    let line = line!() + 1;
    let invalid = pipeline![volume = refresh(view), fresh = refresh(view.to_uppercase())]
        .check()
        .unwrap_err();
    assert_eq!(
        invalid.to_string(),
        format!(
            "`DUNE.ACME.RESULT_DEX_DAILY` is refreshed twice\n\
             note: node `volume` already refreshes it (line {line})\n\
             help: refresh it once and depend on that node: `.after(volume)`"
        )
    );
}

#[test]
fn a_float_that_is_no_number_is_told_with_its_node_and_key() {
    let (zero, view) = (0.0, "no view at all");
    let invalid = pipeline![
        share = query(3101).parameters(low = 1.0 / zero, high = 2.0),
        volume = refresh(view),
    ]
    .check()
    .unwrap_err();
    let told: Vec<_> = invalid
        .faults()
        .iter()
        .map(|fault| (fault.node(), fault.headline()))
        .collect();
    assert_eq!(
        told,
        [
            (Some("share"), "parameter `low` cannot be `inf`"),
            (
                Some("volume"),
                "`no view at all` cannot be the name of a view"
            ),
        ]
    );
}

#[test]
fn the_builder_makes_what_the_macro_makes() {
    let declared = pipeline![
        volume = refresh("dune.acme.result_dex_daily").performance(Large),
        takers = refresh("dune.acme.result_dex_taker_first_seen"),
        share = query(3101)
            .parameters(blockchain = "ethereum", min_volume_usd = 40_000)
            .after(volume),
        7 = query(3103).after(volume, takers),
        late = query(3104).after(7),
    ];
    let built = Pipeline::builder()
        .node(
            "volume",
            refresh("dune.acme.result_dex_daily").performance(Performance::Large),
        )
        .node("takers", refresh("dune.acme.result_dex_taker_first_seen"))
        .node(
            "share",
            query(3101)
                .parameter("blockchain", "ethereum")
                .parameter("min_volume_usd", 40_000)
                .after(["volume"]),
        )
        .node(7, query(3103).after(["volume", "takers"]))
        .node("late", query(3104).after([7]))
        .build()
        .unwrap();
    assert_eq!(nodes(&built), nodes(&declared));
}

#[test]
fn the_builder_takes_labels_and_keys_out_of_a_configuration() {
    let views = ["prices".to_owned(), "volume".to_owned()];
    let key = "blockchain".to_owned();
    let mut builder = Pipeline::builder();
    for view in &views {
        builder.node(view, refresh(format!("dune.acme.result_{view}")));
    }
    let share = query(3101)
        .parameter(&key, "ethereum")
        .parameter(key.clone() + "s", 2)
        .after(&views);
    let built = builder.node("share".to_owned(), share).build().unwrap();
    let declared = pipeline![
        prices = refresh("dune.acme.result_prices"),
        volume = refresh("dune.acme.result_volume"),
        share = query(3101)
            .parameters(blockchain = "ethereum", blockchains = 2)
            .after(prices, volume),
    ];
    assert_eq!(nodes(&built), nodes(&declared));
    assert_eq!(built.refresh(&views[1]).unwrap().id(), 2);
}

#[test]
fn the_builder_refuses_in_the_words_of_the_compiler() {
    let cycle = Pipeline::builder()
        .node(
            "prices",
            refresh("dune.acme.result_prices").after(["report"]),
        )
        .node(
            "volume",
            refresh("dune.acme.result_volume").after(["prices"]),
        )
        .node("report", query(3101).after(["volume"]))
        .build()
        .unwrap_err();
    let twice = Pipeline::builder()
        .node(
            "share",
            query(3101).parameters([
                ("blockchain", "ethereum"),
                ("x", "y"),
                ("blockchain", "base"),
            ]),
        )
        .build()
        .unwrap_err();
    let near = Pipeline::builder()
        .node("prices", refresh("dune.acme.result_prices"))
        .node("report", query(3101).after(["pricse"]))
        .build()
        .unwrap_err();
    let empty = Pipeline::builder().build().unwrap_err();
    for (invalid, name) in [
        (cycle, "cycle"),
        (twice, "parameter_twice"),
        (near, "unknown_label_near_another"),
        (empty, "empty_pipeline"),
    ] {
        assert_eq!(
            faults(&invalid),
            without_lines(compiler_says(name)),
            "{name}"
        );
    }
}

#[test]
fn handles_are_found_by_label_and_id_and_only_those_that_fit() {
    let raw = pipeline![1 = refresh("mv_1"), share = query(1234).after(1)];
    assert_eq!(raw.query("share"), Ok(raw.share));
    assert_eq!(raw.query(2), Ok(raw.share));
    assert_eq!(raw.refresh(1).unwrap().id(), 1);
    let told = |error: NoSuchNode| error.to_string();
    assert_eq!(
        raw.query("shares").map_err(told).unwrap_err(),
        "no node named `shares` in this pipeline; did you mean `share`?"
    );
    assert_eq!(
        raw.query(3).map_err(told).unwrap_err(),
        "no node named `3` in this pipeline; its nodes are `1`, `share`"
    );
    let short = pipeline![a = query(1234)];
    assert_eq!(
        short.query(7).map_err(told).unwrap_err(),
        "no node named `7` in this pipeline; its nodes are `a`"
    );
    assert_eq!(
        raw.query(1).map_err(told).unwrap_err(),
        "node `1` refreshes a view; it returns no rows"
    );
    assert_eq!(
        raw.refresh("share").map_err(told).unwrap_err(),
        "node `share` runs a query; it refreshes no view"
    );
}
