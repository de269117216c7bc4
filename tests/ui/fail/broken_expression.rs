// What stands for a value is a Rust expression; this is none.
// The rest of the pipeline is judged all the same.

use dune_pipeline::pipeline;

fn main() {
    let _ = pipeline![
        share = query(3101).parameters(blockchain = 1 +, token = "a" "b"),
        trend = query(3103).after(shares),
    ];
}
