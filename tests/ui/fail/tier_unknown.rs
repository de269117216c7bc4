// Tiers are the variants of an enum generated from Dune's document: rustc knows them all.
// One that a newer document adds works as soon as it is there.

use dune_pipeline::pipeline;

fn main() {
    let _ = pipeline![
        volume = refresh("dune.acme.result_dex_daily").performance(Huge),
        share = query(3101).performance(Medum),
    ];
}
