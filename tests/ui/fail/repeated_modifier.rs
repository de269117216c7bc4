// Each modifier stands once: a second tier would contradict the first,
// and a second list is easily overlooked.

use dune_pipeline::pipeline;

fn main() {
    let _ = pipeline![
        volume = refresh("dune.acme.result_dex_daily"),
        takers = refresh("dune.acme.result_dex_taker_first_seen"),
        share = query(3101)
            .performance(Large)
            .after(volume)
            .performance(Small)
            .after(takers),
    ];
}
