// Behind a loop of one's own it is the compiler who says that `continue` and `break` leave the closure of an `each`. In
// that loop they are fine.

use dune_pipeline::pipeline;

fn main() {
    let _ = pipeline![
        share = each([1_000, 2_000], |floor| {
            for power in 1.. {
                if floor < 10_i64.pow(power) {
                    break;
                }
            }
            if floor == 2_000 {
                continue;
            }
            query(3101).parameters(floor = floor)
        }),
    ];
}
