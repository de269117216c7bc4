// `..` among parameters takes a map, or a list of pairs of key and value.
// Values alone have no keys.

use dune_pipeline::{Pipeline, pipeline};

fn daily() -> Pipeline {
    let daily = pipeline![
        text = query(1).parameters(day = 1, .."chain=base"),
        values = query(2).parameters(..["base", "ethereum"]),
    ];
    daily.into_erased()
}

fn main() {
    let _ = daily();
}
