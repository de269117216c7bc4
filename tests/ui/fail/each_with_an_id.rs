// A number is the id of one node, and an `each` is several.
// With a label they get ids of their own.

use dune_pipeline::{Pipeline, pipeline};

fn daily() -> Pipeline {
    pipeline![1 = each(["base"], |chain| query(3101).parameters(blockchain = chain))].into_erased()
}

fn main() {
    let _ = daily();
}
