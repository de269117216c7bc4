// A label names one node: `.after(volume)` could mean either.
// The error is at the second, and says where the first is.

use dune_pipeline::pipeline;

fn main() {
    let _ = pipeline![
        volume = refresh("dune.acme.result_dex_daily"),
        trend = query(3103).after(volume),
        volume = refresh("dune.acme.result_cex_daily"),
    ];
}
