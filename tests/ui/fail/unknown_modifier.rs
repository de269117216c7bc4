// Three modifiers there are, for a query; for a refresh two.
// What this kind of node takes is said each time.

use dune_pipeline::pipeline;

fn main() {
    let _ = pipeline![
        volume = refresh("dune.acme.result_dex_daily").perfomance(Large),
        share = query(3101).timeout(5).after(volume),
    ];
}
