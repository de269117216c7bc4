// A node refreshes a view or runs a query; these do neither.
// That is also what a node looks like while it is being typed.

use dune_pipeline::pipeline;

fn main() {
    let _ = pipeline![
        volume = refresh("dune.acme.result_dex_daily"),
        share,
        takers =,
        trend = .after(volume),
    ];
}
