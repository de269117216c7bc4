// `=` stands between a label and its node, as between a name and its value in `let`.
// Neither `:` nor `=>` does.

use dune_pipeline::pipeline;

fn main() {
    let _ = pipeline![
        volume: refresh("dune.acme.result_dex_daily"),
        share => query(3101).after(volume),
        trend query(3103).after(share),
    ];
}
