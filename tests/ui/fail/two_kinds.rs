// A node does one thing, and this one refreshes a view and runs a query.
// Dune's own nodes hold one of the two as well.

use dune_pipeline::pipeline;

fn main() {
    let _ = pipeline![volume = refresh("dune.acme.result_dex_daily").query(3101)];
}
