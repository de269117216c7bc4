// A node that waits for itself would wait for ever.
// It is a ring of one, and simpler to say.

use dune_pipeline::pipeline;

fn main() {
    let _ = pipeline![volume = refresh("dune.acme.result_dex_daily").after(volume)];
}
