// The second refresh repeats the work of the first, and is paid for again.
// SQL's names know no case, so this is one view.

use dune_pipeline::pipeline;

fn main() {
    let _ = pipeline![
        volume = refresh("dune.acme.result_dex_daily"),
        share = query(3101).after(volume),
        fresh = refresh("Dune.Acme.result_dex_daily").after(share),
    ];
}
