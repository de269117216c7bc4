// Kinds and modifiers are written as calls are: with a dot before a modifier, and in parentheses what they are
// given.

use dune_pipeline::pipeline;

fn main() {
    let _ = pipeline![
        volume = refresh!["dune.acme.result_dex_daily"],
        share = query { 3101 }.after volume,
        trend = query(3103).parameters { days = 30 },
        total = query(3104).performance(Large)after(trend),
    ];
}
