// There is no node `gas`, nor one with a label like it.
// So those there are are listed.

use dune_pipeline::pipeline;

fn main() {
    let _ = pipeline![
        prices = refresh("dune.acme.result_prices"),
        report = query(3101).after(prices, gas),
    ];
}
