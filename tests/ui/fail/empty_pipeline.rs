// A pipeline without nodes does nothing.
// Dune is not asked what it thinks of it.

use dune_pipeline::pipeline;

fn main() {
    let _ = pipeline![];
}
