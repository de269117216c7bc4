// A dot stands before modifiers.
// The kind of a node comes first, and has none.

use dune_pipeline::pipeline;

fn main() {
    let daily = pipeline![
        volume = .refresh("dune.acme.result_dex_daily"),
        share = query(3101).after(volume),
    ];
    let _ = daily.share;
}
