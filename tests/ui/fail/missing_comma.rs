// A comma stands between nodes; where it is missing, the next node is read all the same.
// One too many is told as well.

use dune_pipeline::pipeline;

fn main() {
    let _ = pipeline![
        volume = refresh("dune.acme.result_dex_daily")
        share = query(3101).after(volume),
        ,
        trend = query(3103).after(share),
    ];
}
