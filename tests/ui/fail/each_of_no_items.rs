// `each` goes through what can be gone through: a list, a range, an iterator, an `Option`.
// A number is none of them.

use dune_pipeline::{Pipeline, pipeline};

fn daily() -> Pipeline {
    pipeline![share = each(30, |day| query(3101).parameters(day = day))].into_erased()
}

fn main() {
    let _ = daily();
}
