// `in_turn` is written as `each` is, and has its mistakes. Its nodes wait for each other already:
// none of them can be told to wait for the whole.

use dune_pipeline::{Pipeline, pipeline};

const DAYS: [&str; 2] = ["2026-01-30", "2026-01-31"];

fn backfill() -> Pipeline {
    let backfill = pipeline![
        misspelt = in_trun(DAYS, |day| query(3108).parameters(day = day)),
        closure = in_turn(DAYS),
        behind = in_turn(DAYS, |day| query(3108).parameters(day = day)).performance(Large),
        within = in_turn(DAYS, |day| each(1..24, |hour| query(3108)
            .parameters(day = day, hour = hour))),
        itself = in_turn(DAYS, |day| query(3108).parameters(day = day).after(itself)),
    ];
    backfill.into_erased()
}

fn main() {
    let _ = backfill();
}
