// The nodes of a group are counted from 0, and a place among them is a `usize`, as in any list.
// Of text, look its place up: `CHAINS.iter().position(..)`.

use dune_pipeline::{Pipeline, pipeline};

const CHAINS: [&str; 2] = ["ethereum", "base"];

fn daily() -> Pipeline {
    let daily = pipeline![
        share = each(CHAINS, |chain| query(3101).parameters(blockchain = chain)),
        trend = query(3103).after(share["base"]),
    ];
    daily.into_erased()
}

fn main() {
    let _ = daily();
}
