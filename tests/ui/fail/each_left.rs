// The closure of an `each` is called for each item, and is no loop that `break` and `continue` could leave: a node of an
// item is there or it is not by the items.

use dune_pipeline::pipeline;

fn main() {
    let floors = [Some(1_000), None];
    let _ = pipeline![
        share = each(floors, |floor| {
            let Some(floor) = floor else { continue };
            query(3101).parameters(floor = floor)
        }),
        trend = in_turn(1..=31, |day| {
            if day > 7 || day == 2 {
                break;
            }
            query(3103).parameters(day = day)
        }),
    ];
}
