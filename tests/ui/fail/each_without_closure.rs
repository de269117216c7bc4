// `each` goes through items and makes a node of each with a closure. Without one there is nothing to make,
// and without items nothing to go through.

use dune_pipeline::{Pipeline, pipeline};

const CHAINS: [&str; 2] = ["ethereum", "base"];

fn daily() -> Pipeline {
    let daily = pipeline![
        nothing = each(),
        items = each(CHAINS),
        node = each(CHAINS, query(3101)),
        closure = each(|chain| query(3101).parameters(blockchain = chain)),
        last = query(3105).after(nothing, items, node, closure),
    ];
    daily.into_erased()
}

fn main() {
    let _ = daily();
}
