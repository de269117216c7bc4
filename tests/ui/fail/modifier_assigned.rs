// A modifier is written as a method is, and not assigned to as a field is.
// What it is given is read all the same: `share` waits for `volume`, which closes no ring.

use dune_pipeline::pipeline;

fn main() {
    let _ = pipeline![
        volume = refresh("dune.acme.result_dex_daily").performance = Large,
        share = query(3101).parameters = (days = 30).after(volume),
        trend = query(3103).after = volume,
    ];
}
