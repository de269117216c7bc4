// Six mistakes that have nothing to do with each other are six errors in one compile,
// in the order of the source, and no seventh follows from them.

use dune_pipeline::pipeline;

fn main() {
    let daily = pipeline![
        volume: refresh("dune.acme.result_volume"),
        takers = refresh("dune.acme.result_takers").parameters(chain = "base"),
        share = query(3101).parameters(chain = "base", chain = "bnb").after(volume),
        trend = query(3103).after(trend),
        share = query(3104).after(takers),
        total = qery(3105).after(volume),
    ];
    let _ = (daily.volume, daily.share, daily.total);
}
