// A parameter has one value; which of the two was meant, nobody knows.
// The key is the same with quotes and without.

use dune_pipeline::pipeline;

fn main() {
    let _ = pipeline![
        share = query(3101).parameters(
            blockchain = "ethereum",
            min_volume_usd = 40_000,
            "blockchain" = "base",
        ),
    ];
}
