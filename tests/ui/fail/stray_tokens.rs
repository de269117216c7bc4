// A node is its kind and modifiers, and nothing else.
// An attribute would not do what it does elsewhere.

use dune_pipeline::pipeline;

fn main() {
    let _ = pipeline![
        volume = refresh("dune.acme.result_dex_daily")?,
        #[cfg(unix)]
        share = query(3101).,
        trend = query(3103) + 1,
    ];
}
