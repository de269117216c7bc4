// Two dots take a pipeline in. Without them the word is a label that nothing stands behind, and the call is no node
// at all.

use dune_pipeline::{Pipeline, pipeline};

fn market(view: &str) -> Pipeline {
    pipeline![volume = refresh(view)].into_erased()
}

fn main() {
    let common = market("dune.acme.result_common");
    let _ = pipeline![
        common,
        market("dune.acme.result_volume"),
        share = query(3101).after(volume),
    ];
}
