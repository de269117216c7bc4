//! SVG. With a folder in `DUNE_PIPELINE_PICTURES` the pictures are left there to be looked at.

use std::collections::HashMap;

use dune_pipeline::Pipeline;

use crate::{chain, diamond, fan, mesh, three_layers};

/// The boxes of a picture: left, top, width, height.
fn boxes(svg: &str) -> Vec<[i64; 4]> {
    let rects = svg.lines().filter(|line| line.starts_with("<rect "));
    let number = |line: &str, name: &str| -> i64 {
        let (_, rest) = line.split_once(&format!(" {name}=\"")).unwrap();
        rest.split('"').next().unwrap().parse().unwrap()
    };
    rects
        .map(|line| ["x", "y", "width", "height"].map(|name| number(line, name)))
        .collect()
}

fn examples() -> HashMap<&'static str, Pipeline> {
    let chain_name = "ethereum";
    let readme = dune_pipeline::pipeline![
        volume = refresh("dune.acme.result_dex_daily").performance(Large),
        takers = refresh("dune.acme.result_dex_taker_first_seen"),
        share = query(3101)
            .parameters(blockchain = chain_name, min_volume_usd = 40_000)
            .after(volume),
        trend = query(3103).after(volume, takers),
    ];
    HashMap::from([
        ("readme", readme.into_erased()),
        ("dashboard", fan(8)),
        ("three_layers", three_layers()),
        ("diamond", diamond()),
        ("sixty", mesh(60)),
        ("chain", chain(5)),
    ])
}

#[test]
fn boxes_do_not_overlap_and_lie_in_the_picture() {
    for (name, pipeline) in examples() {
        let svg = pipeline.to_svg().unwrap();
        let (_, size) = svg.split_once("viewBox=\"").unwrap();
        let size: Vec<i64> = size
            .split('"')
            .next()
            .unwrap()
            .split(' ')
            .map(|n| n.parse().unwrap())
            .collect();
        let boxes = boxes(&svg);
        for (i, [left, top, width, height]) in boxes.iter().enumerate() {
            assert!(*left >= 0 && *top >= 0, "{name}");
            assert!(
                left + width <= size[2] + size[0] && top + height <= size[3] + size[1],
                "{name}"
            );
            for [other_left, other_top, other_width, other_height] in &boxes[..i] {
                let apart = left + width <= *other_left
                    || other_left + other_width <= *left
                    || top + height <= *other_top
                    || other_top + other_height <= *top;
                assert!(apart, "{name}: {:?}", boxes[i]);
            }
        }
        if let Ok(folder) = std::env::var("DUNE_PIPELINE_PICTURES") {
            std::fs::write(format!("{folder}/{name}.svg"), &svg).unwrap();
        }
    }
}

#[test]
fn the_same_pipeline_is_the_same_picture() {
    assert_eq!(mesh(60).to_svg().unwrap(), mesh(60).to_svg().unwrap());
}

#[test]
fn a_picture_grows_with_its_nodes() {
    for (small, large) in [
        (chain(1_000), chain(10_000)),
        (fan(1_000), fan(10_000)),
        (mesh(1_000), mesh(10_000)),
    ] {
        let (small, large) = (small.to_svg().unwrap().len(), large.to_svg().unwrap().len());
        assert!(large < 13 * small, "{large} for {small}");
    }
}
