//! Our client: each row in its type, one by one or `listed`.

#[path = "../../../../client/benches/rows/ours.rs"]
mod ours;

use std::env;

use dune_pipeline_benches::rows::{self, Outcome};

fn main() -> Outcome<()> {
    let (url, rows) = rows::told()?;
    let listed = env::args().nth(1).is_some_and(|way| way == "listed");
    rows::read(rows, async |execution| match listed {
        true => ours::rows(&url, execution).await,
        false => ours::stream(&url, execution, false).await,
    })
}
