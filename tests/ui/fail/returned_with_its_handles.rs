// The struct of the handles has no name, so the type of such a pipeline cannot be written down: `Pipeline` is one without
// handles as fields. `.into_erased()` makes one of it, `.map_labels(..)` gives the handles a struct with a name.

use dune_pipeline::{Pipeline, pipeline};

fn nightly() -> Pipeline {
    pipeline![volume = refresh("dune.acme.result_dex_daily")]
}

fn main() {
    let _ = nightly();
}
