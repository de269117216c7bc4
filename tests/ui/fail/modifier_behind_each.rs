// What modifies the nodes of an `each` stands in its closure, at the node, where each may have its own.
// Behind `each(..)` nothing stands.

use dune_pipeline::{Pipeline, pipeline};

const CHAINS: [&str; 2] = ["ethereum", "base"];

fn daily() -> Pipeline {
    let daily = pipeline![
        volume = refresh("dune.acme.result_volume"),
        share = each(CHAINS, |chain| query(3101).parameters(blockchain = chain))
            .performance(Large)
            .after(volume),
    ];
    daily.into_erased()
}

fn main() {
    let _ = daily();
}
