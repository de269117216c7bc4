// There is no node `pricse`, but one whose label is two swapped letters away.
// What is near is decided as rustc does for names of its own.

use dune_pipeline::pipeline;

fn main() {
    let _ = pipeline![
        prices = refresh("dune.acme.result_prices"),
        report = query(3101).after(pricse),
    ];
}
