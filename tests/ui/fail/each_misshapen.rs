// An `each` is items, a comma, a closure of one item, and in it a node that nothing follows.
// Each piece that is out of shape is told by itself, and the labels stay known.

use dune_pipeline::pipeline;

fn main() {
    let chains = ["ethereum", "base"];
    let daily = pipeline![
        share = each(chains |chain| query(3101).parameters(blockchain = chain)),
        trend = each(chains, |chain +| query(3103).parameters(blockchain = chain)),
        takers = each(chains, |chain| {
            query(3104).parameters(blockchain = chain),
            query(3105)
        }),
        volume = each(chains, |chain| {
            let upper = ;
            query(3106).parameters(blockchain = chain)
        }),
        hours = each(chains, |chain| query(3107).parameters(blockchain = chain)).,
        last = query(3108).after(share, trend, takers, volume, hours),
    ];
    let _ = daily.last;
}
