// Waiting for the same node twice says nothing new.
// Most likely another one was meant.

use dune_pipeline::pipeline;

fn main() {
    let _ = pipeline![
        volume = refresh("dune.acme.result_dex_daily"),
        takers = refresh("dune.acme.result_dex_taker_first_seen"),
        trend = query(3103).after(volume, takers, volume),
    ];
}
