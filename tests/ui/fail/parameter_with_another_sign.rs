// `=` stands between the key of a parameter and its value, as it does between a label and its node: no `:`, as in a
// struct, and no arrow.

use dune_pipeline::pipeline;

fn main() {
    let _ = pipeline![
        share = query(3101).parameters(blockchain: "base", days => 30),
    ];
}
