// `.after` takes labels of the same pipeline. A handle names a node of another one,
// and a text or an expression names none.

use dune_pipeline::pipeline;

fn main() {
    let base = pipeline![volume = refresh("dune.acme.result_dex_daily")];
    let _ = pipeline![
        share = query(3101).after(base.volume),
        trend = query(3103).after(&share),
        total = query(3104).after("trend"),
        other = query(3105).after([share, trend]),
    ];
}
