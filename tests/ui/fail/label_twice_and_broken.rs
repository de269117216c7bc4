// A node whose kind could not be read keeps its label: that it is taken already is told,
// and nothing is guessed of what it was meant to do.

use dune_pipeline::pipeline;

fn main() {
    let _ = pipeline![
        volume = refresh("dune.acme.result_dex_daily"),
        volume = 3101,
    ];
}
