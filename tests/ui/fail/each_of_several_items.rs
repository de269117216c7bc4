// The closure of `each` takes one item and makes one node of it.
// Pairs come as one item, `|(chain, token)|`, and `each` takes nothing behind its closure.

use dune_pipeline::{Pipeline, pipeline};

const PAIRS: [(&str, &str); 1] = [("base", "0xa0b8")];

fn daily() -> Pipeline {
    let daily = pipeline![
        none = each(PAIRS, || query(3101)),
        two = each(PAIRS, |chain, token| query(3101).parameters(c = chain)),
        empty = each(PAIRS, |pair| {}),
        more = each(PAIRS, |(chain, token)| query(3101), 5),
    ];
    daily.into_erased()
}

fn main() {
    let _ = daily();
}
