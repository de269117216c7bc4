// `volume[0]` is one node of a group. What is no group is waited for by its label alone, and a group
// by its label for all of its nodes: twice the same is once too often.

use dune_pipeline::{Pipeline, pipeline};

const CHAINS: [&str; 2] = ["ethereum", "base"];

fn daily() -> Pipeline {
    let daily = pipeline![
        single = refresh("dune.acme.result_dex_daily"),
        share = each(CHAINS, |chain| query(3101).parameters(blockchain = chain)),
        no_group = query(3102).after(single[0]),
        no_index = query(3103).after(share[]),
        unknown = query(3104).after(shares[0]),
        twice = query(3105).after(share[0], share),
        same = query(3106).after(share[1], share[0], share[1]),
        day = each(1..30_usize, |day| query(3108).after(day[day - 1])),
        good = query(3107).after(share[0], share[1]),
    ];
    daily.into_erased()
}

fn main() {
    let _ = daily();
}
