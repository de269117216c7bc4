// A value is moved into the node that uses it first, like into any call.
// Borrow it, or clone it.

use dune_pipeline::pipeline;

fn main() {
    let token = String::from("WETH");
    let _ = pipeline![
        share = query(3101).parameters(token = token),
        trend = query(3103).parameters(token = token),
    ];
}
