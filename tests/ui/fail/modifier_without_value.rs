// A modifier says something, and these are silent.
// So are the kinds without what they work on.

use dune_pipeline::pipeline;

fn main() {
    let _ = pipeline![
        volume = refresh(),
        takers = query,
        share = query(3101).performance(),
        trend = query(3103).parameters().after(volume),
        total = query(3104).after(),
    ];
}
