// A pipeline is a list of nodes, and has no statements: `each` makes a node of each item of a list, or of an
// `Option`.

use dune_pipeline::pipeline;

const CHAINS: [&str; 2] = ["ethereum", "base"];

fn main() {
    let _ = pipeline![
        for chain in CHAINS {
            share = query(3101).parameters(blockchain = chain)
        },
        if CHAINS.len() > 1 {
            trend = query(3103)
        },
        each(CHAINS, |chain| query(3101).parameters(blockchain = chain)),
        total = each(CHAINS, |chain| node = query(3104)),
        ranking = CHAINS.iter().map(|chain| query(3105)),
    ];
}
