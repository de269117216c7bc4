// `.after(..base)` waits for all nodes of a pipeline that is taken in. It takes the name of that pipeline, and no
// other expression.

use dune_pipeline::pipeline;

fn main() {
    let common = pipeline![prices = refresh("dune.acme.result_prices")];
    let other = pipeline![gas = refresh("dune.acme.result_gas")];
    let _ = pipeline![
        ..&common,
        volume = refresh("dune.acme.result_volume").after(..common),
        a = query(1).after(..other),
        b = query(2).after(..volume),
        c = query(3).after(..),
        d = query(4).after(..other.clone()),
        e = query(5).after(..common, ..common),
    ];
}
