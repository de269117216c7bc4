// Views have names, and queries have numbers.
// Here they are mixed up, and rustc says so of each.

use dune_pipeline::pipeline;

fn main() {
    let _ = pipeline![
        volume = refresh(3101),
        share = query("dune.acme.result_dex_daily"),
    ];
}
