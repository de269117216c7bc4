// Six mistakes that have nothing to do with each other are told in one go, in the order of the source.
// There is no seventh: nothing that only follows from them is said.

use dune_pipeline::pipeline;

fn main() {
    let daily = pipeline![
        prices = refresh("acme.result_prices"),
        volume = refresh("dune.acme.result_volume").after(pricse),
        again = refresh("dune.acme.result_volume"),
        share = query(0).after(volume),
        trend = query(3103).after(total),
        total = query(3104).perfomance(Large).after(trend),
    ];
    let _ = daily.share;
}
