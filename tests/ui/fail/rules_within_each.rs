// To the rules an `each` is one node under its label, however many there will be.
// What is literal in its closure is judged as everywhere.

use dune_pipeline::{Pipeline, pipeline};

const CHAINS: [&str; 2] = ["ethereum", "base"];

fn daily() -> Pipeline {
    let daily = pipeline![
        itself = each(CHAINS, |chain| query(1).parameters(c = chain).after(itself)),
        one = each(CHAINS, |chain| query(2).parameters(c = chain).after(other)),
        other = query(3).after(one),
        lost = each(CHAINS, |_| query(0).parameters(c = 1, c = 2).after(itsel)),
        views = each(CHAINS, |_| refresh("no view").parameters(c = 1)),
    ];
    daily.into_erased()
}

fn main() {
    let _ = daily();
}
