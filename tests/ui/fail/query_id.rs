// Dune counts its queries from 1, and in 64 bits.
// The id of a query is the number in its address.

use dune_pipeline::pipeline;

fn main() {
    let _ = pipeline![
        a = query(0),
        b = query(-3101),
        c = query(9_223_372_036_854_775_808),
    ];
}
