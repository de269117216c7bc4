// Commas stand between nodes. A semicolon is read as if it were one, so that what follows it is judged, and others
// may wait for it.

use dune_pipeline::pipeline;

fn main() {
    let _ = pipeline![
        volume = refresh("dune.acme.result_dex_daily");
        share = query(3101).after(volume),
        trend = query(3103).after(share; volume),
    ];
}
