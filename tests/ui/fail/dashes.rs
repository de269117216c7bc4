// Names in Rust have no `-`: `dex-volume` is a subtraction, no label, and rustfmt writes it as one. The key of a
// parameter may be any text, and one that is no identifier stands in quotes.

use dune_pipeline::pipeline;

fn main() {
    let _ = pipeline![
        dex - volume = refresh("dune.acme.result_dex_daily"),
        share = query(3101).parameters(min - usd = 5).after(dex_volume),
        trend = query(3103).after(dex - volume, share),
    ];
}
