// Which kind a node is of is known while compiling: its handle has a type. What can be chosen at run time is its view, its
// query and its values.

use dune_pipeline::pipeline;

const CHAINS: [&str; 2] = ["ethereum", "base"];

fn main() {
    let is_weekend = CHAINS.len() > 1;
    let daily = pipeline![
        total = if is_weekend { query(3104) } else { query(3103) },
        share = each(CHAINS, |chain| if chain == "base" {
            query(3101)
        } else {
            query(3102)
        }),
        trend = each(CHAINS, |chain| match chain {
            "base" => query(3105),
            _ => query(3106),
        }),
        last = query(3107).after(total, share, trend),
    ];
    let _ = daily.last;
}
