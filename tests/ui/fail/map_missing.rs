// Behind `..` among parameters stands a map.
// Without one there is nothing to take keys from.

use dune_pipeline::{Pipeline, pipeline};

fn daily() -> Pipeline {
    pipeline![share = query(3101).parameters(day = 1, ..)].into_erased()
}

fn main() {
    let _ = daily();
}
