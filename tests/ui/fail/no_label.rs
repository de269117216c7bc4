// A node has a label: by it others wait for it and its rows are asked for.
// That `trend` waits for what has lost its label is no second mistake.

use dune_pipeline::pipeline;

fn main() {
    let _ = pipeline![
        refresh("dune.acme.result_dex_daily"),
        trend = query(3103).after(volume),
    ];
}
