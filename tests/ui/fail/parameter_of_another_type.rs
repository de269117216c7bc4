// Dune's parameters are text, numbers, dates as text and options: a duration is none of them.
// Nor is a `bool`, for which each query has its own words.

use dune_pipeline::pipeline;

fn main() {
    let _ = pipeline![
        share =
            query(3101).parameters(window = std::time::Duration::from_secs(60), only_new = true),
    ];
}
