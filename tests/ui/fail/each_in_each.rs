// An `each` does not stand in another: the nodes of a group are one list.
// One iterator goes through all pairs.

use dune_pipeline::{Pipeline, pipeline};

const CHAINS: [&str; 2] = ["ethereum", "base"];

fn daily() -> Pipeline {
    let daily = pipeline![
        share = each(CHAINS, |chain| each(1..30, |day| query(3101)
            .parameters(blockchain = chain, day = day))),
        ranking = query(3105).after(share),
    ];
    daily.into_erased()
}

fn main() {
    let _ = daily();
}
