// One label for the refresh of a view and for the query that reads it.
// They are two nodes, and the second waits for the first.

use dune_pipeline::pipeline;

fn main() {
    let _ = pipeline![
        volume = refresh("dune.acme.result_dex_daily"),
        volume = query(3101),
    ];
}
