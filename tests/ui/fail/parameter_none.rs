// `None` alone has no type, and a parameter that is never set need not be written.
// With a value that may be there, an `Option` leaves the parameter out.

use dune_pipeline::pipeline;

fn main() {
    let _ = pipeline![share = query(3101).parameters(token = None)];
}
