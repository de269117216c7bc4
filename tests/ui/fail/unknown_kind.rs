// There are two kinds of nodes, and these are neither.
// Whatever else they say is still read: `volume` is a label that others wait for.

use dune_pipeline::pipeline;

fn main() {
    let _ = pipeline![
        volume = refrsh("dune.acme.result_dex_daily"),
        share = 3101,
        trend = query(3103).after(volume),
    ];
}
