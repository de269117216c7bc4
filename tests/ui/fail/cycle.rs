// `prices` waits for `report`, that for `volume`, and that for `prices`: none of them can start first.
// The whole ring is told, in order, from its first declared node on.

use dune_pipeline::pipeline;

fn main() {
    let _ = pipeline![
        prices = refresh("dune.acme.result_prices").after(report),
        volume = refresh("dune.acme.result_volume").after(prices),
        report = query(3101).after(volume),
    ];
}
