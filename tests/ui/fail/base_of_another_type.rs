// `..` takes a pipeline in, or a reference to one, and nothing else.
// The nodes of a list are declared with `each`.

use dune_pipeline::{Pipeline, pipeline};

fn daily() -> Pipeline {
    pipeline![..["dune.acme.result_volume"], share = query(3101)].into_erased()
}

fn main() {
    let _ = daily();
}
