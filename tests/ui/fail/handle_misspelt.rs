// The handles are fields, so rustc knows them all, and what is near.
// Nodes with numbers for labels have none: `daily.query(2)` gives theirs.

use dune_pipeline::pipeline;

fn main() {
    let daily = pipeline![
        volume = refresh("dune.acme.result_dex_daily"),
        share = query(3101).after(volume),
    ];
    let _ = daily.shares;
}
