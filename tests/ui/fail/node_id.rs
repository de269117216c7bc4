// Nodes are numbered from 1 on, in 64 bits.
// With labels, one need not number them.

use dune_pipeline::pipeline;

fn main() {
    let _ = pipeline![
        0 = query(3101),
        -1 = query(3102),
        9_223_372_036_854_775_808 = query(3103),
    ];
}
