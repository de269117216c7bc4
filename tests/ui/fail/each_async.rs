// The closure of an `each` is gone through while the pipeline is declared, so it is no future. Where the pipeline is
// declared in an async function, `.await` may stand in it as it is.

use dune_pipeline::pipeline;

async fn floor(chain: &str) -> u32 {
    chain.len() as u32
}

async fn declare(chains: [&str; 2]) {
    let _ = pipeline![
        share = each(chains, async |chain| query(3101)
            .parameters(floor = floor(chain).await)),
        trend = in_turn(chains, async move |chain| query(3103)
            .parameters(blockchain = chain)),
    ];
}

fn main() {
    drop(declare(["ethereum", "base"]));
}
