// A comma ends a node, so none stands before a dot. Parameters have commas between them, as nodes do. Both are read on as
// what they surely mean.

use dune_pipeline::pipeline;

fn main() {
    let _ = pipeline![
        volume = refresh("dune.acme.result_dex_daily").performance(Large),
        share = query(3101).performance(Large), .after(volume),
        trend = query(3103).parameters(days = 7 chain = "base"),
        each_day = foreach(1..=7, |day| query(3104).parameters(day = day)),
    ];
}
