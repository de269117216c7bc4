// A parameter has one value, whatever its type.
// Dune takes a list as one text with commas, which the query splits.

use std::collections::HashSet;

use dune_pipeline::pipeline;

fn main() {
    let tokens = vec!["WETH", "USDC"];
    let _ = pipeline![
        a = query(1).parameters(tokens = tokens),
        b = query(2).parameters(tokens = ["WETH", "USDC"]),
        c = query(3).parameters(tokens = &[1, 2][..]),
        d = query(4).parameters(tokens = HashSet::<String>::new()),
    ];
}
