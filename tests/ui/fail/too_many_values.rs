// A node refreshes one view, runs one query, on one tier.
// Two of them are two nodes.

use dune_pipeline::pipeline;

fn main() {
    let _ = pipeline![
        volume = refresh("dune.acme.result_dex_daily", "dune.acme.result_cex_daily"),
        share = query(3101, 3102).performance(Small, Large),
    ];
}
