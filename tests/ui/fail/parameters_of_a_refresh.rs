// Dune takes parameters for queries; the refresh of a view has none.
// What a refresh does take is said.

use dune_pipeline::pipeline;

fn main() {
    let _ =
        pipeline![volume = refresh("dune.acme.result_dex_daily").parameters(blockchain = "base")];
}
