// Ids are Dune's own names of nodes, and each names one.
// A label would get a free id by itself.

use dune_pipeline::pipeline;

fn main() {
    let _ = pipeline![1 = refresh("dune.acme.result_dex_daily"), 1 = query(3103)];
}
