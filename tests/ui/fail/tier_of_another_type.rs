// A tier is no text: the compiler would not know whether there is one of that name.
// Write its bare name, or any expression for a `Performance` or an `Option` of one.

use dune_pipeline::pipeline;

fn main() {
    let tier = "large";
    let _ = pipeline![
        volume = refresh("dune.acme.result_dex_daily").performance("large"),
        share = query(3101).performance(tier),
    ];
}
